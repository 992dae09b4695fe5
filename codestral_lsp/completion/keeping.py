"""Follows what was taken over through the edits that come after it, and looks what still stands there later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Edit
from codestral_lsp.insight.kept import counted_characters, kept_characters
from codestral_lsp.insight.trace import Kept

LOOKS = {"30s": 30.0, "10min": 600.0}
"""When to look, in seconds after the text was taken."""
_TOO_MUCH = 400
"""Characters; where an edit puts more than that, and more than four times the text, over it, nobody can say what of it
has stayed: in so long a text most of a short one is found."""

Tell = Callable[[str, Kept], None]
"""Told which look it was, and what it saw."""


@dataclass(slots=True, eq=False)
class _Piece:
    document: Document
    start: Position
    end: Position
    text: str
    lost: bool = False
    """Whether it can be told no more what has become of it."""

    def follow(self, edit: Edit) -> None:
        if edit.old_end <= self.start:
            self.start, self.end = moved(self.start, edit), moved(self.end, edit)
        elif edit.start < self.end:
            self.lost |= len(edit.inserted) > max(_TOO_MUCH, 4 * len(self.text))
            self.end = moved(self.end, edit) if edit.old_end <= self.end else edit.new_end
            self.start = min(self.start, edit.start)


class Keeping:
    """Everything that was taken in the last ten minutes. Holds its text, in memory only."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[_Piece]] = {}

    def follow(self, document: Document, start: Position, end: Position, text: str, tell: Tell) -> None:
        """`text` was just put from `start` to `end`; `tell` is called at each look, unless it cannot be told."""
        if not counted_characters(text):
            return
        piece = _Piece(document, start, end, text)
        pieces = self._pieces.setdefault(document.uri, [])
        pieces.append(piece)

        def look(name: str) -> None:
            if not piece.lost and piece in self._pieces.get(document.uri, ()):
                there = piece.document.text.slice(Range(piece.start, piece.end))
                tell(name, Kept(kept_characters(text, there), counted_characters(text)))
            if name == "10min" and piece in pieces:
                pieces.remove(piece)

        loop = asyncio.get_running_loop()
        for name, seconds in LOOKS.items():
            loop.call_later(seconds, look, name)

    def observe(self, change: Change, edits: tuple[Edit, ...]) -> None:
        """Take in a change. A document that is closed is looked at no more."""
        document = change.after or change.before
        assert document is not None
        if change.after is None:
            self._pieces.pop(document.uri, None)
            return
        for piece in self._pieces.get(document.uri, ()):
            for edit in edits:
                piece.follow(edit)
            piece.document = change.after


def moved(place: Position, edit: Edit) -> Position:
    """Where a place at or behind the end of an edit is after it."""
    lines = edit.new_end.line - edit.old_end.line
    if place.line == edit.old_end.line:
        return Position(place.line + lines, place.column + edit.new_end.column - edit.old_end.column)
    return Position(place.line + lines, place.column)
