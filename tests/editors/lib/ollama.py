"""A stand-in Ollama whose model knows one text by heart: the one that is in FILE when the question comes. Asked in a
chat it explains, finds one bug, or writes one line.

python -m tests.editors.lib.ollama FILE FIRST_TOKEN_MS TOKEN_MS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.standins.base import Script, continuing, serve
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
CODE = "```python\nreturn max(prices)\n```\n"


def said(question: str) -> str:
    """What the model answers in a chat."""
    if "Check it line by line" in question:
        return json.dumps(BUGS)
    return CODE if "<<<HERE>>>" in question else EXPLANATION


def main(known: str, first_token_ms: str, token_ms: str) -> None:
    def answer(prompt: str) -> str:
        if not prompt.startswith("[SUFFIX]"):
            return said(prompt)
        return continuing(Path(known).read_text("utf-8"))(prompt)

    script = Script(answer, float(first_token_ms), float(token_ms))
    # A version that does not tell how sure the model is, for what it knows by heart it is sure of.
    serve(lambda: OllamaStandIn(script, models={"codestral:latest": Model()}, version="0.12.10"))


if __name__ == "__main__":
    main(*sys.argv[1:])
