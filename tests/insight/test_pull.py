"""Getting a model: licence first, room for it, progress, going on where it was broken off."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.backends.ollama_store import OllamaStore, PullProgress
from codestral_lsp.errors import DownloadStalled
from codestral_lsp.insight.download import Download, enough_space, licence_of, no_room
from tests.insight.conftest import Command
from tests.lsp_client import CAPABILITIES, LspClient
from tests.patience import soon
from tests.standins.base import Fault
from tests.standins.ollama import OllamaStandIn

GB = 10**9


def test_size_speed_and_time_left() -> None:
    download = Download()
    download.take(PullProgress("pulling a", "a", 12 * GB, 1 * GB), 0.0)
    download.take(PullProgress("pulling a", "a", 12 * GB, 2 * GB), 10.0)
    assert download.line() == " 17 %  2.0 GB of 12.0 GB  100 MB/s  1 min 40 s left"
    download.take(PullProgress("pulling a", "a", 12 * GB, 2 * GB), 20.0)
    assert "stalled" in download.line()


def test_room_is_looked_for_before_the_download() -> None:
    assert not enough_space(12 * GB, None)
    assert not enough_space(12 * GB, 20 * GB)
    assert "12.0 GB are still to come and 5.0 GB are free" in enough_space(12 * GB, 5 * GB)


async def test_another_machines_disk_is_not_taken_for_this_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path))
    here, elsewhere = (OllamaStore(f"http://{host}:11434", local_only=False) for host in ("127.0.0.1", "192.0.2.7"))
    assert "are free" in await no_room(here, 10**18)
    assert not await no_room(elsewhere, 10**18)


def test_the_licence_is_known_before_the_model_is_there() -> None:
    assert "not for production use" in licence_of("codestral:22b")
    assert licence_of("qwen2.5-coder:7b-base") == "licence Apache-2.0."
    assert "its page" in licence_of("somebody/model")


async def test_a_model_is_pulled_and_its_licence_said_first(command: Command) -> None:
    async with OllamaStandIn(models={}) as server:
        ran = await command("pull", OLLAMA_HOST=server.url)
        assert ran.code == 0, ran.err
        assert "codestral:latest" in server.models
    assert ran.out.startswith("codestral: Mistral AI Non-Production License: not for production use")
    assert "codestral is there (12.6 GB)" in ran.out


async def test_a_broken_download_goes_on_where_it_was(command: Command) -> None:
    async with OllamaStandIn(models={}) as server:
        server.plan(Fault("cut", after=4), path="/api/pull")
        assert (await command("pull", OLLAMA_HOST=server.url)).code == 1
        assert 0 < server.pulled < 10
        before = server.pulled
        assert (await command("pull", OLLAMA_HOST=server.url)).code == 0
        assert before > 0


async def test_a_model_that_does_not_exist_is_told_with_its_cure(command: Command) -> None:
    async with OllamaStandIn(models={}) as server:
        ran = await command("pull", "no-such-model", OLLAMA_HOST=server.url)
    assert ran.code == 1
    assert "Check the model's name." in ran.err


async def test_in_an_editor_with_progress(environ: dict[str, str]) -> None:
    async with OllamaStandIn(models={}) as server:
        client = LspClient()
        await client.start(environ=environ)
        capabilities = {**CAPABILITIES, "window": {"workDoneProgress": True}}
        await client.initialize({"backend": "ollama", "ollama": {"url": server.url}}, capabilities=capabilities)
        await client.command("codestral.pull")
        kinds = [params["value"]["kind"] for params in client.notifications("$/progress")]
        await client.until(
            lambda: any(told["kind"] == "Normal" for told in client.notifications("codestral/didChangeStatus"))
        )
        await client.stop()
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    assert "report" in kinds


async def test_a_download_that_stands_still_is_called_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codestral_lsp.backends.ollama_store._STALLED_S", 0.1)
    async with OllamaStandIn(models={}) as server:
        server.plan(Fault("stall", after=3), path="/api/pull")
        store = OllamaStore(server.url, local_only=True)
        with pytest.raises(DownloadStalled, match="stands still"):
            [report async for report in store.pull("codestral")]
        await store.aclose()


async def test_an_editor_is_told_when_there_is_no_room(environ: dict[str, str], tmp_path: Path) -> None:
    async with OllamaStandIn(models={}) as server:
        server.model_bytes = 10**18
        client = LspClient()
        await client.start(environ={**environ, "OLLAMA_MODELS": str(tmp_path)})
        await client.initialize({"backend": "ollama", "ollama": {"url": server.url}})
        _, answer = client.ask("workspace/executeCommand", {"command": "codestral.pull", "arguments": []})
        said = (await soon(answer))["error"]["message"]
        await client.stop()
    assert said.startswith("There is no room for codestral.")
    assert "Free some space" in said


async def test_what_there_is_to_choose_from(environ: dict[str, str]) -> None:
    async with OllamaStandIn() as server:
        client = LspClient()
        await client.start(environ=environ)
        await client.initialize({"backend": "workspace", "ollama": {"url": server.url}})
        told = await client.command("codestral.models")
        await client.stop()
    offers = {offer["name"]: offer for offer in told["offers"]}
    assert told["installed"] == list(server.models)
    assert offers["codestral"]["installed"]
    assert "not for production" in offers["codestral"]["licence"]
    (recommended,) = [offer for offer in told["offers"] if offer["recommended"]]
    assert recommended["licence"] == "Apache-2.0"
    assert len(offers) == len(told["offers"])
