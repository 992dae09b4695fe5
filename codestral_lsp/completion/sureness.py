"""How sure the model is of its answer, token by token, where its server tells.

What is shown unasked should mostly be right: a wrong ghost is read and dismissed, which costs more than a missing one.
So an answer is shown as far as the model gives all of it together a probability of at least `BAR`, and no further.
"""

from __future__ import annotations

import math
import re

BAR = 0.4
"""The least joint probability of what is shown unasked."""

_WORD_END = re.compile(r"\w+\Z")


class Sureness:
    """Follows an answer and its probability."""

    def __init__(self, bar: float = BAR) -> None:
        self._bar = math.log(bar)
        self._sum = 0.0

    def feed(self, text: str, piece: str, logprob: float | None) -> str | None:
        """Take in the piece with which the answer became `text`.

        None while the answer is sure enough (or nothing is known of it); else what of it is, without a word that is
        only half there.
        """
        if logprob is None:
            return None
        self._sum += logprob
        if self._sum >= self._bar:
            return None
        sure = text[: len(text) - len(piece)]
        return _WORD_END.sub("", sure) if piece[:1].isalnum() or piece[:1] == "_" else sure
