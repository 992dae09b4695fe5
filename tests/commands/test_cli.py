"""The command line, as a shell runs it."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.patience import soon
from tests.server.conftest import prompts
from tests.standins.base import Canned, Script
from tests.standins.ollama import OllamaStandIn

CODE = "def add(a, b):\n    \n"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    said: str


async def run(environ: dict[str, str], *arguments: str | Path) -> Ran:
    """Run `codestral-lsp` and wait for it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "codestral_lsp",
        *map(str, arguments),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env=environ,
    )
    out, said = await soon(process.communicate())
    assert process.returncode is not None
    assert b"Traceback" not in said
    return Ran(process.returncode, out.decode(), said.decode())


@pytest.fixture
async def ollama(environ: dict[str, str]) -> AsyncIterator[OllamaStandIn]:
    """An Ollama that the environment names."""
    async with OllamaStandIn(Script(answer="return a + b\n")) as server:
        environ["OLLAMA_HOST"] = server.url
        yield server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sum.py"
    path.write_text(CODE, "utf-8")
    return path


class TestComplete:
    async def test_a_place_in_a_lone_file(self, environ: dict[str, str], ollama: OllamaStandIn, file: Path) -> None:
        ran = await run(environ, "complete", f"{file}:2:5")
        assert (ran.code, ran.out) == (0, "    ⟦return a + b⟧\n")
        assert "codestral through ollama" in ran.said

    async def test_as_json(self, environ: dict[str, str], ollama: OllamaStandIn, file: Path) -> None:
        ran = await run(environ, "complete", f"{file}:2:5", "--json")
        answer: dict[str, Any] = json.loads(ran.out)
        assert ran.code == 0
        assert answer["suggestion"] == {
            "ghost": "return a + b",
            "insertText": "    return a + b",
            "replaces": {"line": 2, "fromColumn": 1, "toColumn": 5},
        }
        assert (answer["engine"], answer["model"], answer["line"], answer["column"]) == ("ollama", "codestral", 2, 5)
        assert answer["status"]["kind"] == "Normal"
        assert answer["trace"]["outcome"] == "shown"

    @pytest.mark.parametrize(
        ("content", "place"),
        [
            (b"", "1:1"),
            (b"x = ", "1:5"),
            ("\ufeffx = \n".encode(), "1:5"),
            ("s = '😀'; y = \r\n".encode(), "1:14"),
        ],
    )
    async def test_files_of_all_kinds(
        self, environ: dict[str, str], ollama: OllamaStandIn, file: Path, content: bytes, place: str
    ) -> None:
        file.write_bytes(content)
        ran = await run(environ, "complete", f"{file}:{place}")
        assert ran.code == 0
        assert "⟦return a + b⟧" in ran.out
        assert file.read_bytes() == content

    @pytest.mark.parametrize(
        ("place", "says"),
        [
            ("sum.py:3:2", "has no place 3:2"),
            ("sum.py:2:6", "line 2 has 5 columns"),
            ("sum.py:99:1", "it has 3 lines"),
            ("sum.py:0:1", "is not a place"),
            ("sum.py:²:1", "is not a place"),
            ("sum.py", "Write FILE:LINE:COL"),
            ("missing.py:1:1", "No such file"),
            (".:1:1", "is no file"),
            ("binary.bin:1:1", "binary"),
            ("latin.py:1:1", "UTF-8"),
        ],
    )
    async def test_places_that_are_none(self, environ: dict[str, str], file: Path, place: str, says: str) -> None:
        (file.parent / "binary.bin").write_bytes(b"\x7fELF\0\0")
        (file.parent / "latin.py").write_bytes("# é".encode("latin-1"))
        ran = await run(environ, "complete", f"{file.parent}/{place}")
        assert (ran.code, ran.out) == (2, "")
        assert ran.said.startswith("codestral-lsp: ")
        assert says in ran.said
        assert ran.said.count("\n") == 1

    async def test_an_engine_that_fails_is_told_with_its_cure(
        self, environ: dict[str, str], ollama: OllamaStandIn, file: Path, tmp_path: Path
    ) -> None:
        config = tmp_path / "config.toml"
        config.write_text('backend = "ollama"\n')
        failure = Canned(500, {"error": "cudaMalloc failed: out of memory"})
        ollama.plan(failure, failure, path="/api/generate")  # the model is loaded before it is asked
        ran = await run(environ, "--config", config, "complete", f"{file}:2:5")
        assert (ran.code, ran.out) == (1, "")
        assert "does not fit into memory" in ran.said
        assert "smaller model" in ran.said

    async def test_the_projects_folder_is_its_root(
        self, environ: dict[str, str], ollama: OllamaStandIn, tmp_path: Path
    ) -> None:
        project = tmp_path / "project"
        (project / "src").mkdir(parents=True)
        (project / "pyproject.toml").write_text("")
        (project / ".codestral.toml").write_text("enabled = false\n")
        (project / "src" / "a.py").write_text(CODE)
        ran = await run(environ, "complete", f"{project}/src/a.py:2:5")
        assert ran.code == 0
        assert ".codestral.toml is not applied until you trust this workspace" in ran.said


