"""A programmer at the keyboard: real text as the keys that type it, with the pauses between them.

Gaps are lognormal with median 160 ms and sigma 0.6; two in a hundred are pauses of 1 to 5 s. Enter brings the new
line's indentation along and openers bring their closers, as editors have it; a closer that stands there already is
typed over.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

MEDIAN_S, SIGMA = 0.160, 0.6
PAUSE_SHARE, PAUSE_S = 0.02, (1.0, 5.0)
CLOSERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: at a place of a file, remove `removed` and type `added`. Places are those at that moment."""

    path: str
    line: int
    column: int
    added: str
    removed: str = ""


class Typist:
    """A rhythm. The same seed pauses for as long at the same places, whatever was suggested or taken before them."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def gap_s(self, job: int, position: int) -> float:
        """The time to the key at a position of a job's text."""
        dice = self._dice(job, position)
        if dice.random() < PAUSE_SHARE:
            return dice.uniform(*PAUSE_S)
        return dice.lognormvariate(0, SIGMA) * MEDIAN_S

    def way_s(self, job: int) -> float:
        """The time to get to a job's place."""
        return self._dice(job, "way").uniform(0.8, 2.0)

    def _dice(self, *at: object) -> random.Random:
        return random.Random(repr((self._seed, *at)))


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `text` is what it puts at the cursor, with the cursor `behind` characters into it; `over` steps over
    the closer that stands there."""

    text: str
    behind: int
    over: bool = False


class Typing:
    """A text on its way into a file, key by key, with an editor that indents and closes brackets."""

    def __init__(self, text: str) -> None:
        self.position = 0
        """How much of the text is there."""
        self._text = text
        self._paired: list[str] = []
        """Closers that the editor put behind the cursor, the innermost last."""

    @property
    def coming(self) -> str:
        """What is still to be typed."""
        return self._text[self.position :]

    def key(self) -> Key:
        """The next key."""
        character = self._text[self.position]
        self.position += 1
        if character == "\n":
            start = self.position
            while self.position < len(self._text) and self._text[self.position] in " \t":
                self.position += 1
            # What was paired on a line and is still open is closed on a later one, by hand.
            self._paired = []
            text = "\n" + self._text[start : self.position]
            return Key(text, len(text))
        if self._paired and character == self._paired[-1]:
            self._paired.pop()
            return Key(character, 1, over=True)
        if character in CLOSERS and _is_closed_on_its_line(self._text, self.position - 1):
            self._paired.append(CLOSERS[character])
            return Key(character + CLOSERS[character], 1)
        return Key(character, 1)

    def accept(self, text: str, closers: int) -> None:
        """`text` was inserted at once, in place of so many of the closers behind the cursor."""
        self.position += len(text)
        del self._paired[len(self._paired) - closers :]
        if "\n" in text:
            self._paired = []


def keys_for(text: str) -> int:
    """How many keys it takes to type `text`."""
    typing, count = Typing(text), 0
    while typing.coming:
        typing.key()
        count += 1
    return count


def _is_closed_on_its_line(text: str, position: int) -> bool:
    """Whether the bracket opened at `position` is closed before the line ends."""
    opener, closer, depth = text[position], CLOSERS[text[position]], 0
    for character in text[position:].partition("\n")[0]:
        depth += (character == opener) - (character == closer)
        if depth == 0:
            return True
    return False
