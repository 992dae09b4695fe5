"""Statistics over the protocol: a suggestion that was taken is counted, and the page is made and shown."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.request import url2pathname

from codestral_lsp.insight.history import History, last
from codestral_lsp.insight.trace import Kept
from tests.lsp_client import CAPABILITIES
from tests.server.conftest import StartClient
from tests.standins.ollama import OllamaStandIn

URI = "file:///a.py"
BEFORE, GHOST = "def add(a, b):\n    \n", "return a + b"


async def test_what_an_editor_takes_is_counted_and_drawn(start: StartClient, ollama: OllamaStandIn) -> None:
    shows = {**CAPABILITIES, "window": {"showDocument": {"support": True}}}
    client = await start(ollama, capabilities=shows)
    client.open(URI, BEFORE)
    (item,) = await client.items(URI, 1, 4)
    assert item["insertText"] == f"    {GHOST}"
    client.change(URI, 2, ((1, 0), (1, 4), item["insertText"]))  # as VS Code does
    await client.command(item["command"]["command"], *item["command"]["arguments"])
    (taken,) = [trace for trace in await client.command("codestral.why") if trace["fate"]]
    assert (taken["fate"], taken["told"], taken["taken"]) == ("accepted", len(GHOST), {"whole": len(GHOST)})
    stats = await client.command("codestral.stats")
    assert (stats["shown"], stats["accepted"], stats["acceptedTold"], stats["acceptedCharacters"]) == (1, 1, 1, 12)
    assert stats["month"]["cost"] == 0
    uri = await client.command("codestral.statsPage")
    assert client.notifications("window/showDocument") == [{"uri": uri, "external": True}]
    page = Path(url2pathname(uri.removeprefix("file://")))
    assert "What completion was worth" in page.read_text("utf-8")
    assert page.stat().st_mode & 0o077 == 0


async def test_what_stayed_is_known_though_the_editor_was_closed(
    start: StartClient, ollama: OllamaStandIn, environ: dict[str, str], tmp_path: Path
) -> None:
    client, file = await start(ollama), tmp_path / "a.py"
    client.open(file.as_uri(), BEFORE)
    (item,) = await client.items(file.as_uri(), 1, 4)
    client.change(file.as_uri(), 2, ((1, 0), (1, 4), item["insertText"]))
    file.write_text(f"def add(a, b):\n    {GHOST}\n", "utf-8")
    await client.stop()
    ten_minutes_on = History(Path(environ["XDG_STATE_HOME"]) / "codestral-lsp", now_s=lambda: time.time() + 601)
    ((_, trace),) = ten_minutes_on.database.now(last, 1, background=False) or []
    ten_minutes_on.database.close()
    assert trace.kept == {look: {"whole": Kept(9, 9)} for look in ("30s", "10min")}


async def test_a_client_that_opens_nothing_is_told_where_the_page_is(start: StartClient) -> None:
    client = await start()
    uri = await client.command("codestral.statsPage", 7)
    assert uri.endswith("/stats.html")
    assert client.notifications("window/showDocument") == []


async def test_the_status_has_the_months_money(start: StartClient) -> None:
    client = await start(None, {"mistral": {"monthlyBudget": 5}})
    status = await client.command("codestral.status")
    assert status["month"]["budget"] == 5
    assert status["month"]["budgetSpent"] is False
    assert status["cause"] == ""