class TestCache:
    async def test_what_was_answered_is_counted_and_forgotten(
        self, environ: dict[str, str], ollama: OllamaStandIn, file: Path
    ) -> None:
        assert "0 answers" in (await run(environ, "cache", "stats")).out
        await run(environ, "complete", f"{file}:2:5")
        asked = len(prompts(ollama))
        again = json.loads((await run(environ, "complete", f"{file}:2:5", "--json")).out)
        assert again["trace"]["source"] == "disk"
        assert len(prompts(ollama)) == asked
        stats = json.loads((await run(environ, "cache", "stats", "--json")).out)
        assert stats["answers"] == 1
        assert json.loads((await run(environ, "cache", "clear", "--json")).out) == {"removed": 1}
        assert "Forgot 0 answers" in (await run(environ, "cache", "clear")).out

    async def test_a_file_that_is_no_cache_is_set_aside(
        self, environ: dict[str, str], ollama: OllamaStandIn, file: Path
    ) -> None:
        folder = Path(environ["XDG_CACHE_HOME"]) / "codestral-lsp"
        folder.mkdir(parents=True)
        (folder / "completions.db").write_bytes(b"no database" * 1000)
        assert (await run(environ, "complete", f"{file}:2:5")).code == 0
        assert json.loads((await run(environ, "cache", "stats", "--json")).out)["answers"] == 1


class TestOptions:
    async def test_a_settings_file_that_is_not_there_is_told(
        self, environ: dict[str, str], ollama: OllamaStandIn, file: Path
    ) -> None:
        ran = await run(environ, "--config", "/no/such.toml", "complete", f"{file}:2:5")
        assert ran.code == 0
        assert "/no/such.toml" in ran.said
        assert "there is no such file" in ran.said

    async def test_a_settings_file_is_used_in_place_of_the_users_own(
        self, environ: dict[str, str], ollama: OllamaStandIn, file: Path, tmp_path: Path
    ) -> None:
        config = tmp_path / "mine.toml"
        config.write_text("enabled = false\n")
        ran = await run(environ, "--config", config, "complete", f"{file}:2:5")
        assert ran.code == 1
        assert "switched off" in ran.said

    async def test_the_log_goes_to_its_file_and_holds_no_code(
        self, environ: dict[str, str], ollama: OllamaStandIn, file: Path, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        ollama.plan(Canned(500, {"error": f"cannot parse {CODE}"}), path="/api/generate")
        await run(environ, "--log-file", log, "--log-level", "debug", "complete", f"{file}:2:5")
        assert "def add" not in log.read_text()

    async def test_a_log_that_cannot_be_written_is_told(self, environ: dict[str, str], file: Path) -> None:
        ran = await run(environ, "--log-file", "/no/such/log", "complete", f"{file}:2:5")
        assert ran.code == 2
        assert "The log /no/such/log cannot be written" in ran.said

    async def test_help_and_version(self, environ: dict[str, str]) -> None:
        assert "complete" in (await run(environ, "--help")).out
        assert (await run(environ, "--version")).out.startswith("codestral-lsp ")
        assert (await run(environ, "nonsense")).code == 2
