"""codestral-lsp doctor and codestral.doctor, as they are run."""

from __future__ import annotations

from pathlib import Path

from tests.insight.conftest import Command
from tests.lsp_client import CAPABILITIES, LspClient
from tests.standins.ollama import OllamaStandIn


async def test_exit_code_0_and_the_settings_with_their_sources(command: Command) -> None:
    async with OllamaStandIn() as server:
        ran = await command("doctor", "--json", OLLAMA_HOST=server.url)
    report = ran.json()
    assert (ran.code, report["verdict"], report["exitCode"]) == (0, "engine", 0)
    values = next(finding for finding in report["findings"] if finding["check"] == "settings.sources")["facts"]
    assert values["values"] == {"ollama.url": {"value": server.url, "source": "environment"}}


async def test_exit_code_3_with_a_cure_where_only_the_embedded_engine_works(command: Command) -> None:
    async with OllamaStandIn(models={}) as server:
        ran = await command("doctor", OLLAMA_HOST=server.url)
    assert ran.code == 3
    assert "First: Run: codestral-lsp pull " in ran.out  # which one is for the machine's memory to say


async def test_exit_code_1_when_switched_off(command: Command, tmp_path: Path) -> None:
    (tmp_path / "off.toml").write_text('enabled = false\nbackend = "workspace"\n')
    assert (await command("--config", "off.toml", "doctor")).code == 1


async def test_the_editor_that_was_served_is_in_the_report(environ: dict[str, str], command: Command) -> None:
    client = LspClient()
    await client.start(environ=environ)
    old = {**CAPABILITIES, "textDocument": {}}
    await client.initialize({"backend": "workspace"}, capabilities=old, name="Neovim")
    told = await client.command("codestral.doctor")
    await client.stop()
    assert told["verdict"] == "engine"
    assert "Neovim 1.0" in told["text"]
    findings = (await command("doctor", "--json")).json()["findings"]
    assert [finding["cause"] for finding in findings if finding["check"] == "editor"] == ["old-client"]
