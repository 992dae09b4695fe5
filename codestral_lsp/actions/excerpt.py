"""The part of a target that a model is shown: all of it, or a window on it that says what is left out.

Lines are numbered from 1 at the target's first line, not the file's: so the same code makes the same prompt wherever
it stands, and small models make fewer mistakes with small numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codestral_lsp.actions.target import Target

LONGEST_LINE = 400
"""Characters of an overlong line (data, minified code) that are shown."""
_HEAD_LINES = 8
"""Lines at the target's start that are shown whatever else is: its header, mostly."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a target. `runs` are of the document's lines, each up to but without its second number."""

    target: Target
    runs: tuple[tuple[int, int], ...]

    @property
    def is_whole(self) -> bool:
        """Whether no line is left out."""
        return self.runs == ((self.target.first, self.target.stop),)

    @property
    def note(self) -> str:
        """What is left out, for the user; empty if nothing is."""
        if self.is_whole:
            return ""
        shown = sum(stop - first for first, stop in self.runs)
        which = ", ".join(f"{first + 1}–{stop}" if stop > first + 1 else f"{stop}" for first, stop in self.runs)
        return (
            f"{self.target.title} has {self.target.stop - self.target.first} lines, too many for the model at once: "
            f"it was shown {shown} of them (lines {which})."
        )

    def shows(self, line: int) -> bool:
        """Whether a line of the document is shown."""
        return any(first <= line < stop for first, stop in self.runs)

    def number(self, line: int) -> int:
        """The number that a line of the document is shown with."""
        return line - self.target.first + 1

    def line(self, number: int) -> int:
        """The document's line that is shown with a number."""
        return number + self.target.first - 1

    def numbered(self) -> str:
        """The lines with their numbers, gaps marked."""
        text, width = self.target.document.text, len(str(self.target.stop - self.target.first))
        parts, expected = [], self.target.first
        for first, stop in self.runs:
            if first > expected:
                parts.append(f"… lines {self.number(expected)} to {self.number(first - 1)} are left out …")
            for line in range(first, stop):
                content = text.line(line)
                shown = content if len(content) <= LONGEST_LINE else content[:LONGEST_LINE] + " …"
                parts.append(f"{self.number(line):>{width}}| {shown}".rstrip())
            expected = stop
        if expected < self.target.stop:
            parts.append(f"… lines {self.number(expected)} to {self.number(self.target.stop - 1)} are left out …")
        return "\n".join(parts)

    def plain(self) -> str:
        """The lines as they are, gaps marked."""
        lines = self.target.document.text.lines
        return "…\n".join("".join(lines[first:stop]) for first, stop in self.runs)


def all_of(target: Target) -> Excerpt:
    """All lines of a target."""
    return Excerpt(target, ((target.first, target.stop),))


def excerpt(target: Target, budget: float, tokens: Callable[[str], float]) -> Excerpt:
    """As much of a target as fits `budget` tokens: its first lines, and a window around the line the user is at."""
    lines = target.document.text.lines

    def cost(line: int) -> float:
        return tokens(lines[line][:LONGEST_LINE]) + 3  # its number

    if sum(map(cost, range(target.first, target.stop))) <= budget:
        return all_of(target)
    head = min(target.first + _HEAD_LINES, target.stop)
    spent = sum(map(cost, range(target.first, head)))
    focus = max(head, min(target.focus, target.stop - 1))
    first, stop = focus, focus
    while True:
        # Twice as much above the line as below it: what a line means was mostly said before.
        wants_above = first > head and (focus - first < 2 * (stop - focus) or stop >= target.stop)
        line = first - 1 if wants_above else stop
        if line >= target.stop or (spent := spent + cost(line)) > budget:
            break
        first, stop = (line, stop) if wants_above else (first, line + 1)
    runs = ((target.first, stop),) if first <= head else ((target.first, head), (first, stop))
    return Excerpt(target, tuple(run for run in runs if run[1] > run[0]))
