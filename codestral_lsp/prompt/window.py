"""The window: which part of the document a model sees, held still while the user types.

A model keeps what it has read (KV cache) as long as the prompt only grows at its end. Codestral reads the suffix
first, then the prefix, so the window is pinned at both far ends:

* the suffix starts with the line's end when only closers follow the cursor, else with the rest of the line, and ends
  at an anchor that moves with the text. The anchor is chosen anew only when the text below the cursor changed, the
  cursor left the window, or the window ran low. A few lines that were added further down change nothing yet: all that
  is shown is still there;
* the prefix starts at an anchor too. When it has grown past its budget the head is cut in one big step, at a block's
  start, so that the next cut is far away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Edit, Text, split_lines
from codestral_lsp.prompt.closers import only_closers

LineTokens = Callable[[str], float]
"""Tokens in one line, its line end included."""

HEAD_FILL = 0.6
"""How full a fresh head is, as a share of its budget: the rest is room to type before the next cut."""
LOW_WATER = 0.3
"""Below this share of its budget a suffix has run low, if there is more text to show."""
HIGH_WATER = 1.5
"""Above this share of its budget a suffix has grown too long (the cursor moved up)."""
NEAR_LINES = 3
"""Lines right below the cursor that are always shown as they are."""
ADDED = 1 / 8
"""The share of lines, of those shown, that may have been added among them without the window being read again."""

LONGEST_TOKEN = 6
"""Characters a token of code takes at the very most on average: a side with more than that has overlong lines."""
LINE_TOKEN = 2
"""Characters to keep for each token of the budget where overlong lines (data, minified code) must be cut."""


def _last(text: str, characters: int) -> str:
    """The end of an overlong text, cut in coarse steps, so that the cut stays where it is while more is typed."""
    return text[(len(text) - characters) // characters * characters :]


@dataclass(frozen=True, slots=True)
class WindowBudget:
    """Tokens for the two sides of the cursor."""

    prefix: int
    """What the prefix may grow to."""
    suffix: int
    first: int | None = None
    """How much of the prefix is read where the window is new, if less than `HEAD_FILL` of it; the rest is typed."""
    suffix_first: bool = True
    """Whether the model reads the suffix first, so that another one costs reading everything again."""

    @property
    def head(self) -> float:
        """Tokens of a fresh prefix."""
        most = self.prefix * HEAD_FILL
        return most if self.first is None else min(most, self.first)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a document around a cursor that a model sees."""

    prefix: str
    suffix: str
    rest: str
    """The closers right of the cursor that the suffix leaves out, since the answer will write them."""
    first_line: int
    last_line: int
    """The line behind the last one shown."""
    fresh: bool
    """Whether an end was chosen anew: the model must read (nearly) everything."""


