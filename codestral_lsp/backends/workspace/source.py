"""Where to look for what was written before: runs of tokens, read backwards from any place.

The tokens lie in reverse order, so that the context before a place is a plain slice, its nearest token first. A
place is named by the index of its last context token in that order (`at`); the token after it is at `at - 1`.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from codestral_lsp.backends.workspace.tokens import GAP, Line


class Source(ABC):
    """Lines of code that can be searched. Line numbers count lines that are not blank."""

    __slots__ = ("codes", "firsts", "size")

    codes: memoryview[int]
    """All tokens' codes, the last token first; 0 stands where nothing may match across."""
    size: int
    firsts: Sequence[int]
    """Number of each line's first token, counted forward, and at the end the number of all tokens."""

    def line_of(self, at: int) -> int:
        """The line of the token that follows the place `at`."""
        return bisect_right(self.firsts, self.size - at) - 1

    @abstractmethod
    def rest(self, at: int, line: int) -> bytes:
        """What follows the place `at` on `line`, with the blanks before it."""

    @abstractmethod
    def token(self, at: int) -> bytes:
        """The token at `at`, without blanks before it; empty for a line end."""

    @abstractmethod
    def indent(self, line: int) -> int:
        """Width of the line's indentation in characters."""

    @abstractmethod
    def gap(self, line: int) -> int:
        """Blank lines before the line."""


class Buffer(Source):
    """An open document, or as much of it around the cursor as is looked at."""

    __slots__ = ("_rows", "lines", "raw", "shapes")

    def __init__(self, rows: Sequence[Line | None]) -> None:
        self.lines = lines = [line for line in rows if line is not None]
        self._rows = [row for row, line in enumerate(rows) if line is not None]
        self.firsts = list(accumulate([len(line.starts) for line in lines], initial=0))
        codes = array("I", b"".join([line.codes for line in lines]))
        shapes = array("I", b"".join([line.shapes for line in lines]))
        for line, (above, below) in enumerate(pairwise(self._rows), 1):
            if below - above > 1:
                codes[self.firsts[line] - 1] = shapes[self.firsts[line] - 1] = GAP
        codes.reverse()
        shapes.reverse()
        self.raw = codes.tobytes()
        self.codes = memoryview(codes)
        self.size = len(codes)
        self.shapes = shapes.tobytes()

    def knows(self, code: int) -> bool:
        """Whether a token occurs (very nearly: codes are not looked at one by one)."""
        return code.to_bytes(4, sys.byteorder) in self.raw

    def rest(self, at: int, line: int) -> bytes:
        of = self.lines[line]
        return of.text[of.starts[self.size - at - self.firsts[line]] :]

    def token(self, at: int) -> bytes:
        line = self.line_of(at + 1)
        of = self.lines[line]
        number = self.size - at - 1 - self.firsts[line]
        return of.text[of.starts[number] : of.starts[number + 1]].lstrip() if number + 1 < len(of.starts) else b""

    def indent(self, line: int) -> int:
        return self.lines[line].indent

    def gap(self, line: int) -> int:
        return self._rows[line] - self._rows[line - 1] - 1 if line else 0


def around(needle: bytes, raw: bytes, at: int) -> Iterator[int]:
    """Where the codes of `needle` begin in `raw` (as codes' indices), those nearest to index `at` first."""
    middle = 4 * at
    below, above = _below(needle, raw, middle), _above(needle, raw, middle)
    while below >= 0 or above >= 0:
        if above < 0 or (below >= 0 and middle - below <= above - middle):
            yield below // 4
            below = _below(needle, raw, below)
        else:
            yield above // 4
            above = _above(needle, raw, above + 1)


def _below(needle: bytes, raw: bytes, end: int) -> int:
    found = raw.rfind(needle, 0, end + len(needle) - 1)
    while found >= 0 and found % 4:
        found = raw.rfind(needle, 0, found + len(needle) - 1)
    return found


def _above(needle: bytes, raw: bytes, start: int) -> int:
    found = raw.find(needle, start)
    while found >= 0 and found % 4:
        found = raw.find(needle, found + 1)
    return found
