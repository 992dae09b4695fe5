"""The stand-ins as programs, as benchmarks and editors' tests use them."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from tests.standins.base import Slot, continuing

ROOT = Path(__file__).parents[2]


def talk(url: str, body: dict[str, Any] | None = None) -> str:
    """What a server answers."""
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None)
    with urllib.request.urlopen(request, timeout=20) as reply:
        return str(reply.read().decode())


@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        ("ollama", "/api/generate", {"model": "codestral", "prompt": "[SUFFIX][PREFIX]x = ", "raw": True}),
        ("llamacpp", "/completion", {"prompt": "[SUFFIX][PREFIX]x = ", "stream": True}),
        ("openai", "/v1/completions", {"model": "codestral-22b", "prompt": "[PREFIX]x = ", "stream": True}),
    ],
)
async def test_a_program_prints_its_address_answers_and_counts(
    name: str, path: str, body: dict[str, Any], tmp_path: Path
) -> None:
    source = tmp_path / "source.py"
    source.write_text("a = 1\nx = 42\nprint(x)\n", "utf-8")
    command = ("-m", f"tests.standins.{name}", "--answer-from", str(source), "--first-token-ms", "1")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=PIPE, cwd=ROOT)
    assert process.stdout
    try:
        url = (await process.stdout.readline()).decode().strip()
        said = await asyncio.to_thread(talk, url + path, body)
        assert "42" in said
        stats = json.loads(await asyncio.to_thread(talk, url + "/stand-in"))
        assert stats["requests"] == {path: 1}
        assert stats["violations"] == []
    finally:
        process.kill()
        await process.wait()


def test_an_answer_from_a_text_goes_on_where_the_prefix_ends() -> None:
    answer = continuing("def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n", limit=12)
    assert answer("[SUFFIX]x[PREFIX]def add(a, b):\n    ") == "return a + b"
    assert answer("<|fim_prefix|># other head\ndef sub(a, b):\n    <|fim_suffix|>x<|fim_middle|>") == "return a - b"
    assert answer("[PREFIX]nowhere in it") == ""


def test_a_slot_reads_only_what_its_cache_has_not() -> None:
    slot = Slot()
    assert slot.read("def add(a, b):") == (8, 0)
    assert slot.read("def add(a, b): return") == (9, 8)
    assert slot.read("def add(a, b): returned") == (9, 8)
    assert slot.read("def add(a, b): returned") == (9, 8)
    assert slot.read("def sub(a, b): returned") == (9, 1)
    slot.wrote(" x")
    assert slot.read("def sub(a, b): returned x + 1") == (13, 10)
    assert slot.read("# new head\ndef sub(a, b): returned") == (13, 0)
