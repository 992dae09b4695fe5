"""Finds where a model's quote stands. Models get line numbers wrong by a few, blanks often, words seldom."""

from __future__ import annotations

import re

from codestral_lsp.actions.excerpt import Excerpt
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import split_lines

NEARBY_LINES = 10
"""A quote counts if it stands this near the line that was named."""
_SHORTEST = 4
"""Characters of a part of a line, blanks not counted, that are enough to be a quote."""
_NUMBERED = re.compile(r"^\s*\d+\s*\|\s?")


def place(quote: str, line: int | None, shown: Excerpt) -> Range | None:
    """The place in the document (its lines, not the target's) that a quote means; None if it does not stand there.

    `line` is the one that the model named, numbered as in the excerpt; without one the quote must stand in a single
    place.
    """
    wanted = quoted_lines(quote)
    if not wanted or not re.search(r"\w", quote):
        return None
    places = [span for number in _lines(shown) if (span := _at(wanted, number, shown)) is not None]
    if line is None:
        return places[0] if len(places) == 1 else None
    claimed = shown.line(line)
    near = [span for span in places if abs(span.start.line - claimed) <= NEARBY_LINES]
    return min(near, key=lambda span: abs(span.start.line - claimed), default=None)


def quoted_lines(quote: str) -> list[str]:
    """The lines of a quote without what is not the text's: fences, line numbers, blank lines at either end."""
    lines = [line.rstrip("\r\n") for line in split_lines(quote)]
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith("```")):
        lines.pop(0)
    while lines and (not lines[-1].strip() or lines[-1].strip() == "```"):
        lines.pop()
    if lines and all(_NUMBERED.match(line) for line in lines if line.strip()):
        lines = [_NUMBERED.sub("", line, count=1) for line in lines]
    return lines


def squeezed(line: str) -> str:
    """A line with its runs of blanks made one, and none at its ends."""
    return " ".join(line.split())


def _lines(shown: Excerpt) -> list[int]:
    return [line for first, stop in shown.runs for line in range(first, stop)]


def _at(wanted: list[str], first: int, shown: Excerpt) -> Range | None:
    """The range of the quote if it starts on line `first`."""
    text = shown.target.document.text
    if len(wanted) == 1:
        return _part(wanted[0], text.line(first), first)
    last = first + len(wanted) - 1
    if last >= shown.target.stop or not all(shown.shows(line) for line in range(first, last + 1)):
        return None
    for offset, each in enumerate(wanted):
        here, said = squeezed(text.line(first + offset)), squeezed(each)
        fits = (
            here.endswith(said) if offset == 0 else here.startswith(said) if offset == len(wanted) - 1 else here == said
        )
        if not fits or (not said and here):
            return None
    start = text.line(first)
    return Range(Position(first, len(start) - len(start.lstrip())), Position(last, len(text.line(last).rstrip())))


def _part(said: str, line: str, number: int) -> Range | None:
    """The whole line or a part of it that starts and ends with whole words."""
    body = line.strip()
    if squeezed(body) == squeezed(said):
        start = len(line) - len(line.lstrip())
        return Range(Position(number, start), Position(number, start + len(body)))
    if len(re.sub(r"\s", "", said)) < _SHORTEST:
        return None
    words = r"\s*".join(map(re.escape, re.findall(r"\w+|[^\w\s]", said)))
    head = r"(?<!\w)" if said.strip()[:1].isalnum() or said.strip()[:1] == "_" else ""
    tail = r"(?!\w)" if said.strip()[-1:].isalnum() or said.strip()[-1:] == "_" else ""
    found = re.search(head + words + tail, line)
    return Range(Position(number, found.start()), Position(number, found.end())) if found else None
