"""Positions as this program counts them, and as clients count them.

Inside, a column counts Unicode code points: Python's own string index. A client counts UTF-8, UTF-16 or UTF-32
units, whichever was negotiated; `PositionCodec` is the only place where the two meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: 0-based line, and 0-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` up to, not including, `end`."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class PositionCodec:
    """Converts columns between code points and the units of the negotiated position encoding."""

    encoding: PositionEncoding = "utf-16"

    def column(self, line: str, units: int) -> int:
        """The column of `line` that lies `units` client units from its start.

        A count that lands inside a character is rounded down to it, one past the end to the end.
        """
        if units <= 0:
            return 0
        if self.encoding == "utf-32" or line.isascii():
            return min(units, len(line))
        if self.encoding == "utf-8":
            encoded = line[:units].encode("utf-8", "surrogatepass")
            cut = min(units, len(encoded))
            while cut < len(encoded) and encoded[cut] & 0xC0 == 0x80:
                cut -= 1
            return len(encoded[:cut].decode("utf-8", "surrogatepass"))
        head = line[:units].encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass")
        # Cut inside a surrogate pair, its first half is left over.
        return len(head) if line.startswith(head) else len(head) - 1

    def units(self, line: str, column: int) -> int:
        """How many client units the first `column` characters of `line` take."""
        column = max(0, min(column, len(line)))
        if self.encoding == "utf-32" or line.isascii():
            return column
        head = line[:column]
        if self.encoding == "utf-8":
            return len(head.encode("utf-8", "surrogatepass"))
        return len(head.encode("utf-16-le", "surrogatepass")) // 2
