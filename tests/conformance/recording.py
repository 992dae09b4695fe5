"""What a real editor sent, played against a server as if the editor were there: same messages, same order."""

from __future__ import annotations

import asyncio
import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codestral_lsp.document.position import PositionCodec
from codestral_lsp.document.text import Text
from tests.conformance.mirror import Mirror
from tests.lsp_client import Json, LspClient
from tests.patience import soon

CLIENTS = Path(__file__).parents[1] / "fixtures" / "clients"
OLLAMA = "http://127.0.0.1:11434"
"""What stands in the recordings for the address of the stand-in."""


def sessions() -> list[Path]:
    """Every recorded session."""
    return sorted(CLIENTS.glob("*/*.jsonl"))


def initialize_params(client: str, ollama: str) -> Json:
    """What a client says first, with the stand-in's address in its settings."""
    text = (CLIENTS / client / "initialize.json").read_text("utf-8")
    params: Json = json.loads(text.replace(OLLAMA, ollama))
    return params


@dataclass(frozen=True, slots=True)
class Offer:
    """An inline completion as the client got it, and the document it got it for."""

    text: Text
    line: int
    cursor: int
    """Column, in characters."""
    item: Json


class Replay:
    """One session on its way."""

    def __init__(self, client: LspClient, session: Path, ollama: str) -> None:
        lines = session.read_text("utf-8").replace(OLLAMA, ollama).splitlines()
        self._entries = [json.loads(line) for line in lines]
        self._client = client
        self._name = session.parent.name
        self._ollama = ollama
        self.offers: list[Offer] = []
        self.answers: dict[int | str, Json] = {}
        """The server's answers by the ids of the requests."""

    async def run(self) -> None:
        """Play it to its end, and wait for every answer."""
        configuration = CLIENTS / self._name / "configuration.json"
        if configuration.is_file():
            for answer in json.loads(configuration.read_text("utf-8").replace(OLLAMA, self._ollama)):
                self._client.configuration = (answer["result"] or [None])[0]
        hello = await self._client.request("initialize", initialize_params(self._name, self._ollama))
        codec = PositionCodec(hello["capabilities"].get("positionEncoding", "utf-16"))
        mirror = Mirror(codec)
        waiting: dict[Any, tuple[int | str, asyncio.Future[Json], Json]] = {}
        for entry in self._entries:
            message = entry["message"]
            if entry["from"] == "server":
                # The editor had this answer before it went on, so it must be had now.
                if "method" not in message and message["id"] in waiting:
                    await self._take(mirror, *waiting.pop(message["id"]))
            elif "method" not in message:
                continue  # its answer to a question of the server's; ours is given when the question comes
            elif message["method"] in ("shutdown", "exit"):
                continue  # the test says goodbye
            elif message["method"] == "$/cancelRequest":
                if message["params"]["id"] in waiting:
                    self._client.cancel(waiting[message["params"]["id"]][0])
            elif "id" in message:
                method, params = message["method"], message.get("params")
                number, future = self._asked(message["id"], method, params)
                waiting[message["id"]] = number, future, message
            else:
                mirror.follow(message)
                self._client.notify(message["method"], message.get("params"))
                if message["method"] == "initialized":
                    await self._client.until(lambda: bool(self._client.notifications("codestral/didChangeStatus")))
        for left in waiting.values():
            await self._take(mirror, *left)

    def _asked(self, recorded: int | str, method: str, params: Any) -> tuple[int | str, asyncio.Future[Json]]:
        """Send a request: under its own id where that is a text, as LSP4J's are; numbers are counted anew."""
        if isinstance(recorded, str):
            return recorded, self._client.ask_as(recorded, method, params)
        return self._client.ask(method, params)

    async def _take(self, mirror: Mirror, number: int | str, future: asyncio.Future[Json], asked: Json) -> None:
        answer = self.answers[number] = await soon(future)
        if asked["method"] == "textDocument/inlineCompletion" and answer.get("result"):
            params = asked["params"]
            text = mirror.texts.get(params["textDocument"]["uri"])
            for item in answer["result"]["items"]:
                assert text is not None
                line = params["position"]["line"]
                cursor = mirror.codec.column(text.line(line), params["position"]["character"])
                self.offers.append(Offer(text, line, cursor, copy.deepcopy(item)))
