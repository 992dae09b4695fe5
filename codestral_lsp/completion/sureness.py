"""How sure the model is of its answer, token by token, where its server tells.

What is shown unasked should mostly be right: a wrong ghost is read and dismissed, which costs more than a missing one.
Every token more makes an answer worth more if it is right, and makes it less probably right. So it is shown up to
where it is worth most, by what it spares if it is right and costs if it is wrong, and not at all where even there it
is worth nothing or too improbable: the less it spares, the surer it must be. What was not shown is kept: once the user
has typed what was doubtful, the rest may be sure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 0.5
"""The least joint probability of what is shown unasked."""

COST = 20.0
"""What a wrong ghost costs, in keys. Taking a right one costs one key itself."""

_WORD_END = re.compile(r"\w+\Z")
LOG_LEAST = math.log(LEAST)


@dataclass(frozen=True, slots=True)
class Step:
    """An answer with one token more: its length in characters, and the logarithm of its joint probability."""

    length: int
    log: float


class Part(str):
    """Of an answer no more than its beginning: cut where the model grew unsure, which may be anywhere in the syntax."""

    __slots__ = ()


def sure_part(text: str, steps: Sequence[Step], typed: int, end: int, *, ended: bool) -> str | None:
    """What is worth showing of `text` between `typed`, which the user has typed, and `end`.

    None if that cannot be told yet: what has come so far is sure, and more is to come. `ended`: nothing more comes,
    so that the last word is whole.
    """
    base, before = 0.0, Step(0, 0.0)
    best, value = "", 0.0
    for step in steps:
        if step.length <= typed:
            base = step.log
        else:
            if before.length < typed:
                # Half a token is typed: so much less is left to doubt.
                base = before.log + (step.log - before.log) * (typed - before.length) / (step.length - before.length)
            log = step.log - base
            if log < LOG_LEAST:
                return Part(best) if best else ""
            length = min(step.length, end)
            part, right = text[typed:length], math.exp(log)
            if not (ended and length == end):
                part = (_WORD_END.sub("", part) if _may_split_word(text, length) else part).rstrip()
            if (worth := right * (len(part.lstrip()) - 1) - (1 - right) * COST) > value:
                best, value = part, worth
            if length == end:
                break
        before = step
    if not ended:
        return None
    return best if len(best) == end - typed or not best else Part(best)


def _may_split_word(text: str, at: int) -> bool:
    """Whether a cut at `at` goes through a word, or may: what follows may not be known yet."""
    follows = text[at : at + 1]
    return not follows or follows.isalnum() or follows == "_"
