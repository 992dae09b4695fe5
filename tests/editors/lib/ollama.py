"""A stand-in Ollama whose model knows one text by heart: the one that is in FILE when the question comes. Asked in a
chat it gives one explanation, whatever the question.

python -m tests.editors.lib.ollama FILE FIRST_TOKEN_MS TOKEN_MS
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.standins.base import Script, continuing, serve
from tests.standins.ollama import Model, OllamaStandIn

EXPLANATION = "It adds up the prices.\n\n- `prices`: what each thing costs\n- returns their sum\n"


def main(known: str, first_token_ms: str, token_ms: str) -> None:
    def answer(prompt: str) -> str:
        if not prompt.startswith("[SUFFIX]"):
            return EXPLANATION
        return continuing(Path(known).read_text("utf-8"))(prompt)

    script = Script(answer, float(first_token_ms), float(token_ms))
    # A version that does not tell how sure the model is, for what it knows by heart it is sure of.
    serve(lambda: OllamaStandIn(script, models={"codestral:latest": Model()}, version="0.12.10"))


if __name__ == "__main__":
    main(*sys.argv[1:])
