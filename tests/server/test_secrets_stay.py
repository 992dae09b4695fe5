"""Secrets, end to end: a real server, a model elsewhere, a project full of secrets, every place they could go."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp_client import CAPABILITIES, LspClient
from tests.privacy.corpus import Maker, Planted
from tests.server.conftest import StartClient, start
from tests.standins.base import Canned, Script
from tests.standins.mistral import MistralStandIn

__all__ = ["start"]

KEY = "Key0Of1The2User3Which4Nobody5Sees"
ELSEWHERE = """\
import sys
from codestral_lsp.backends import http
async def never(*_, **__):
    return False
http.is_local = never  # the stand-in counts as a machine somewhere else
from codestral_lsp.cli import main
sys.exit(main(sys.argv[1:]))
"""
PLANTED = Maker(7).secrets(rounds=3)
PER_FILE = 6


def sources() -> Iterator[tuple[str, list[Planted]]]:
    """Files with a handful of secrets each, and a function to be completed at their end."""
    for number, first in enumerate(range(0, len(PLANTED), PER_FILE)):
        planted = PLANTED[first : first + PER_FILE]
        text = "".join(f"# {each.kind.split()[0]}\n{each.text}\n" for each in planted)
        yield f"import settings\n\n{text}\ndef connect_{number}(host):\n    client = ", planted


def commands_of(process: int) -> str:
    """What `ps` shows of a process and its children."""
    try:
        shown = Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace")
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return ""
    return shown + "".join(commands_of(int(child)) for child in children)


def on_disk(folder: Path) -> bytes:
    """All that was written under a folder."""
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def leaked(where: str | bytes) -> set[str]:
    """The kinds of secrets that stand there."""
    text = where.decode("utf-8", "replace") if isinstance(where, bytes) else where
    return {each.kind for each in PLANTED if each.secret in text}


@pytest.mark.timeout(300)
async def test_no_secret_goes_anywhere(start: StartClient, environ: dict[str, str], tmp_path: Path) -> None:
    assert len(PLANTED) >= 150
    assert len({each.kind for each in PLANTED}) >= 40
    project, log, seen_by_ps = tmp_path / "project", tmp_path / "log", ""
    project.mkdir()
    (project / "settings.py").write_text("def connect(host):\n    return host\n", "utf-8")
    texts = [text for text, _ in sources()]
    for number, text in enumerate(texts):
        (project / f"part_{number}.py").write_text(text, "utf-8")
    environ["CODESTRAL_API_KEY"] = KEY
    async with MistralStandIn(Script(answer="make(host)\n"), keys=[KEY]) as model:
        client = LspClient()
        program = [sys.executable, "-c", ELSEWHERE, "--log-file", str(log), "--log-level", "debug"]
        await client.start(program, environ=environ)
        options = {
            "backend": "mistral",
            "mistral": {"url": model.url},
            "privacy": {"ledgerText": True},
            "completion": {"debounceMs": 0, "instant": False},
        }
        await client.initialize(options, root=project.as_uri(), capabilities=CAPABILITIES)
        await client.until(lambda: client.notifications("codestral/didChangeStatus") != [])
        for number, text in enumerate(texts):
            uri, line = (project / f"part_{number}.py").as_uri(), text.count("\n")
            client.open(uri, text)
            assert await client.items(uri, line, 13, invoked=True)
            if number % 8 == 0:
                seen_by_ps += commands_of(client.process.pid)
                place = {"uri": uri, "position": {"line": line, "character": 4}}
                await answered(client, "codestral.explain", place)
                quoted = model.seen("/v1/fim/completions")[-1].json()["prompt"]
                echo = Canned(422, {"detail": [{"loc": ["body"], "msg": f"cannot read: {quoted}", "type": "x"}]})
                model.plan(echo, path="/v1/fim/completions")
                client.change(uri, 2, ((line, 13), (line, 13), "x"))
                await client.items(uri, line, 14, invoked=True)
                await client.command("codestral.restart")
                await client.until(lambda: client.notifications("codestral/didChangeStatus")[-1]["kind"] == "Normal")
        sent = "\n".join(request.body.decode() for request in model.requests)
        traces = repr(await client.command("codestral.why", 1000)) + repr(await client.command("codestral.sent"))
        shown = repr([each for each in client.received if "method" in each])
        assert await client.stop() == 0
    assert sent.count("REDACTED_") > len(PLANTED)
    missed = [each for each in PLANTED if each.secret in sent.replace("\\n", "\n").replace('\\"', '"')]
    assert len(missed) <= 0.02 * len(PLANTED), missed
    known = {each.kind for each in missed}
    assert leaked(seen_by_ps) == set()
    assert KEY not in seen_by_ps
    assert "codestral_lsp" in seen_by_ps or sys.platform != "linux"
    assert leaked(log.read_bytes()) == set()
    assert leaked(traces) <= known
    assert leaked(shown) == set()
    for folder in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        assert leaked(on_disk(Path(environ[folder]))) <= known, folder
        assert KEY.encode() not in on_disk(Path(environ[folder]))
    assert os.listdir(environ["XDG_STATE_HOME"])


async def answered(client: LspClient, command: str, place: dict[str, Any]) -> None:
    """Run an action to its end, whatever that is."""
    _, answer = client.ask("workspace/executeCommand", {"command": command, "arguments": [place]})
    await answer


async def test_a_placeholder_in_the_answer_is_the_secret_again(environ: dict[str, str], tmp_path: Path) -> None:
    secret = Maker(11).password()
    environ["CODESTRAL_API_KEY"] = KEY
    answers: list[str] = []

    def answer(prompt: str) -> str:
        answers.append(prompt)
        return prompt.partition('"')[2].partition('"')[0] + '"\n'

    async with MistralStandIn(Script(answer=answer), keys=[KEY]) as model:
        client = LspClient()
        await client.start([sys.executable, "-c", ELSEWHERE], environ=environ)
        options = {"backend": "mistral", "mistral": {"url": model.url}, "completion": {"debounceMs": 0}}
        await client.initialize(options)
        await client.until(lambda: client.notifications("codestral/didChangeStatus") != [])
        client.open("file:///a.py", f'password = "{secret}"\nagain = "\n')
        (item,) = await client.items("file:///a.py", 1, 9, invoked=True)
        assert item["insertText"] == f'again = "{secret}"'
        assert not any(secret in each for each in answers)
        assert await client.stop() == 0
    assert secret.encode() not in on_disk(tmp_path)
