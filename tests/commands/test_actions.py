"""explain, bugs and generate on the command line, in processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

CODE = "import os\n\n\ndef mean(values):\n    total = sum(values[1:])\n    return total / len(values)\n"
CLAIM = {
    "quote": "total = sum(values[1:])",
    "line": 2,
    "kind": "off-by-one",
    "why": "The first value is left out.",
    "input": "mean([2])",
    "fix": "total = sum(values)",
    "confidence": 0.9,
}
Ran = tuple[int, str, str]
Run = Callable[..., Awaitable[Ran]]


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaStandIn]:
    """An Ollama with Codestral."""
    async with OllamaStandIn(Script("It sums up, see line 2.")) as server:
        yield server


@pytest.fixture
def cli(tmp_path: Path) -> Run:
    """Runs the program in a project with one file, `mean.py`."""
    (tmp_path / "mean.py").write_text(CODE, "utf-8")
    (tmp_path / "pyproject.toml").touch()
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "SYSTEMROOT")}
    homes = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}

    async def run(*arguments: str, ollama: OllamaStandIn | None = None, given: str = "") -> Ran:
        config = tmp_path / "config.toml"
        backend = f'backend = "ollama"\n[ollama]\nurl = "{ollama.url}"\n' if ollama else 'backend = "workspace"\n'
        await asyncio.to_thread(config.write_text, backend)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "codestral_lsp", "--config", str(config), *arguments),
            cwd=tmp_path,
            env={**kept, **homes},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(given.encode())
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    return run


async def test_explain(cli: Run, ollama: OllamaStandIn) -> None:
    code, out, _ = await cli("explain", "mean.py:5", ollama=ollama)
    assert code == 0
    assert out.startswith("# mean()\n\nIt sums up, see [line 5](file:///")
    await cli("explain", "mean.py:5", ollama=ollama)
    assert len(ollama.seen("/api/chat")) == 1, "kept from the process before"
    code, out, _ = await cli("cache", "stats", "--json")
    assert json.loads(out)["questions"] == 1
    code, out, _ = await cli("explain", "mean.py:5", "--json", "--instruction", "Why?", ollama=ollama)
    answer = json.loads(out)
    assert answer["target"] == {"kind": "function", "name": "mean", "first": 4, "last": 6}
    assert "Answer this about it: Why?" in ollama.seen("/api/chat")[-1].json()["messages"][1]["content"]


async def test_explain_without_a_model(cli: Run) -> None:
    code, out, _ = await cli("explain", "mean.py:5")
    assert code == 3
    assert "There is no model to ask" in out
    assert "def mean(values):" in out


async def test_bugs(cli: Run, ollama: OllamaStandIn) -> None:
    ollama.script = Script(json.dumps({"findings": [CLAIM, {**CLAIM, "quote": "nowhere()"}]}))
    code, out, _ = await cli("bugs", "mean.py:5", ollama=ollama)
    assert code == 1
    assert "mean.py:5: The first value is left out. [off-by-one, 90%]" in out
    assert "-    total = sum(values[1:])\n+    total = sum(values)" in out
    assert "(1 claim of the model not shown: 1 × the quote does not stand there)" in out
    code, out, _ = await cli("bugs", "mean.py:5", "--json", ollama=ollama)
    (finding,) = json.loads(out)["findings"]
    assert (finding["line"], finding["column"], finding["endColumn"]) == (5, 5, 28)
    assert finding["fix"].startswith("--- a/mean.py\n+++ b/mean.py\n")


async def test_no_bugs(cli: Run, ollama: OllamaStandIn) -> None:
    ollama.script = Script('{"findings": []}')
    code, out, _ = await cli("bugs", "mean.py", ollama=ollama)
    assert (code, out) == (0, "Nothing found in mean.py.\n")


async def test_bugs_of_a_traceback_without_a_model(cli: Run) -> None:
    error = (
        'Traceback (most recent call last):\n  File "mean.py", line 6, in mean\nZeroDivisionError: division by zero\n'
    )
    code, out, _ = await cli("bugs", "mean.py", "--error", "-", given=error)
    assert code == 1
    assert "mean.py:6: The error was raised here: ZeroDivisionError: division by zero" in out
    assert "There is no model to ask" in out
    code, out, _ = await cli("bugs", "mean.py")
    assert code == 3


async def test_generate(cli: Run, ollama: OllamaStandIn, tmp_path: Path) -> None:
    ollama.script = Script("```python\nif not values:\n    return 0\n```")
    code, out, _ = await cli("generate", "mean.py:4", "--prompt", "handle the empty list", ollama=ollama)
    assert code == 0
    assert "+if not values:" in out or "+    if not values:" in out
    assert await asyncio.to_thread((tmp_path / "mean.py").read_text) == CODE
    code, out, _ = await cli("generate", "mean.py:4", "--prompt", "handle it", "--write", ollama=ollama)
    assert (code, out) == (0, "")
    assert "    if not values:\n        return 0\n" in await asyncio.to_thread((tmp_path / "mean.py").read_text)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("explain", "nowhere.py"), "cannot be read"),
        (("explain", "mean.py:99"), "has no line 99"),
        (("generate", "mean.py"), "is not a place"),
        (("generate", "mean.py:6"), "says what to write"),
        (("bugs", "."), "is no file"),
    ],
)
async def test_what_cannot_be_done_is_said(cli: Run, arguments: tuple[str, ...], says: str) -> None:
    code, _, err = await cli(*arguments)
    assert code == 2
    assert says in err
