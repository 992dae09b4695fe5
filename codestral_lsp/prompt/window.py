"""The window: which part of the document a model sees, held still while the user types.

A model keeps what it has read (KV cache) as long as the prompt only grows at its end. Codestral reads the suffix
first, then the prefix, so the window is pinned at both far ends:

* the suffix starts with the line's end when only closers follow the cursor, else with the rest of the line, and ends
  at an anchor that moves with the text. The anchor is chosen anew only when the text below the cursor changed, the
  cursor left the window, or the window ran low;
* the prefix starts at an anchor too. When it has grown past its budget the head is cut in one big step, at a block's
  start, so that the next cut is far away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Edit, Text
from codestral_lsp.prompt.closers import only_closers

LineTokens = Callable[[str], float]
"""Tokens in one line, its line end included."""

HEAD_FILL = 0.6
"""How full a fresh head is, as a share of its budget: the rest is room to type before the next cut."""
LOW_WATER = 0.3
"""Below this share of its budget a suffix has run low, if there is more text to show."""
HIGH_WATER = 1.5
"""Above this share of its budget a suffix has grown too long (the cursor moved up)."""

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
    suffix: int


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
        self._tail_is_stale = False

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

    def window(self, document: Document, cursor: Position, budget: WindowBudget, tokens: LineTokens) -> Window:
        """The window at `cursor`, its ends where they were if that is still right."""
        text = document.text
        rest = text.line(cursor.line)[cursor.column :]
        closers = only_closers(rest)
        start = Position(cursor.line + 1, 0) if closers else cursor
        fresh = not self._suffix_holds(text, cursor, start, budget, tokens)
        if fresh:
            self._tail = _tail(text, start, budget.suffix, tokens)
            self._tail_is_stale = False
        if fresh or self._head is None or not self._head_holds(text, cursor, budget, tokens):
            self._head = _head(text, cursor, budget.prefix, tokens)
            fresh = True
        self._suffix_start = start
        prefix = text.before(cursor, self._head)
        suffix = text.after(start, self._tail) if start.line < len(text.lines) else ""
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
        if self._head is None or self._tail_is_stale or not self._head <= cursor.line <= self._tail:
            return False
        shown = sum(map(tokens, text.lines[start.line : self._tail]))
        if shown > budget.suffix * HIGH_WATER:
            return False
        return shown >= budget.suffix * LOW_WATER or self._tail >= len(text.lines)

    def _head_holds(self, text: Text, cursor: Position, budget: WindowBudget, tokens: LineTokens) -> bool:
        assert self._head is not None
        return sum(map(tokens, text.lines[self._head : cursor.line])) <= budget.prefix


def _tail(text: Text, start: Position, budget: int, tokens: LineTokens) -> int:
    """The line behind the last one that fits `budget`; at least the line where the suffix starts."""
    spent, line = 0.0, start.line
    while line < len(text.lines):
        spent += tokens(text.lines[line])
        if spent > budget and line > start.line:
            break
        line += 1
    return line


def _head(text: Text, cursor: Position, budget: int, tokens: LineTokens) -> int:
    """The line where a fresh head starts: as far up as fits, then down to where a block begins."""
    spent, line = 0.0, cursor.line
    while line > 0:
        spent += tokens(text.lines[line - 1])
        if spent > budget * HEAD_FILL:
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
