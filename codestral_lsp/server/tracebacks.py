"""From an error text that a user gives to lines of the workspace."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codestral_lsp.actions.tracebacks import Resolved, by_blame, file_finder, read_trace, resolve
from codestral_lsp.document.document import Document
from codestral_lsp.document.text import Text
from codestral_lsp.server.app import App

_LARGEST = 4 << 20
"""Bytes of a file that is looked at."""
_MOST = 20
"""Frames that are told."""


@dataclass(frozen=True, slots=True)
class Blame:
    """What an error text says."""

    error: str
    frames: tuple[Resolved, ...]
    """The workspace's lines that it names, the one that is most likely to blame first."""

    def line_in(self, document: Document) -> int | None:
        """The document's line where the error was raised, or on the way to it; None if it was never there."""
        for each in self.frames:
            if each.path == document.path and each.frame.line < len(document.text.lines):
                return each.frame.line
        return None

    @property
    def elsewhere(self) -> str:
        """What to say where none of the lines is in the document that was asked about."""
        first = self.frames[0]
        return f"The error was raised at line {first.frame.line + 1} of {first.path.name}: look for it there."

    def as_json(self) -> list[dict[str, Any]]:
        """The frames as the answer of codestral.findBug has them."""
        return [
            {"uri": each.path.as_uri(), "line": each.frame.line, "function": each.frame.function}
            for each in self.frames[:_MOST]
        ]


async def blame(app: App, error: str) -> Blame:
    """Resolve an error text. Looks at the file system in a worker thread."""
    opened = {document.path: document.text for document in app.documents if document.path is not None}
    roots = app.roots

    def text_at(path: Path, line: int) -> str:
        if (text := opened.get(path)) is not None:
            return text.line(line)
        try:
            return Text.of(path.read_text("utf-8", "replace")).line(line) if path.stat().st_size < _LARGEST else ""
        except OSError:
            return ""

    def look() -> Blame:
        trace = read_trace(error)
        frames = resolve(trace, file_finder(roots, tuple(opened), Path.is_file))
        return Blame(trace.error, by_blame(frames, text_at))

    return await asyncio.to_thread(look) if error.strip() else Blame("", ())
