"""Which editors were served last and what they can do, kept for the doctor to tell.

Written by the server when an editor says hello; of the user's work it holds nothing.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

_KEPT = 8


@dataclass(frozen=True, slots=True)
class ClientReport:
    """An editor as it introduced itself."""

    name: str
    version: str
    inline_completion: bool
    """Whether it draws ghost text by itself (LSP 3.18)."""
    position_encoding: str
    progress: bool
    """Whether it shows progress that the server starts."""
    seen_s: float = field(default_factory=time.time)
    """When, in seconds since the epoch."""


def remember(file: Path, client: ClientReport) -> None:
    """Put a client at the head of the list. Does nothing if the file cannot be written: the doctor tells of that."""
    others = [known for known in recall(file) if known.name != client.name]
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps([asdict(known) for known in (client, *others)][:_KEPT], indent=1), "utf-8")
        os.chmod(fresh, 0o600)
        fresh.replace(file)


def recall(file: Path) -> Sequence[ClientReport]:
    """The clients that are known, the latest first; none if the file cannot be read."""
    try:
        return [ClientReport(**entry) for entry in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
