"""Clients that cannot be run here, as their source says they behave: how they ask, and what becomes of the text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.conformance.recording import initialize_params
from tests.lsp_client import Json, LspClient

URI = "file:///project/cart.py"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One client. Columns are those of text without characters outside the BMP, which all encodings count alike."""

    name: str
    """Its folder among the fixtures."""
    wait_ms: float
    """How long it waits after a key before it asks."""
    accept: Callable[[str, int, Json], str]
    """The line after an item is accepted, from the line, the cursor's column and the item."""
    runs_command: bool
    """Whether it runs the item's command after that."""


def inserted_in_place(line: str, cursor: int, item: Json) -> str:
    """Neovim 0.12: the item's text in place of its range."""
    span = item["range"]
    return line[: span["start"]["character"]] + str(item["insertText"]) + line[span["end"]["character"] :]


def inserted_behind(line: str, cursor: int, item: Json) -> str:
    """LSP4IJ: what is typed already is cut off by its length; what stands behind the cursor within the range is stepped
    over and stays; the rest is inserted there. `filterText` and `command` are not looked at."""
    start, end = item["range"]["start"]["character"], item["range"]["end"]["character"]
    text = str(item["insertText"])
    if start < cursor <= end and cursor - start < len(text):
        text = text[cursor - start :]
    behind = max(cursor, end)
    return line[:behind] + text + line[behind:]


NEOVIM_012 = Behaviour("neovim-0.12", 200, inserted_in_place, runs_command=True)
LSP4IJ = Behaviour("lsp4ij", 300, inserted_behind, runs_command=False)


class Typist:
    """Somebody who types in such a client."""

    def __init__(self, client: LspClient, behaviour: Behaviour, text: str, line: int) -> None:
        self.client, self.behaviour = client, behaviour
        self.lines = text.split("\n")
        self.line = line
        self.cursor = len(self.lines[line])
        self._version = 1

    async def open(self, settings: Json) -> None:
        """Say hello and open the document. The settings come when the server asks for them."""
        params = initialize_params(self.behaviour.name, "")
        params["initializationOptions"] = {}
        self.client.configuration = settings
        await self.client.request("initialize", params)
        self.client.notify("initialized", {})
        await self.client.until(lambda: bool(self.client.notifications("codestral/didChangeStatus")))
        self.client.open(URI, "\n".join(self.lines))

    async def type(self, keys: str, paired: str = "") -> None:
        """Type keys, each as the editor sends it; `paired` is what the editor closes by itself behind the cursor."""
        for key in keys:
            self._replace(self.cursor, self.cursor, key)
            self.cursor += 1
            await asyncio.sleep(0.02)
        if paired:
            self._replace(self.cursor, self.cursor, paired)

    async def suggestion(self) -> Json | None:
        """What the client gets when it asks, after its pause: always as an automatic request, with no selection."""
        await asyncio.sleep(self.behaviour.wait_ms / 1000)
        items = await self.client.items(URI, self.line, self.cursor)
        return items[0] if items else None

    async def accept(self, item: Json) -> str:
        """Take an item over; gives the document's text then."""
        line = self.lines[self.line]
        self._replace(0, len(line), self.behaviour.accept(line, self.cursor, item))
        if self.behaviour.runs_command:
            await self.client.command(item["command"]["command"], *item["command"]["arguments"])
        return "\n".join(self.lines)

    def _replace(self, start: int, end: int, text: str) -> None:
        self._version += 1
        self.client.change(URI, self._version, ((self.line, start), (self.line, end), text))
        line = self.lines[self.line]
        self.lines[self.line : self.line + 1] = (line[:start] + text + line[end:]).split("\n")
