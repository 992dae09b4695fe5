"""What an explanation takes: the function and the definitions it uses, against its whole file.

    python -m benchmarks.explaining [ROWS.jsonl]

Without a model: the tokens that are sent, estimated. With CODESTRAL_TEST_LLAMA_URL, a llama-server: the tokens as it
counts them and the time to the first word, for one function of each file; kept in ROWS, and gone on with from there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bugs.desk import Desk, ScriptedBackend
from benchmarks.report import table
from codestral_lsp.actions.excerpt import all_of
from codestral_lsp.actions.target import Target, TargetKind, target_at, whole_file
from codestral_lsp.backends.base import ChatRequest, Message, Sampling
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings
from codestral_lsp.document.document import Document
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.outline import definitions
from codestral_lsp.document.position import Range
from codestral_lsp.document.text import Text
from codestral_lsp.prompt.chat import ChatPrompts

ROOT = Path(__file__).parent.parent
FILES = (
    "codestral_lsp/completion/asking.py",
    "codestral_lsp/document/tree.py",
    "codestral_lsp/backends/ollama.py",
    "codestral_lsp/server/protocol.py",
)
"""Files whose functions are explained: this program's own."""
FUNCTION, FILE = "function and its definitions", "whole file"
_LEAST_LINES = 8
_EACH = 6
"""Functions of each file."""


async def tokens_sent() -> dict[str, Any]:
    """Without a model: how much is sent, estimated."""
    sent: dict[str, list[float]] = {FUNCTION: [], FILE: []}
    for name in FILES:
        document = _document(name)
        for target in await functions(document, _EACH):
            desk = await Desk(ScriptedBackend(lambda request: "It does.")).begin()
            for how, messages in (
                (FUNCTION, await _asked(desk, target)),
                (FILE, whole_file_prompt(document, target)),
            ):
                sent[how].append(sum(desk.engine.counter.text(message.content) for message in messages))
            desk.syntax.close()
    return {
        how: {"functions": len(counts), "tokens sent, median": round(median(counts))} for how, counts in sent.items()
    }


async def ask(url: str, rows: Path) -> None:
    """With a model: the time to the first word, both ways, for one function of each file."""
    done = {(row["file"], row["how"]) for row in _kept(rows)}
    backend = LlamacppBackend(LlamacppSettings(url=url), Keys({}), local_only=False)
    model = (await backend.describe()).model
    with rows.open("a", encoding="utf-8") as file:
        for name in FILES:
            document = _document(name)
            (target,) = await functions(document, 1)
            desk = await Desk(ScriptedBackend(lambda request: "It does.")).begin()
            for how, messages in ((FUNCTION, await _asked(desk, target)), (FILE, whole_file_prompt(document, target))):
                if (name, how) in done:
                    continue
                tokens = await backend.count("".join(message.content for message in messages))
                first_ms = await _first_word(backend, messages)
                row = {"file": name, "function": target.name, "how": how, "tokens": tokens, "first_ms": first_ms}
                file.write(json.dumps({**row, "model": model}) + "\n")
                file.flush()
                print(row, flush=True)
            desk.syntax.close()
    await backend.aclose()


def first_words(rows: Path) -> dict[str, Any]:
    """The kept times."""
    kept = _kept(rows)
    return {
        how: {
            "functions": len(own),
            "tokens sent, median": round(median(row["tokens"] for row in own)),
            "first word, median s": round(median(row["first_ms"] for row in own) / 1000, 1),
            "first word, longest s": round(max(row["first_ms"] for row in own) / 1000, 1),
        }
        for how in (FUNCTION, FILE)
        if (own := [row for row in kept if row["how"] == how])
    }


def whole_file_prompt(document: Document, target: Target) -> Sequence[Message]:
    """As clients do that send the file and say which function is meant: the same prompt, with all lines in it."""
    everything = all_of(whole_file(document, target.first))
    values = {
        "code": everything.numbered(),
        "definitions": "",
        "kind": "file",
        "name": everything.target.name,
        "path": everything.target.name,
        "language": document.language,
        "instruction": f"Explain the function {target.name}.",
        "previous": "",
        "question": "",
    }
    return ChatPrompts(None, lambda error: None).messages("explain", values)


async def functions(document: Document, most: int) -> list[Target]:
    """Some functions that are worth explaining, spread over the file."""
    desk = Desk(None)
    tree = await desk.syntax.tree(document)
    assert tree is not None
    starts = [scope.range.start for scope in definitions(tree) if scope.kind is ScopeKind.FUNCTION]
    found = [target_at(tree, document, Range(start, start), TargetKind.FUNCTION) for start in starts]
    desk.syntax.close()
    long = [each for each in found if each.kind is TargetKind.FUNCTION and each.stop - each.first >= _LEAST_LINES]
    step = max(1, len(long) // most)
    return long[step // 2 :: step][:most]


class _Nobody:
    """Hears an answer that does not matter."""

    def heard(self, text: str) -> None:
        """Nothing."""

    def waits(self, why: str) -> None:
        """Nothing."""


async def _asked(desk: Desk, target: Target) -> Sequence[Message]:
    """What the action sends to explain a function."""
    asked: list[ChatRequest] = []

    def says(request: ChatRequest) -> str:
        asked.append(request)
        return "It does."

    assert isinstance(desk.engine.backend, ScriptedBackend)
    desk.engine.backend.says = says
    desk.store.open(target.document)
    await desk.actions.explain(target, _Nobody())
    return asked[-1].messages


async def _first_word(backend: LlamacppBackend, messages: Sequence[Message]) -> float:
    """How long the first word takes, in ms."""
    started = time.perf_counter()
    async with aclosing(backend.chat(ChatRequest(messages, Sampling(max_tokens=16)))) as pieces:
        async for piece in pieces:
            if piece.text.strip():
                break
    return round((time.perf_counter() - started) * 1000)


def _document(name: str) -> Document:
    file = ROOT / name
    return Document(file.as_uri(), "python", 1, Text.of(file.read_text("utf-8")), file)


def _kept(rows: Path) -> list[Any]:
    return [json.loads(line) for line in rows.read_text("utf-8").splitlines()] if rows.is_file() else []


def main() -> None:
    """Measure what can be measured here, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, nargs="?", default=ROOT / "docs" / "numbers" / "first-words.jsonl")
    options = parser.parse_args()
    if url := os.environ.get("CODESTRAL_TEST_LLAMA_URL"):
        asyncio.run(ask(url, options.rows))
    else:
        print(table(asyncio.run(tokens_sent())))
    if kept := first_words(options.rows):
        print(table(kept))


if __name__ == "__main__":
    main()
