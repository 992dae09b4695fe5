"""Fits an answer's indentation to the file."""

from __future__ import annotations

from itertools import pairwise

from codestral_lsp.completion.opening import doubled_blanks
from codestral_lsp.completion.surroundings import OPENERS, Extent, Surroundings, indentation_of


def fit_indentation(text: str, around: Surroundings, extent: Extent) -> str:
    """The text with the file's own kind and width of blanks at line starts, and none doubled at the cursor."""
    text = text[doubled_blanks(text, around) :]
    if "\n" not in text:
        return text
    first, *lines = text.split("\n")
    unit = around.indentation_unit
    lines = _rescaled([around.head + first, *lines], unit)[1:]
    return "\n".join([first, *(_converted(line, unit) for line in lines)])


def _rescaled(lines: list[str], unit: str) -> list[str]:
    """The lines with their levels as wide as the file's, where they are evidently of another width."""
    if not unit.startswith(" "):
        return lines
    base = indentation_of(lines[0])
    depths = [indentation_of(line) - base for line in lines if line.strip()]
    opened = [
        indentation_of(inner) - indentation_of(outer)
        for outer, inner in pairwise(line for line in lines if line.strip())
        if outer.rstrip().endswith(OPENERS)
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
