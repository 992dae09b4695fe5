"""Actions beside ghost text, on a real llama-server with one slot and a real model.

CODESTRAL_TEST_LLAMA_URL names the server.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from tests.lsp_client import LspClient
from tests.server.conftest import StartClient
from tests.server.conftest import start as start
from tests.server.test_actions import SPEAKS

URL = os.environ.get("CODESTRAL_TEST_LLAMA_URL", "")

pytestmark = [
    pytest.mark.skipif(not URL, reason="NOT RUN: no real model; set CODESTRAL_TEST_LLAMA_URL to a llama-server"),
    pytest.mark.timeout(600),
]

SHOP = """\
RATE = 2


def total(prices, discounts):
    result = 0
    for name, price in prices.items():
        if name in discounts:
            price = price * (1 - discounts[name])
        result += price * RATE
    return result
"""
OTHER = (
    "def net(prices, discounts):\n    result = 0\n    for name, price in prices.items():\n        \n    return result\n"
)
SHOP_URI, OTHER_URI = "file:///shop/shop.py", "file:///shop/other.py"


async def until(client: LspClient, condition: Any) -> None:
    """As the client's own, for a model that takes its time."""
    async with asyncio.timeout(300):
        while not condition():  # noqa: ASYNC110 - another process says it
            await asyncio.sleep(0.05)


def states(client: LspClient) -> list[str]:
    return [told["state"] for told in client.notifications("codestral/action")]


async def test_typing_does_not_wait_for_an_explanation_and_a_manual_trigger_pauses_it(start: StartClient) -> None:
    settings = {"backend": "llamacpp", "llamacpp": {"url": URL}, "cache": {"enabled": False}}
    client = await start(None, settings, capabilities=SPEAKS)
    await until(client, lambda: bool(client.notifications("codestral/didChangeStatus")))
    client.open(SHOP_URI, SHOP)
    client.open(OTHER_URI, OTHER)
    place = {"uri": SHOP_URI, "position": {"line": 6, "character": 8}}
    _, answer = client.ask("workspace/executeCommand", {"command": "codestral.explain", "arguments": [place]})
    await until(client, lambda: any(told["text"] for told in client.notifications("codestral/action")))
    status = client.notifications("codestral/didChangeStatus")[-1]
    assert status["busy"]
    assert "Completing from cache and your workspace meanwhile" in status["message"]

    await client.items(OTHER_URI, 3, 8)
    assert "paused" not in states(client), "what is typed leaves the model to the explanation"
    (typed, *_) = [trace for trace in (await client.command("codestral.why"))[::-1] if trace["trigger"] == "automatic"]
    assert typed["source"] != "model"

    asked = asyncio.ensure_future(client.items(OTHER_URI, 3, 8, invoked=True))
    await until(client, lambda: "paused" in states(client))
    await asyncio.wait_for(asked, 300)
    message = await asyncio.wait_for(answer, 500)
    assert "total()" in message["result"]["markdown"]
    assert states(client)[-1] == "done"
    await until(client, lambda: not client.notifications("codestral/didChangeStatus")[-1]["busy"])
