"""How much of a text is still there in another: by the longest common subsequence of their words and signs."""

from __future__ import annotations

import re
from collections import defaultdict

_TOKEN = re.compile(r"\w+|[^\w\s]")


def kept_characters(accepted: str, there: str) -> int:
    """How many characters of `accepted` (blanks do not count) stand in `there`, in the same order.

    A word counts whole or not at all: two texts that have nothing in common share many letters.
    """
    # The bit-parallel algorithm of Hyyrö: a bit a character of `accepted`, zero once it has found its like.
    mine = _symbols(accepted)
    places: defaultdict[tuple[str, int], int] = defaultdict(int)
    for place, symbol in enumerate(mine):
        places[symbol] |= 1 << place
    row = everything = (1 << len(mine)) - 1
    for symbol in _symbols(there):
        matches = row & places.get(symbol, 0)
        row = ((row + matches) | (row - matches)) & everything
    return len(mine) - row.bit_count()


def counted_characters(text: str) -> int:
    """How many characters of a text count: all but the blanks."""
    return sum(map(len, _TOKEN.findall(text)))


def _symbols(text: str) -> list[tuple[str, int]]:
    """The characters, each as its word and its place in it."""
    return [(token, place) for token in _TOKEN.findall(text) for place in range(len(token))]
