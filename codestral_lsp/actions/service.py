"""The actions as the server and the command line see them: what is remembered between one request and the next."""

from __future__ import annotations

from collections import OrderedDict

from codestral_lsp.actions.explain import Explanation, explain
from codestral_lsp.actions.parts import Parts
from codestral_lsp.actions.talk import Audience
from codestral_lsp.actions.target import Target

_REMEMBERED = 50
"""Explanations that a follow-up question can build on."""


class Actions:
    """Explains, finds bugs, writes code."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._explained: OrderedDict[bytes, str] = OrderedDict()

    async def explain(self, target: Target, audience: Audience, instruction: str = "") -> Explanation:
        """Explain a target, or answer a question about it; see `explain.explain`."""
        previous = self._explained.get(target.digest, "")
        explanation = await explain(self._parts, target, audience, instruction=instruction, previous=previous)
        if explanation.said is not None and not instruction:
            self._explained[target.digest] = explanation.said.text
            while len(self._explained) > _REMEMBERED:
                self._explained.popitem(last=False)
        return explanation
