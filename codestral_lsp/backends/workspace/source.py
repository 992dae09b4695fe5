"""Where to look for what was written before: runs of tokens, read backwards from any place.

The tokens lie in reverse order, so that the context before a place is a plain slice, its nearest token first. A
place is named by the index of its last context token in that order (`at`); the token after it is at `at - 1`.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from codestral_lsp.backends.workspace.tokens import GAP, Line

_CODE = 4
_GAP = GAP.to_bytes(_CODE, sys.byteorder)


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

    @abstractmethod
    def path(self, line: int) -> str:
        """Of the file that a line is in: with slashes, from the workspace folder or from the top."""

    @abstractmethod
    def number(self, line: int) -> int:
        """How many lines stand before it in its file."""

    @abstractmethod
    def text(self, line: int) -> bytes:
        """The line, without indentation."""


class Part:
    """Lines of a document that follow each other, joined. Does not change, and may be part of several buffers."""

    __slots__ = ("brackets", "codes", "counts", "height", "lines", "rows", "shapes", "size")

    def __init__(self, rows: Sequence[Line | None]) -> None:
        self.height = len(rows)
        """How many lines it spans, blank ones too."""
        self.lines = lines = [line for line in rows if line is not None]
        self.rows = [row for row, line in enumerate(rows) if line is not None]
        self.counts = [len(line.starts) for line in lines]
        """Tokens of each line."""
        self.size = sum(self.counts)
        codes = array("I", b"".join([line.codes for line in lines]))
        shapes = array("I", b"".join([line.shapes for line in lines]))
        end = 0
        for count, (above, below) in zip(self.counts, pairwise(self.rows), strict=False):
            end += count
            if below - above > 1:
                codes[end - 1] = shapes[end - 1] = GAP
        codes.reverse()
        shapes.reverse()
        self.codes = codes.tobytes()
        """The tokens, the last one first."""
        self.shapes = shapes.tobytes()
        self.brackets = balance(line.brackets for line in lines)


def balance(brackets: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Brackets that pieces of code in a row close without opening them, and open without closing them, in all."""
    closed = opened = 0
    for closes, opens in brackets:
        if closes > opened:
            closed += closes - opened
            opened = opens
        else:
            opened += opens - closes
    return closed, opened


class Buffer(Source):
    """An open document, or as much of it around the cursor as is looked at."""

    __slots__ = ("_path", "_rows", "lines", "raw", "shapes")

    def __init__(self, parts: Sequence[Part], path: str) -> None:
        self._path = path
        self.lines: list[Line] = []
        self._rows: list[int] = []
        counts: list[int] = []
        codes: list[bytes] = []
        shapes: list[bytes] = []
        height = 0
        for part in parts:
            if part.lines:
                if self._rows and height + part.rows[0] - self._rows[-1] > 1:
                    codes[-1], shapes[-1] = _GAP + codes[-1][_CODE:], _GAP + shapes[-1][_CODE:]
                self.lines += part.lines
                self._rows += [height + row for row in part.rows] if height else part.rows
                counts += part.counts
                codes.append(part.codes)
                shapes.append(part.shapes)
            height += part.height
        self.firsts = list(accumulate(counts, initial=0))
        self.size = self.firsts[-1]
        self.raw = b"".join(reversed(codes))
        self.shapes = b"".join(reversed(shapes))
        self.codes = memoryview(self.raw).cast("I")

    def knows(self, code: int) -> bool:
        """Whether a token occurs (very nearly: codes are not looked at one by one)."""
        return code.to_bytes(_CODE, sys.byteorder) in self.raw

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

    def path(self, line: int) -> str:
        return self._path

    def number(self, line: int) -> int:
        return line

    def text(self, line: int) -> bytes:
        return self.lines[line].text


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
