"""A stand-in Ollama that answers at once, with something else each time: so that every key is a question of its own.

python -m tests.editors.lib.instant FIRST_TOKEN_MS
"""

from __future__ import annotations

import itertools
import sys

from tests.standins.base import Script, serve
from tests.standins.ollama import Model, OllamaStandIn


def main(first_token_ms: str) -> None:
    numbers = itertools.count(1)
    script = Script(lambda _: f"result_{next(numbers)}()\n", float(first_token_ms))
    serve(lambda: OllamaStandIn(script, models={"codestral:latest": Model()}, version="0.12.10"))


if __name__ == "__main__":
    main(*sys.argv[1:])
