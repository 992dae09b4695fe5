"""codestral-lsp sent, after a completion was asked of a model."""

from __future__ import annotations

from pathlib import Path

from tests.insight.conftest import Command
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn


async def test_what_was_sent_is_listed_with_its_file_and_lines(command: Command, tmp_path: Path) -> None:
    (tmp_path / "add.py").write_text("def add(a, b):\n    return \n\n\nprint(add(1, 2))\n")
    async with OllamaStandIn(Script("a + b\n")) as server:
        await command("complete", "add.py:2:12", OLLAMA_HOST=server.url)
    listed = await command("sent")
    assert "add.py:1-" in listed.out
    assert "codestral at 127.0.0.1:" in listed.out
    exported = (await command("sent", "--json")).json()
    (entry,) = [entry for entry in exported["sent"] if entry["purpose"] == "completion"]
    assert (entry["remote"], entry["text"], entry["redacted"]) == (False, None, {})
    assert (await command("sent", "--remote")).out == "Nothing was sent.\n"
    assert "Forgot" in (await command("sent", "--clear")).out
    assert (await command("sent")).out == "Nothing was sent.\n"
