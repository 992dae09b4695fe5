"""What the indexing process is told to do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """Folders to index, or files in them to look at again."""

    number: int
    index_dir: str
    roots: tuple[str, ...]
    """Absolute paths of workspace folders."""
    patterns: tuple[str, ...]
    """What the user ignores, as in `.gitignore`."""
    max_files: int
    max_file_kb: int
    changed: tuple[str, ...] | None
    """Absolute paths of files that may have changed, if nothing else has; None: look at everything."""
    deadly: tuple[str, ...] = ()
    """Absolute paths of files over which a process has died: they are not to be parsed."""

    def as_line(self) -> bytes:
        """The job as it goes through the pipe."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def of_line(line: str) -> Job:
        """The job that came through the pipe."""
        return Job(**json.loads(line))
