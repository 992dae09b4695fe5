"""Other answers to choose from, for somebody who asks by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Alternative:
    """An answer, the trace it belongs to, and how often it came up."""

    text: str
    number: int
    count: int = 1


class Alternatives:
    """Collects answers that differ from each other, and from the one that is known, in more than blanks."""

    def __init__(self, known: str, wanted: int) -> None:
        self._wanted = wanted
        self._known = "".join(known.split())
        self._found: dict[str, Alternative] = {}

    @property
    def enough(self) -> bool:
        """Whether there are as many as are wanted."""
        return len(self._found) >= self._wanted

    def add(self, text: str, number: int) -> bool:
        """Take in the answer of trace `number`; whether it is a new one."""
        key = "".join(text.split())
        if key in self._found:
            self._found[key].count += 1
            return False
        if not key or key == self._known:
            return False
        self._found[key] = Alternative(text, number)
        return True

    def ranked(self) -> list[Alternative]:
        """Those that came up most often first: they are the more probable ones."""
        return sorted(self._found.values(), key=lambda each: -each.count)
