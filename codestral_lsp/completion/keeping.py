"""Follows what was taken over through the edits that come after it, and looks what still stands there later.

A file that is closed by then is looked at on the disk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Edit, Text, difference
from codestral_lsp.insight.kept import counted_characters, kept_characters
from codestral_lsp.insight.trace import Kept, Trace, Way
from codestral_lsp.insight.unseen import Unseen, digest, new_salt, on_disk

LOOKS = {"30s": 30.0, "10min": 600.0}
"""When to look, in seconds after the text was taken."""
_TOO_MUCH = 400
"""Characters; where an edit puts more than that, and more than four times the text, over it, nobody can say what of it
has stayed: in so long a text most of a short one is found."""

Tell = Callable[[Trace, str, Way, Kept], None]
"""Told of which trace and which look it is, how the text got there, and what was seen of it."""


@dataclass(slots=True, eq=False)
class _Piece:
    trace: Trace
    way: Way
    document: Document
    """As it is now or, if it is closed, was last."""
    start: Position
    end: Position
    text: str
    taken_s: float
    """On the event loop's clock."""
    closed: bool = False
    lost: bool = False
    """Whether it can be told no more what has become of it."""
    due: dict[str, float] = field(default_factory=lambda: dict(LOOKS))
    """The looks that are still to come."""

    def follow(self, edits: Sequence[Edit], document: Document) -> None:
        """Take in the edits that made `document`."""
        for edit in edits:
            if edit.old_end <= self.start:
                self.start, self.end = moved(self.start, edit), moved(self.end, edit)
            elif edit.start < self.end:
                self.lost |= len(edit.inserted) > max(_TOO_MUCH, 4 * len(self.text))
                self.end = moved(self.end, edit) if edit.old_end <= self.end else edit.new_end
                self.start = min(self.start, edit.start)
        self.document = document

    def become(self, text: Text) -> None:
        """The document has this text now, and nobody saw how."""
        edits = (difference(self.document.text, text),) if text.lines != self.document.text.lines else ()
        self.follow(edits, replace(self.document, text=text))

    def kept(self) -> Kept:
        there = self.document.text.slice(Range(self.start, self.end))
        return Kept(kept_characters(self.text, there), counted_characters(self.text))


class Keeping:
    """Everything that was taken in the last ten minutes. Holds its text, in memory only."""

    def __init__(self, tell: Tell) -> None:
        """`tell` is called at each look, unless it cannot be told what has become of the text."""
        self._tell = tell
        self._pieces: dict[str, list[_Piece]] = {}
        self._looking: set[asyncio.Task[None]] = set()

    def follow(self, document: Document, edit: Edit, trace: Trace, way: Way) -> None:
        """What an edit has just inserted is to be looked at later."""
        if not counted_characters(edit.inserted):
            return
        loop = asyncio.get_running_loop()
        piece = _Piece(trace, way, document, edit.start, edit.new_end, edit.inserted, loop.time())
        self._pieces.setdefault(document.uri, []).append(piece)
        for look, seconds in LOOKS.items():
            loop.call_later(seconds, self._look, piece, look)

    def observe(self, change: Change, edits: Sequence[Edit]) -> None:
        """Take in a change."""
        document = change.after or change.before
        assert document is not None
        if not (pieces := self._pieces.get(document.uri)):
            return
        if change.after is None and (document.path is None or document.notebook is not None):
            del self._pieces[document.uri]  # there is no such file to look at
            return
        for piece in pieces:
            piece.closed = change.after is None
            if change.before is None:
                piece.become(document.text)
            piece.follow(edits, document)

    def _look(self, piece: _Piece, look: str) -> None:
        if piece not in self._pieces.get(piece.document.uri, ()):
            return
        if piece.closed:
            task = asyncio.create_task(self._look_on_disk(piece, look))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        else:
            self._see(piece, look, known=not piece.lost)

    async def _look_on_disk(self, piece: _Piece, look: str) -> None:
        assert piece.document.path
        text = await asyncio.to_thread(on_disk, piece.document.path)
        if piece.closed and text is not None:
            piece.become(Text.of(text))
        self._see(piece, look, known=not piece.lost and not (piece.closed and text is None))

    def _see(self, piece: _Piece, look: str, *, known: bool) -> None:
        if known:
            self._tell(piece.trace, look, piece.way, piece.kept())
        del piece.due[look]
        pieces = self._pieces.get(piece.document.uri, [])
        if not piece.due and piece in pieces:
            pieces.remove(piece)

    async def unseen(self) -> list[Unseen]:
        """The looks that are still to come, for somebody who makes them after the end of this process."""
        pieces = [piece for each in self._pieces.values() for piece in each if piece.document.notebook is None]
        paths = {piece.document.path for piece in pieces if piece.document.path}
        texts = await asyncio.to_thread(lambda: {path: on_disk(path) for path in paths})
        clock = time.time() - asyncio.get_running_loop().time()
        return [look for piece in pieces for look in _unseen(piece, texts, clock)]


def _unseen(piece: _Piece, texts: dict[Path, str | None], clock: float) -> Iterator[Unseen]:
    """`clock` is what the clock on the wall is ahead of the event loop's."""
    path, last = piece.document.path, piece.document.text
    text = texts[path] if path else None
    # What was never saved may come back with the editor: nobody can say that it is gone.
    if path is None or text is None or text != str(last) or piece.lost:
        return
    kept, salt = piece.kept(), new_salt()
    for look, seconds in piece.due.items():
        due_s = clock + piece.taken_s + seconds
        yield Unseen(piece.trace.number, look, piece.way, due_s, kept, path, salt, digest(text, salt))


def moved(place: Position, edit: Edit) -> Position:
    """Where a place at or behind the end of an edit is after it."""
    lines = edit.new_end.line - edit.old_end.line
    if place.line == edit.old_end.line:
        return Position(place.line + lines, place.column + edit.new_end.column - edit.old_end.column)
    return Position(place.line + lines, place.column)
