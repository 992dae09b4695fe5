"""Code as tokens: words, signs and line ends, each a 32-bit code, so that places can be compared at C speed.

Blanks before a token belong to it but not to its code: `f(a,b)` and `f(a, b)` are alike. A line end is a token,
another one if blank lines follow; indentation is none. Codes are CRCs, the same in every process; that two tokens in
a few billion pairs share one is harmless.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import accumulate
from zlib import crc32

_RUNS = b"=-#*/~.\"'`<>&|:"
"""Signs whose runs are one token: `==`, `//`, a ruler in a comment."""

TOKEN = re.compile(
    rb"\s*(?:[\w\x80-\xff]+|" + b"|".join(re.escape(_RUNS[i : i + 1]) + b"+" for i in range(len(_RUNS))) + rb"|[^\w\s])"
)
WORD = re.compile(rb"[\w\x80-\xff]+")

LINE_END = crc32(b"\n")
GAP = crc32(b"\n\n")
"""What a line's end is if blank lines follow."""
ANY_WORD = crc32(b"\0word")
"""What every word is in a shape."""

MAX_LINE = 400
"""Longer lines, in bytes, are data or generated: they count as blank."""

_REMEMBERED_TOKENS = 1 << 17
_REMEMBERED_LINES = 1 << 15


class _Codes(dict[bytes, int]):
    """Tokens' codes, computed once."""

    def __missing__(self, token: bytes) -> int:
        if len(self) >= _REMEMBERED_TOKENS:
            self.clear()
        code = self[token] = crc32(token.lstrip()) or 1
        return code


class _Shapes(dict[bytes, int]):
    """Tokens' codes with all words alike, computed once."""

    def __missing__(self, token: bytes) -> int:
        if len(self) >= _REMEMBERED_TOKENS:
            self.clear()
        bare = token.lstrip()
        code = self[token] = ANY_WORD if WORD.match(bare) else CODES[token]
        return code


CODES = _Codes()
SHAPES = _Shapes()


class Line:
    """A line that is not blank: its tokens, its indentation, and its brackets."""

    __slots__ = ("brackets", "codes", "indent", "shapes", "starts", "text")

    def __init__(self, text: bytes, indent: int) -> None:
        tokens = TOKEN.findall(text)
        self.text = text
        """Without indentation, trailing blanks and line end."""
        self.indent = indent
        """Width in characters, a tab being one."""
        codes = array("I", map(CODES.__getitem__, tokens))
        codes.append(LINE_END)
        self.codes = codes.tobytes()
        shapes = array("I", map(SHAPES.__getitem__, tokens))
        shapes.append(LINE_END)
        self.shapes = shapes.tobytes()
        self.starts = array("H", accumulate(map(len, tokens), initial=0))
        """Where in `text` each token begins, that of the line end last."""
        self.brackets = brackets(text)

    @staticmethod
    def with_hole(tokens: Sequence[bytes]) -> Line:
        """The cursor's line: the whole tokens before the cursor, then one that is like no other."""
        line = Line.__new__(Line)
        line.text, line.indent, line.brackets = b"", 0, (0, 0)
        line.codes = array("I", [*map(CODES.__getitem__, tokens), 0, LINE_END]).tobytes()
        line.shapes = array("I", [*map(SHAPES.__getitem__, tokens), 0, LINE_END]).tobytes()
        line.starts = array("H", bytes(2 * len(tokens) + 4))
        return line


_STRING = re.compile(rb"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_BRACKET = re.compile(rb"[()\[\]{}]")


def brackets(text: bytes) -> tuple[int, int]:
    """How many brackets a line closes that it has not opened, and opens that it does not close; not in strings."""
    found = _BRACKET.findall(_STRING.sub(b"", text)) if _BRACKET.search(text) else ()
    closes = opens = 0
    for bracket in found:
        if bracket in b"([{":
            opens += 1
        elif opens:
            opens -= 1
        else:
            closes += 1
    return closes, opens


class Lines(dict[str, Line | None]):
    """Lines of open documents, tokenised once; None for blank ones."""

    def __missing__(self, line: str) -> Line | None:
        if len(self) >= _REMEMBERED_LINES:
            for old in list(self)[: _REMEMBERED_LINES // 2]:
                del self[old]
        raw = line.encode("utf-8", "surrogatepass")
        text = raw.strip()
        made = self[line] = Line(text, len(raw) - len(raw.lstrip())) if 0 < len(text) <= MAX_LINE else None
        return made
