"""An editor's view of one document: its own text, its own UTF-16 counting, and a judgement on every suggestion.

The stand-in model says something that only the text before the cursor can have made it say, so that a suggestion
that belongs to another text, or to another place, gives itself away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass
from zlib import crc32

from tests.lsp_client import Json, LspClient
from tests.patience import soon


def said(prefix: str) -> str:
    """What the model says behind `prefix`: one line that depends on the line it continues."""
    return f"k{crc32(prefix.rpartition(chr(10))[2].encode('utf-8', 'replace')) % 997}v"


def answer(prompt: str) -> str:
    """`said` as a stand-in's script."""
    return said(prompt.rpartition("[PREFIX]")[2]) + "\n"


@dataclass(frozen=True)
class Asked:
    """A request and what the editor saw when it was made."""

    number: int
    reply: asyncio.Future[Json]
    text: str
    cursor: int


class Mirror:
    """A document in an editor. Places are offsets in characters."""

    def __init__(self, client: LspClient, text: str, cursor: int, uri: str = "file:///mirror.py") -> None:
        self.client = client
        self.text = text
        self.cursor = cursor
        self.uri = uri
        self.version = 1
        client.open(uri, text)

    def place(self, offset: int) -> tuple[int, int]:
        """An offset as the protocol counts."""
        head = self.text[:offset]
        line = head.rpartition("\n")[2]
        return head.count("\n"), len(line.encode("utf-16-le", "surrogatepass")) // 2

    def edit(self, *edits: tuple[int, int, str]) -> None:
        """Apply edits (start, end, text) that do not overlap, given from the last to the first, as editors send them.

        The cursor ends up behind the edit that was given first.
        """
        changes, behind = [], 0
        for number, (start, end, new) in enumerate(edits):
            changes.append((self.place(start), self.place(end), new))
            self.text = self.text[:start] + new + self.text[end:]
            behind = start + len(new) if number == 0 else behind + len(new) - (end - start)
        self.cursor = behind
        self.version += 1
        self.client.change(self.uri, self.version, *changes)

    def type(self, text: str) -> None:
        """Insert at the cursor, one edit for each character."""
        for character in text:
            self.edit((self.cursor, self.cursor, character))

    def ask(self, *, invoked: bool = False) -> Asked:
        """Ask for a suggestion at the cursor."""
        number, reply = self.client.complete(self.uri, *self.place(self.cursor), invoked=invoked)
        return Asked(number, reply, self.text, self.cursor)

    async def ghost(self, *, invoked: bool = False) -> str:
        """The suggestion at the cursor, judged; empty if there is none."""
        asked = self.ask(invoked=invoked)
        reply = await soon(asked.reply)
        assert "error" not in reply, reply
        return judged(asked, reply)


def judged(asked: Asked, reply: Json, *, embedded: Container[int] = ()) -> str:
    """The ghost text of a reply. Fails if it could not be drawn, or does not continue the text that was asked about.

    `embedded`: numbers of the suggestions that are not the model's; what those say cannot be judged.
    """
    items = reply["result"]["items"]
    if not items:
        return ""
    (item,) = items
    lines = asked.text.split("\n")
    start, end = item["range"]["start"], item["range"]["end"]
    line = asked.text[: asked.cursor].count("\n")
    assert start["line"] == end["line"] == line
    here = lines[line].encode("utf-16-le", "surrogatepass")
    head = asked.text[: asked.cursor].rpartition("\n")[2]
    middle = len(head.encode("utf-16-le", "surrogatepass")) // 2
    assert start["character"] <= middle <= end["character"]
    typed = here[2 * start["character"] : 2 * middle].decode("utf-16-le")
    replaced = here[2 * middle : 2 * end["character"]].decode("utf-16-le")
    inserted = str(item["insertText"])
    assert inserted.startswith(typed)
    ghost = inserted[len(typed) :]
    rest = iter(ghost)
    assert all(mark in rest for mark in replaced), "a character behind the cursor would be lost"
    if item["command"]["arguments"][0] in embedded:
        return ghost
    # Either what the model says here, or what is left of what it said a few characters ago.
    assert any(said(head[:split]) == head[split:] + ghost for split in range(len(head), -1, -1)), (head, ghost)
    return ghost
