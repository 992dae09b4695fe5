"""Where indexes lie: a folder for each workspace folder, with segments and a list of those that count.

Segments are never changed, only replaced; the list says which count, and which of their files do not any more.
Several processes may read; writers take turns.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO
from uuid import uuid4

_VERSION = 1
_UNUSED_DAYS = 30
"""After so long the index of a workspace that nobody opens is removed."""
_LIST = "segments.json"
_DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment that counts."""

    name: str
    excluded: tuple[int, ...]
    """Numbers of its files that have changed or gone since."""


class Catalog:
    """The index of one workspace folder. Its methods raise OSError where the disk is full or not ours to write."""

    def __init__(self, index_dir: Path, root: Path) -> None:
        self._root = str(root)
        self.folder = index_dir / blake2b(os.fsencode(self._root), digest_size=12).hexdigest()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Have the index to oneself, waiting for others who write."""
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with open(os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+b") as lock:
            _lock(lock)
            try:
                yield
            finally:
                _unlock(lock)

    def entries(self) -> list[Entry]:
        """The segments that count; none if the list is missing. A list that makes no sense is set aside."""
        file = self.folder / _LIST
        try:
            data = json.loads(file.read_text("utf-8"))
            if data["version"] == _VERSION and data["root"] == self._root:
                return [Entry(str(name), tuple(map(int, excluded))) for name, excluded in data["segments"]]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, KeyError):
            pass
        self.set_aside(_LIST)
        return []

    def replace(self, entries: Sequence[Entry]) -> None:
        """Let these segments count from now on, and remove all others."""
        data = {
            "version": _VERSION,
            "root": self._root,
            "segments": [(entry.name, entry.excluded) for entry in entries],
        }
        fresh = self.folder / f"{_LIST}.new"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(data, file)
        fresh.replace(self.folder / _LIST)
        keep = {entry.name for entry in entries} | {_LIST, _DAMAGED, "lock"}
        for other in self.folder.iterdir():
            if other.name not in keep:
                with suppress(OSError):  # Windows removes no file that another server still reads; next time.
                    other.unlink()

    def new_segment(self) -> Path:
        """Where to write another segment."""
        return self.folder / f"{uuid4().hex}.segment"

    def path(self, entry: Entry) -> Path:
        """Where a segment lies."""
        return self.folder / entry.name

    def set_aside(self, name: str) -> None:
        """Put away a file that cannot be read; the last such one is kept."""
        with suppress(FileNotFoundError):
            (self.folder / name).replace(self.folder / _DAMAGED)

    def touch(self) -> None:
        """Say that the index is in use, and remove those that have not been for long."""
        os.utime(self.folder)
        for other in self.folder.parent.iterdir():
            with suppress(OSError):
                if other.is_dir() and time.time() - other.stat().st_mtime > _UNUSED_DAYS * 86400:
                    shutil.rmtree(other)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        while True:
            with suppress(OSError):  # raised after ten seconds in vain
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                return

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
