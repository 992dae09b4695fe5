"""What stands around the cursor, as cutting and filters need it: a few lines each way, with LF line ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise

from codestral_lsp.completion.request import CompletionRequest
from codestral_lsp.prompt.closers import only_closers

OPENERS = (":", "{", "(", "[", "=>", "->", "do", "then", ">")
"""What a line ends with that opens a block or a bracket, in any language."""


class Extent(Enum):
    """How far an answer may reach."""

    LINE = "line"
    """To the end of the line."""
    STATEMENT = "statement"
    """To the end of the statement that the cursor is in, or of the line where that opens a block."""
    BLOCK = "block"
    """As far as the block that the cursor is in or has just opened needs it."""


@dataclass(frozen=True)  # no slots: what is found out about the text is kept beside it
class Surroundings:
    """The text near the cursor."""

    head: str
    """The line up to the cursor."""
    rest: str
    """The line behind the cursor."""
    above: tuple[str, ...]
    """Up to 50 lines above, nearest last, without line ends."""
    below: tuple[str, ...]
    """Up to 50 lines below, nearest first, without line ends."""
    language: str

    @cached_property
    def rest_is_closers(self) -> bool:
        """Whether nothing but closing marks follows the cursor on its line."""
        return only_closers(self.rest)

    @property
    def indentation(self) -> str:
        """The blanks that the cursor's line starts with."""
        return self.head[: len(self.head) - len(self.head.lstrip(" \t"))]

    @property
    def line_above(self) -> str:
        """The nearest line above that is not blank; empty if there is none."""
        return next((line for line in reversed(self.above) if line.strip()), "")

    @property
    def line_below(self) -> str:
        """The nearest line below that is not blank; empty if there is none."""
        return next((line for line in self.below if line.strip()), "")

    @cached_property
    def indentation_unit(self) -> str:
        """What one level is indented by near the cursor: a tab or some blanks; empty if nothing is indented there."""
        steps: Counter[int] = Counter()
        lines = [line for line in (*self.above, self.head, *self.below) if line.strip()]
        if any(line.startswith("\t") for line in lines):
            return "\t"
        for outer, inner in pairwise(lines):
            if outer.rstrip().endswith(OPENERS) and (step := indentation_of(inner) - indentation_of(outer)) > 0:
                steps[step] += 1
        if steps:
            return " " * max(steps, key=lambda step: (steps[step], -step))
        widths = [width for line in lines if (width := indentation_of(line)) > 1]
        return " " * min(widths, default=0)


def surroundings(request: CompletionRequest) -> Surroundings:
    """What stands around the cursor of a request."""
    text, cursor = request.document.text, request.cursor
    line = text.line(cursor.line)
    first, last = max(0, cursor.line - 50), min(len(text.lines), cursor.line + 51)
    return Surroundings(
        head=line[: cursor.column],
        rest=line[cursor.column :],
        above=tuple(text.line(number) for number in range(first, cursor.line)),
        below=tuple(text.line(number) for number in range(cursor.line + 1, last)),
        language=request.document.language,
    )


def indentation_of(line: str) -> int:
    """Width of the blanks at the start of a line; a tab reaches to the next multiple of four columns."""
    width = 0
    for mark in line:
        if mark == " ":
            width += 1
        elif mark == "\t":
            width += 4 - width % 4
        else:
            break
    return width
