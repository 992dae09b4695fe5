"""The text of a document as an immutable value, and edits of it.

Lines end where the protocol says they do: at LF, CR LF or CR, and nowhere else (not at form feeds, U+2028 and
the other ends that `str.splitlines` knows). Every line but the last keeps its line end, so joining the lines
gives the text back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codestral_lsp.document.position import Position, Range

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """The lines of `text`, each but the last with its line end; at least one, the last one may be empty."""
    lines = _LINE.findall(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


def without_line_end(line: str) -> str:
    """`line` without its LF, CR LF or CR."""
    if line.endswith("\r\n"):
        return line[:-2]
    if line.endswith(("\n", "\r")):
        return line[:-1]
    return line


@dataclass(frozen=True, slots=True)
class Edit:
    """What one change did: the text between `start` and `old_end` became the text between `start` and `new_end`."""

    start: Position
    old_end: Position
    new_end: Position
    removed: str
    inserted: str


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """An immutable text. An edit makes a new one that shares all untouched lines with the old."""

    lines: Sequence[str]

    @staticmethod
    def of(text: str) -> Text:
        """The text made of these characters."""
        return Text(split_lines(text))

    def __str__(self) -> str:
        return "".join(self.lines)

    def line(self, number: int) -> str:
        """Line `number` without its line end; empty past the last one."""
        return without_line_end(self.lines[number]) if 0 <= number < len(self.lines) else ""

    @property
    def end(self) -> Position:
        """The place behind the last character."""
        return Position(len(self.lines) - 1, len(self.lines[-1]))

    def clamp(self, position: Position) -> Position:
        """The nearest place that exists: never past the last line, nor past or inside a line's end."""
        if position.line < 0:
            return Position(0, 0)
        if position.line >= len(self.lines):
            return self.end
        return Position(position.line, max(0, min(position.column, len(self.line(position.line)))))

    def slice(self, span: Range) -> str:
        """The characters in `span`, which must lie inside the text."""
        start, end = span.start, span.end
        if start.line == end.line:
            return self.lines[start.line][start.column : end.column]
        return "".join(
            (
                self.lines[start.line][start.column :],
                *self.lines[start.line + 1 : end.line],
                self.lines[end.line][: end.column],
            )
        )

    def before(self, position: Position, from_line: int = 0) -> str:
        """Everything from the start of `from_line` to `position`."""
        return self.slice(Range(Position(min(from_line, position.line), 0), position))

    def after(self, position: Position, to_line: int | None = None) -> str:
        """Everything from `position` to the start of line `to_line`, or to the end of the text."""
        if to_line is None or to_line >= len(self.lines):
            return self.slice(Range(position, self.end))
        return self.slice(Range(position, Position(max(to_line, position.line), 0)))

    def line_end(self) -> str:
        """The line end that the text uses: that of its first line, LF when it has only one line."""
        first = self.lines[0]
        return first[len(without_line_end(first)) :] or "\n"

    def replace(self, span: Range, inserted: str) -> tuple[Text, Edit]:
        """The text with `inserted` in place of `span` (clamped, its ends swapped if need be)."""
        start, end = self.clamp(span.start), self.clamp(span.end)
        if end < start:
            start, end = end, start
        first, last = start.line, end.line
        piece = self.lines[first][: start.column] + inserted + self.lines[last][end.column :]
        # A lone CR above and a LF that now begins this line have become one line end.
        if first and piece.startswith("\n") and self.lines[first - 1].endswith("\r"):
            first -= 1
            piece = self.lines[first] + piece
        fresh = split_lines(piece)
        # What was joined still has its own line end, unless the text stops here.
        if fresh[-1] == "" and last + 1 < len(self.lines):
            fresh.pop()
        lines = [*self.lines[:first], *fresh, *self.lines[last + 1 :]]
        edit = Edit(start, end, _advance(start, inserted), self.slice(Range(start, end)), inserted)
        return Text(lines), edit


def _advance(start: Position, inserted: str) -> Position:
    lines = split_lines(inserted)
    if len(lines) == 1:
        return Position(start.line, start.column + len(inserted))
    return Position(start.line + len(lines) - 1, len(lines[-1]))
