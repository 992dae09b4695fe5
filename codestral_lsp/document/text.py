"""The text of a document as an immutable value, and edits of it.

Lines end where the protocol says they do: at LF, CR LF or CR, and nowhere else (not at form feeds, U+2028 and
the other ends that `str.splitlines` knows). Every line but the last keeps its line end, so joining the lines
gives the text back.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO

from codestral_lsp.document.position import Position, Range


def split_lines(text: str) -> list[str]:
    """The lines of `text`, each but the last with its line end; at least one, the last one may be empty."""
    lines = StringIO(text, newline="").readlines()
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
    """What one change did: `removed`, from `start` to `old_end`, became `inserted`, from `start` to `new_end`.

    `start` and `old_end` are places in the text before, `start` and `new_end` the same in the text after. Where
    the change brings a CR and a LF together (or the two halves of a surrogate pair), the edit is taken to replace
    both, so none of its ends ever lies inside a line end or a character.
    """

    start: Position
    old_end: Position
    new_end: Position
    removed: str
    inserted: str


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """An immutable text. An edit makes a new one that shares all untouched lines with the old."""

    lines: list[str]
    """Not to be changed in place; a list because copying one is the fastest way to splice it."""

    @staticmethod
    def of(text: str) -> Text:
        """The text made of these characters."""
        return Text(split_lines(_with_pairs_joined(text)))

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
        before, after = self._character_before(start), self._character_at(end)
        first, last = (inserted or after)[:1], (inserted or before)[-1:]
        if _are_one(before, first):
            inserted, start = before + inserted, self._back(start, before)
        if _are_one(last, after):
            inserted, end = inserted + after, self._on(end, after)
        inserted = _with_pairs_joined(inserted)
        piece = split_lines(self.lines[start.line][: start.column] + inserted + self.lines[end.line][end.column :])
        # What was joined still has its own line end, unless the text stops here.
        if piece[-1] == "" and end.line + 1 < len(self.lines):
            piece.pop()
        lines = self.lines.copy()
        lines[start.line : end.line + 1] = piece
        return Text(lines), Edit(start, end, _advance(start, inserted), self.slice(Range(start, end)), inserted)

    def _character_before(self, position: Position) -> str:
        if position.column:
            return self.lines[position.line][position.column - 1]
        return self.lines[position.line - 1][-1] if position.line else ""

    def _character_at(self, position: Position) -> str:
        return self.lines[position.line][position.column : position.column + 1]

    def _back(self, position: Position, character: str) -> Position:
        if character == "\r":
            return Position(position.line - 1, len(self.lines[position.line - 1]) - 1)
        return Position(position.line, position.column - 1)

    def _on(self, position: Position, character: str) -> Position:
        if character == "\n":
            return Position(position.line + 1, 0)
        return Position(position.line, position.column + 1)


def difference(before: Text, after: Text) -> Edit:
    """One edit that makes `after` of `before`: for clients that send the whole text at every key."""
    old, new = before.lines, after.lines
    shorter = min(len(old), len(new))
    head = next((row for row in range(shorter) if old[row] != new[row]), shorter - 1)
    rest = shorter - head
    tail = next((row for row in range(rest) if old[-1 - row] != new[-1 - row]), rest - 1)
    last, last_now = old[-1 - tail], new[-1 - tail]
    same = next((back for back in range(min(len(last), len(last_now))) if last[-1 - back] != last_now[-1 - back]), 0)
    start = Position(head, 0)
    old_end = Position(len(old) - 1 - tail, len(last) - same)
    new_end = Position(len(new) - 1 - tail, len(last_now) - same)
    return Edit(start, old_end, new_end, before.slice(Range(start, old_end)), after.slice(Range(start, new_end)))


def _are_one(left: str, right: str) -> bool:
    """Whether two neighbours make one thing: a CR LF, or a character whose surrogates were sent one by one."""
    return (left == "\r" and right == "\n") or ("\ud800" <= left < "\udc00" <= right < "\ue000")


def _with_pairs_joined(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


def _advance(start: Position, inserted: str) -> Position:
    lines = split_lines(inserted)
    if len(lines) == 1:
        return Position(start.line, start.column + len(inserted))
    return Position(start.line + len(lines) - 1, len(lines[-1]))
