"""What is going on, in one line for the user: for a status bar, never a storm of messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StatusKind = Literal["Normal", "Warning", "Error", "Inactive"]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of completion. The first three fields are those of Copilot's `didChangeStatus`."""

    kind: StatusKind
    message: str
    busy: bool = False
    engine: str = ""
    model: str = ""
    detail: str = ""
    """Why this engine."""
    cure: str = ""
    """What to do about it, if something is wrong."""
    cause: str = ""
    """The name of what is wrong, as errors.py and docs/troubleshooting.md have it."""