class WindowAnchor:
    """Where one document's window stands. Tell it of every edit; ask it for the window at a cursor."""

    def __init__(self) -> None:
        self._head: int | None = None
        self._tail = 0
        self._suffix_start = Position(0, 0)
        self._suffix = ""
        """What was last shown below the cursor."""
        self._tail_is_stale = False
        """Whether something has changed there since."""

    def observe(self, change: Change) -> None:
        """Move with an edit of the document."""
        if self._head is None or change.before is None:
            return
        if change.after is None or not change.edits:
            self._head = None
            return
        for edit in change.edits:
            self._move(edit)

    def _move(self, edit: Edit) -> None:
        shift = edit.new_end.line - edit.old_end.line
        if self._head is None or edit.start.line >= self._tail:
            return
        if edit.old_end.line < self._head:
            self._head += shift
        elif edit.start.line < self._head:
            self._head = None
        self._tail += shift
        if edit.old_end <= self._suffix_start:
            column = self._suffix_start.column
            if edit.old_end.line == self._suffix_start.line:
                column += edit.new_end.column - edit.old_end.column
            self._suffix_start = Position(self._suffix_start.line + shift, column)
        else:
            self._tail_is_stale = True

    @property
    def is_new(self) -> bool:
        """Whether it shows nothing yet."""
        return self._head is None

    def stands_at(self, text: Text, cursor: Position) -> bool:
        """Whether the window was last shown at `cursor`, or where edits have moved that to: what it shows below the
        cursor is what the model has read."""
        return self._head is not None and self._suffix_start == _suffix_start(text, cursor)

    def window(self, document: Document, cursor: Position, budget: WindowBudget, tokens: LineTokens) -> Window:
        """The window at `cursor`, its ends where they were if that is still right."""
        text = document.text
        rest = text.line(cursor.line)[cursor.column :]
        closers = only_closers(rest)
        start = _suffix_start(text, cursor)
        late = self._tail_is_stale and budget.suffix_first and self._lacks_little(text, start)
        stale = self._tail_is_stale and not late
        fresh = stale or not self._suffix_holds(text, cursor, start, budget, tokens)
        if fresh:
            self._tail = _tail(text, start, budget.suffix, tokens)
        if fresh or self._head is None or not self._head_holds(text, cursor, budget, tokens):
            self._head = _head(text, cursor, budget.head, tokens)
            fresh = True
        if fresh or not late:
            self._suffix = text.after(start, self._tail) if start.line < len(text.lines) else ""
            self._suffix_start, self._tail_is_stale = start, False
        prefix, suffix = text.before(cursor, self._head), self._suffix
        if closers and start.line < len(text.lines):
            # The answer ends within its line: without the line's end, models write worse, and run into the text below.
            suffix = "\n" + suffix
        if len(prefix) > budget.prefix * LONGEST_TOKEN:
            prefix = _last(prefix, budget.prefix * LINE_TOKEN)
        if len(suffix) > budget.suffix * LONGEST_TOKEN:
            suffix = suffix[: budget.suffix * LINE_TOKEN]
        return Window(prefix, suffix, rest if closers else "", self._head, self._tail, fresh)

    def _suffix_holds(
        self, text: Text, cursor: Position, start: Position, budget: WindowBudget, tokens: LineTokens
    ) -> bool:
        if self._head is None or not self._head <= cursor.line <= self._tail:
            return False
        shown = sum(map(tokens, text.lines[start.line : self._tail]))
        if shown > budget.suffix * HIGH_WATER:
            return False
        return shown >= budget.suffix * LOW_WATER or self._tail >= len(text.lines)

    def _lacks_little(self, text: Text, start: Position) -> bool:
        """Whether all that was shown below the cursor is still there, with no more than a few lines added further down.

        To show them the model would have to read everything again, and it will soon enough.
        """
        if self._head is None or start != self._suffix_start or start.line >= len(text.lines):
            return False
        shown = split_lines(self._suffix)
        there = split_lines(text.after(start, self._tail))
        if len(there) > len(shown) * (1 + ADDED) or there[:NEAR_LINES] != shown[:NEAR_LINES]:
            return False
        left = iter(there)
        return all(line in left for line in shown)

    def _head_holds(self, text: Text, cursor: Position, budget: WindowBudget, tokens: LineTokens) -> bool:
        assert self._head is not None
        return sum(map(tokens, text.lines[self._head : cursor.line])) <= budget.prefix


def _suffix_start(text: Text, cursor: Position) -> Position:
    """Where the suffix starts: behind closers on the cursor's line, which the answer will write itself."""
    return Position(cursor.line + 1, 0) if only_closers(text.line(cursor.line)[cursor.column :]) else cursor


def _tail(text: Text, start: Position, budget: int, tokens: LineTokens) -> int:
    """The line behind the last one that fits `budget`; at least the line where the suffix starts."""
    spent, line = 0.0, start.line
    while line < len(text.lines):
        spent += tokens(text.lines[line])
        if spent > budget and line > start.line:
            break
        line += 1
    return line


def _head(text: Text, cursor: Position, budget: float, tokens: LineTokens) -> int:
    """The line where a fresh head starts: as far up as fits, then down to where a block begins."""
    spent, line = 0.0, cursor.line
    while line > 0:
        spent += tokens(text.lines[line - 1])
        if spent > budget:
            break
        line -= 1
    if line == 0:
        return 0
    reach = range(line, line + max(1, (cursor.line - line) // 4))
    return min(reach, key=lambda number: (_indentation(text, number), number))


def _indentation(text: Text, number: int) -> int:
    line = text.line(number)
    stripped = line.lstrip()
    # Blank lines and lone closers begin nothing.
    return len(line) - len(stripped) if stripped and stripped[0] not in ")]}" else 1000
