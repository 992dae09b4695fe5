"""The process ends when its client does, however that ends, and takes its streams along."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from tests.lsp_client import CAPABILITIES, LspClient
from tests.patience import soon
from tests.server.conftest import StartClient, prompts
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

URI = "file:///a.py"
TEXT = "def add(a, b):\n    \n"


async def thinking(client: LspClient, ollama: OllamaStandIn) -> None:
    """Have a request under way that will not be answered while the test lasts."""
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4)
    ollama.script = Script(first_token_ms=600_000)
    client.change(URI, 2, ((1, 4), (1, 4), "z"))
    client.complete(URI, 1, 5)
    await ollama.until(lambda: len(prompts(ollama)) > 1)


async def ended(client: LspClient) -> int:
    return await soon(client.process.wait())


async def test_its_input_is_closed(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    await thinking(client, ollama)
    assert client.process.stdin
    client.process.stdin.close()
    assert await ended(client) == 1
    await soon(ollama.until_aborted())


@pytest.mark.skipif(sys.platform == "win32", reason="there the end of a pipe that is only written to is seen late")
async def test_nobody_reads_its_output_any_more(environ: dict[str, str]) -> None:
    out, into = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "codestral_lsp", stdin=asyncio.subprocess.PIPE, stdout=into, env=environ
    )
    os.close(into)
    os.close(out)
    assert await soon(process.wait()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not watched there, pipes are")
async def test_its_parent_is_gone_and_somebody_else_holds_the_pipes(environ: dict[str, str]) -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(600)")
    client = LspClient()
    await client.start(environ=environ)
    hello = {"processId": parent.pid, "rootUri": None, "capabilities": CAPABILITIES}
    await client.request("initialize", hello)
    client.notify("initialized", {})
    await asyncio.sleep(1.2)
    for _ in range(2):  # behind the first answer stands every look at the parent that was due by then
        await client.command("codestral.status")
    assert client.process.returncode is None
    parent.kill()
    await parent.wait()
    assert await ended(client) == 1


async def test_a_name_server_that_is_silent_holds_nobody_up(environ: dict[str, str]) -> None:
    program = """\
import socket, sys, time
real = socket.getaddrinfo
def look_up(host, *more, **named):
    if "slow" in str(host):
        time.sleep(600)
    return real(host, *more, **named)
socket.getaddrinfo = look_up
from codestral_lsp.cli import main
sys.exit(main([]))
"""
    client = LspClient()
    await client.start([sys.executable, "-c", program], environ=environ)
    await client.initialize({"backend": "openai", "openai": {"url": "http://slow.example"}})
    client.open(URI, TEXT)
    assert await client.items(URI, 1, 4) == []
    assert await client.stop() == 0
