"""Draws an editor's lines in a terminal: code, a cursor, ghost text in grey. Plain lines where there is no terminal."""

from __future__ import annotations

import sys

CONTEXT_LINES = 4
"""Lines shown above the cursor."""
WIDTH = 84


class Screen:
    """A few lines of a file around the cursor, redrawn in place."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty()
        self._drawn = 0

    def say(self, text: str = "") -> None:
        """Print a line and leave it there."""
        self._drawn = 0
        print(text, flush=True)

    def title(self, text: str) -> None:
        """Print a headline."""
        self.say()
        self.say(f"\x1b[1m{text}\x1b[0m" if self.is_terminal else f"== {text}")

    def draw(
        self, lines: list[str], line: int, column: int, ghost: str = "", note: str = "", *, done: bool = True
    ) -> None:
        """Show the lines around the cursor. Unless `done`, the next drawing takes this one's place."""
        if not self.is_terminal and not done:
            return
        rows = self._rows(lines, line, column, ghost, note)
        if self.is_terminal and self._drawn:
            sys.stdout.write(f"\x1b[{self._drawn}A\x1b[J")
        print("\n".join(rows), flush=True)
        self._drawn = 0 if done else len(rows)

    def _rows(self, lines: list[str], line: int, column: int, ghost: str, note: str) -> list[str]:
        first = max(0, line - CONTEXT_LINES)
        rows = [self._row(number, lines[number]) for number in range(first, line)]
        here = lines[line]
        head, rest = here[:column], here[column:]
        ghosts = ghost.split("\n")
        current = head + self._cursor() + self._grey(ghosts[0])
        if len(ghosts) == 1:
            rows.append(self._row(line, current + rest, note, len(head + ghosts[0] + rest) + 1))
        else:
            rows.append(self._row(line, current, note, len(head + ghosts[0]) + 1))
            rows += [f"     │ {self._grey(text)}" for text in ghosts[1:-1]]
            rows.append(f"     │ {self._grey(ghosts[-1])}{rest}")
        return rows

    def _row(self, number: int, text: str, note: str = "", width: int = 0) -> str:
        blanks = " " * max(2, WIDTH - width) if note else ""
        return f"{number + 1:4} │ {text}{blanks}{self._green(note)}"

    def _cursor(self) -> str:
        return "\x1b[7m \x1b[0m" if self.is_terminal else "█"

    def _grey(self, text: str) -> str:
        if not text:
            return ""
        return f"\x1b[2;3m{text}\x1b[0m" if self.is_terminal else f"⟦{text}⟧"

    def _green(self, text: str) -> str:
        if not text:
            return ""
        return f"\x1b[32m{text}\x1b[0m" if self.is_terminal else text
