"""Fits an answer's indentation to the file."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from codestral_lsp.completion.surroundings import Extent, Surroundings, indentation_of

_OPENERS = (":", "{", "(", "[", "=>", "->", "do", "then", ">")


def fit_indentation(text: str, around: Surroundings, extent: Extent) -> str:
    """The text with the file's own kind and width of blanks at line starts, and none doubled at the cursor.

    Behind an indentation that stands already, models often write one blank too many.
    """
    if around.head and not around.head.strip() and not text.startswith("\n"):
        text = text.lstrip(" \t")
    if "\n" not in text:
        return text
    first, *lines = text.split("\n")
    unit = _unit(around)
    lines = _rescaled([around.head + first, *lines], unit)[1:]
    return "\n".join([first, *(_converted(line, unit) for line in lines)])


def _unit(around: Surroundings) -> str:
    """What one level is indented by near the cursor: a tab or some blanks; empty if nothing is indented there."""
    steps: Counter[int] = Counter()
    lines = [line for line in (*around.above, around.head, *around.below) if line.strip()]
    if any(line.startswith("\t") for line in lines):
        return "\t"
    for outer, inner in pairwise(lines):
        if outer.rstrip().endswith(_OPENERS) and (step := indentation_of(inner) - indentation_of(outer)) > 0:
            steps[step] += 1
    if steps:
        return " " * max(steps, key=lambda step: (steps[step], -step))
    widths = [width for line in lines if (width := indentation_of(line)) > 1]
    return " " * min(widths, default=0)


def _rescaled(lines: list[str], unit: str) -> list[str]:
    """The lines with their levels as wide as the file's, where they are evidently of another width."""
    if not unit.startswith(" "):
        return lines
    base = indentation_of(lines[0])
    depths = [indentation_of(line) - base for line in lines if line.strip()]
    opened = [
        indentation_of(inner) - indentation_of(outer)
        for outer, inner in pairwise(line for line in lines if line.strip())
        if outer.rstrip().endswith(_OPENERS)
    ]
    theirs, ours = min((step for step in opened if step > 0), default=0), len(unit)
    if theirs in (0, ours) or theirs == 1 or any(depth < 0 or depth % theirs for depth in depths):
        return lines
    return [
        " " * (base + (indentation_of(line) - base) // theirs * ours) + line.lstrip(" \t") if line.strip() else line
        for line in lines
    ]


def _converted(line: str, unit: str) -> str:
    body = line.lstrip(" \t")
    blanks = line[: len(line) - len(body)]
    if unit == "\t" and " " in blanks:
        spaces = blanks.replace("\t", "    ")
        return "\t" * (len(spaces) // 4) + " " * (len(spaces) % 4) + body
    if unit.startswith(" ") and "\t" in blanks:
        return blanks.replace("\t", unit) + body
    return line
