"""How sure the model is of its answer, token by token, where its server tells.

What is shown unasked should mostly be right: a wrong ghost is read and dismissed, which costs more than a missing one.
Every token more makes an answer worth more if it is right, and makes it less probably right. So it is shown up to
where probability times length is highest, and not at all where even there it is too improbable.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

LEAST = 0.5
"""The least joint probability of what is shown unasked."""
GIVE_UP = 0.3
"""Below this joint probability nothing more is read: no longer answer could be worth more."""

_WORD_END = re.compile(r"\w+\Z")


@dataclass(frozen=True, slots=True)
class _Step:
    """An answer with one piece more: its length in characters, and the logarithm of its joint probability."""

    length: int
    log: float


class Sureness:
    """Follows an answer and its probability."""

    def __init__(self, least: float = LEAST, give_up: float = GIVE_UP) -> None:
        self._least = math.log(least)
        self._give_up = math.log(give_up)
        self._steps: list[_Step] = []

    def feed(self, text: str, logprob: float | None) -> bool:
        """Take in the piece with which the answer became `text`. False once reading on is of no use."""
        if logprob is None:
            return True
        log = (self._steps[-1].log if self._steps else 0.0) + logprob
        self._steps.append(_Step(len(text), log))
        return log >= self._give_up

    def best(self, text: str, *, whole: bool) -> str:
        """What is worth showing of `text`, the answer or the beginning of it; all of it where nothing is known.

        `whole`: the answer ends with `text`, so that its last word is whole too.
        """
        best, value = "", 0.0
        for step in self._steps:
            length = min(step.length, len(text))
            part = text[:length]
            if not (whole and length == len(text)) and _splits_word(text, length):
                part = _WORD_END.sub("", part)
            worth = math.exp(step.log) * len(part)
            if step.log >= self._least and worth > value:
                best, value = part, worth
            if length == len(text):
                break
        return best if self._steps else text


def _splits_word(text: str, at: int) -> bool:
    """Whether a cut at `at` goes through a word, or may: what follows is not known yet."""
    follows = text[at : at + 1]
    return not follows or follows.isalnum() or follows == "_"
