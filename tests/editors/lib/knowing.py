"""A stand-in server whose model knows texts by heart: those that are in FILE, a JSON list, when the question comes.

Asked the same once more it goes on with the next text that fits. Asked in a chat (Ollama only) it explains, answers,
finds one bug, or writes one line, a comment or a test.

python -m tests.editors.lib.knowing ollama|empty|vast|mistral FILE FIRST_TOKEN_MS TOKEN_MS

empty: an Ollama that has no model until one is pulled, a message each TOKEN_MS; vast: the same, with models that fit on
no disk.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.standins.base import Script, continuing, serve
from tests.standins.mistral import MistralStandIn
from tests.standins.ollama import Model, OllamaStandIn

EXPLANATION = "It adds up the prices.\n\n- `prices`: what each thing costs\n- returns their sum\n"
BUGS = {
    "findings": [
        {
            "quote": "return sum(prices[1:])",
            "line": 3,
            "kind": "off-by-one",
            "why": "The first price is left out.",
            "input": "total([2])",
            "fix": "return sum(prices)",
            "confidence": 0.9,
        }
    ]
}
TYPESCRIPT_BUGS = {
    "findings": [
        {
            "quote": "return prices.slice(1).reduce((sum, price) => sum + price, 0);",
            "line": 2,
            "kind": "off-by-one",
            "why": "The first price is left out.",
            "input": "total([2])",
            "fix": "return prices.reduce((sum, price) => sum + price, 0);",
            "confidence": 0.9,
        }
    ]
}

TEST = "```python\nfrom cart import total\n\n\ndef test_total():\n    assert total([2, 3]) == 5\n```\n"
SAID = {
    ".slice(1)": json.dumps(TYPESCRIPT_BUGS),
    "Check it line by line": json.dumps(BUGS),
    "Which line of it is to blame": json.dumps(BUGS),
    "<<<HERE>>>": "```python\nreturn max(prices)\n```\n",
    "Answer this about it": "Nothing: `sum` of no prices is 0.\n",
    "Write its documentation": "The price that no other is above.\n\nRaises ValueError where there are none.\n",
    "Write tests for it": TEST,
}
"""What the model answers in a chat, by what stands in the question."""


def said(question: str) -> str:
    """What the model answers in a chat."""
    return next((answer for words, answer in SAID.items() if words in question), EXPLANATION)


class Memory:
    """The texts that are known, and how often each question came."""

    def __init__(self, known: Path) -> None:
        self._known = known
        self._asked: Counter[str] = Counter()

    def go_on(self, prompt: str) -> str:
        """What follows the prompt in one of the texts."""
        texts = json.loads(self._known.read_text("utf-8"))
        answers = [answer for text in texts if (answer := continuing(text)(prompt))] or [""]
        self._asked[prompt] += 1
        return answers[(self._asked[prompt] - 1) % len(answers)]


class Ollama(OllamaStandIn):
    """Counts what was asked for, and not what the model was only to load or to read."""

    def stats(self) -> dict[str, Any]:
        bodies = [request.json() for request in self.seen("/api/generate")]
        asked = [body for body in bodies if body["prompt"] and body["options"]["num_predict"] > 1]
        return {**super().stats(), "completions": len(asked)}


class Mistral(MistralStandIn):
    """Counts what was asked for."""

    def stats(self) -> dict[str, Any]:
        return {**super().stats(), "completions": len(self.seen("/v1/fim/completions"))}


def main(api: str, known: str, first_token_ms: str, token_ms: str) -> None:
    memory = Memory(Path(known))
    pace = float(first_token_ms), float(token_ms)
    if api == "mistral":
        serve(lambda: Mistral(Script(memory.go_on, *pace)))
        return
    script = Script(lambda prompt: memory.go_on(prompt) if prompt.startswith("[SUFFIX]") else said(prompt), *pace)
    # A version that does not tell how sure the model is, for what it knows by heart it is sure of.

    def ollama() -> Ollama:
        server = Ollama(script, models={"codestral:latest": Model()} if api == "ollama" else {}, version="0.12.10")
        if api == "vast":
            server.model_bytes = 10**18
        return server

    serve(ollama)


if __name__ == "__main__":
    main(*sys.argv[1:])
