"""Code like the code at the cursor: files that use the same rare words, and in them the lines that go on like here."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log

from codestral_lsp.context.likely import likely
from codestral_lsp.context.outline import dedented
from codestral_lsp.context.place import LONGEST, Place, Snippet, SourceName
from codestral_lsp.context.resolve import together
from codestral_lsp.context.store import FEW
from codestral_lsp.context.words import code, words
from codestral_lsp.context.workspace import Workspace

_LINES_ABOVE, _LINES_BELOW = 8, 4
"""Lines around the cursor that are compared."""
_MOST_WORDS = 24
_MOST_FILES = 16
_BEFORE, _AFTER = 4, 8
"""Lines shown around the line that is like the one at the cursor: what came next there may come next here."""
_BESIDE = 1.0
"""What it counts that a file is in the folder of the one at the cursor, compared with a word."""
_SAME = 1.5
"""What a piece of text counts that stands before the cursor and there, by the token."""
_MOST_SAME = 6
"""Tokens of it that count."""
_LEAST = 0.12
"""Share of the words' worth that a piece must have."""
_WORTH, _MOST_WORTH = 3.0, 2.3
"""What a piece with all the words is worth, and the most that any is."""
_FADES = 0.75
"""What each further piece is worth, compared with the one before it."""
_BIGGEST = 200_000
"""Characters of a file that are looked at."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What pieces of other files are compared with."""

    values: Mapping[str, float]
    """The words around the cursor, and what each counts."""
    here: frozenset[str]
    """Those on the line itself."""
    tail: str
    """The text right before the cursor; where that is only blanks, the line above it."""
    next_line: bool
    """Whether it is the line above, so that the line behind it is meant."""

    @property
    def total(self) -> float:
        """What a piece counts that has everything."""
        own = 2 * sum(value for word, value in self.values.items() if word in self.here)
        return own + sum(self.values.values()) + _SAME * min(_MOST_SAME, len(_TOKEN.findall(self.tail)))


def similar(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The best piece of each of the files that have most in common with the lines around the cursor."""
    yield from likely(place, workspace)
    wanted, files = _wanted(place, workspace)
    total = wanted.total
    if not total:
        return
    pieces = []
    for path in files:
        pieces.append((path, *_best(workspace.lines(path), wanted)))
        if workspace.late:
            break
    pieces.sort(key=lambda piece: -piece[2])
    for number, (path, center, worth) in enumerate(pieces):
        if worth / total >= _LEAST:
            lines = workspace.lines(path)
            start, end = max(0, center - _BEFORE), min(len(lines), center + _AFTER)
            score = min(_MOST_WORTH, _WORTH * worth / total) * _FADES**number
            yield Snippet(SourceName.SIMILAR, path, start, end, dedented(lines[start:end]), score)


def _wanted(place: Place, workspace: Workspace) -> tuple[_Wanted, list[str]]:
    """What to look for, and the files to look for it in, the likeliest first."""
    first = max(0, place.line - _LINES_ABOVE)
    around = [*place.lines[first : place.line], place.head + "\n"]
    around += place.lines[place.line + 1 : place.line + 1 + _LINES_BELOW]
    text = "".join(line for line in around if len(line) <= LONGEST)
    languages = together(place.language)
    values: dict[str, float] = {}
    scores = dict.fromkeys(place.open, 0.0)
    for path in workspace.beside(place.path):
        scores[path] = _BESIDE
    for word in sorted(words(text), key=lambda word: -place.near.get(word, 0.0))[:_MOST_WORDS]:
        users = workspace.reader.using(code(word), languages)
        if users and users != [place.path]:
            values[word] = log(1 + FEW / len(users)) * (0.5 + min(1.0, place.near.get(word, 0.0)))
            for path in users if len(users) <= FEW else ():
                scores[path] = scores.get(path, 0.0) + values[word]
    scores.pop(place.path, None)
    files = sorted(scores, key=lambda path: (-scores[path], path))[:_MOST_FILES]
    tail = place.head.strip()
    above = next((line.strip() for line in reversed(place.lines[first : place.line]) if line.strip()), "")
    here = frozenset(words(place.head))
    return _Wanted(values, here, tail or above, not tail), files


def _best(lines: Sequence[str], wanted: _Wanted) -> tuple[int, float]:
    """The line that most probably is followed by what is wanted, and what speaks for it."""
    text = "".join(lines)[:_BIGGEST]
    starts = list(accumulate(map(len, lines), initial=0))
    steps = [0.0] * (len(lines) + _LINES_ABOVE + 2)
    """By how much what speaks for a line differs from what speaks for the one above it."""
    own: dict[int, float] = {}
    """The lines with words that are wanted and those below, and what speaks for them alone."""
    for word, value in wanted.values.items():
        reached, last = 0, -1
        for at in _places(text, word):
            line = bisect_right(starts, at) - 1
            if line == last:
                continue
            last = line
            first, end = max(reached, line - _LINES_BELOW), line + _LINES_ABOVE + 1
            if first < end:
                steps[first] += value
                steps[end] -= value
                reached = end
            own[line] = own.get(line, 0.0) + (2 * value if word in wanted.here else 0.0)
            own.setdefault(line + 1, 0.0)
    for at, tokens in _alike(text, wanted.tail):
        line = bisect_right(starts, at) - 1 + wanted.next_line
        own[line] = own.get(line, 0.0) + _SAME * tokens
    worth = list(accumulate(steps))
    return max(
        ((line, worth[line] + more) for line, more in own.items()),
        key=lambda each: (each[1], -each[0]),
        default=(0, 0.0),
    )


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _alike(text: str, tail: str) -> Iterator[tuple[int, int]]:
    """Where as much as can be of the end of `tail` stands in the text, and how many tokens that is."""
    tokens = list(_TOKEN.finditer(tail))[-_MOST_SAME:]
    for number, token in enumerate(tokens):
        end = tail[token.start() :]
        if len(tokens) - number < 2:
            return
        places = list(_places(text, end))
        if places:
            yield from ((at, len(tokens) - number) for at in places)
            return
