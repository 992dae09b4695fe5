"""Fits an answer's indentation to the file."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings


def fit_indentation(text: str, around: Surroundings, extent: Extent) -> str:
    """The text with the file's own kind of blanks at line starts, and none doubled at the cursor.

    Behind an indentation that stands already, models often write one blank too many.
    """
    if around.head and not around.head.strip() and not text.startswith("\n"):
        text = text.lstrip(" \t")
    if "\n" not in text:
        return text
    first, *lines = text.split("\n")
    unit = _unit(around)
    return "\n".join([first, *(_converted(line, unit) for line in lines)])


def _unit(around: Surroundings) -> str:
    """A tab, or the smallest step of spaces near the cursor; empty if nothing is indented there."""
    steps = set()
    for line in (*reversed(around.above), *around.below):
        if line.startswith("\t"):
            return "\t"
        if line.startswith(" ") and line.strip():
            steps.add(len(line) - len(line.lstrip(" ")))
    return " " * min((step for step in steps if step > 1), default=0)


def _converted(line: str, unit: str) -> str:
    body = line.lstrip(" \t")
    blanks = line[: len(line) - len(body)]
    if unit == "\t" and " " in blanks:
        spaces = blanks.replace("\t", "    ")
        return "\t" * (len(spaces) // 4) + " " * (len(spaces) % 4) + body
    if unit.startswith(" ") and "\t" in blanks:
        return blanks.replace("\t", unit) + body
    return line
