"""The other open documents, made searchable a little at a time, so that the event loop never waits."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from codestral_lsp.backends.workspace.place import LINES_AFTER, LINES_BEFORE, PART_LINES, Parts
from codestral_lsp.backends.workspace.source import Buffer
from codestral_lsp.document.document import Change, Document

MOST_OPEN = 8
"""Documents that are searched as they are in the editor, those last used; others as they are on disk."""
_MOST_LINES = 10_000
"""Lines of a document that are read ahead."""


def path_of(document: Document) -> str:
    """Where a document lies, with slashes; empty if it lies nowhere."""
    return document.path.as_posix() if document.path is not None else ""


class OpenDocuments:
    """The documents last used, each at its newest version, and the last version of each that is searchable."""

    def __init__(self) -> None:
        self.parts = Parts()
        self._documents: OrderedDict[str, Document] = OrderedDict()
        """By URI, the last used one last."""
        self._buffers: dict[str, tuple[Document, Buffer]] = {}
        self._reading: asyncio.Task[None] | None = None

    def observe(self, change: Change) -> None:
        """Take in a change."""
        if change.after is None:
            if change.before is not None:
                self._documents.pop(change.before.uri, None)
                self._buffers.pop(change.before.uri, None)
            return
        self._documents[change.after.uri] = change.after
        if change.before is None:
            self.use(change.after)

    def use(self, document: Document) -> None:
        """Say that the user is in this document now."""
        if document.uri in self._documents:
            self._documents.move_to_end(document.uri)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())

    def recent(self) -> Sequence[Document]:
        """The documents that are searched as they are in the editor, the last used one first."""
        return list(reversed(self._documents.values()))[:MOST_OPEN]

    def others(self, document: Document) -> list[Buffer]:
        """The searchable ones but for `document`, the last used one first; each perhaps some changes behind."""
        return [
            self._buffers[other.uri][1]
            for other in self.recent()
            if other.uri != document.uri and other.uri in self._buffers
        ]

    async def _read(self) -> None:
        """Read the documents of which nothing has been read, and join those that the user is not in."""
        for number, document in enumerate(self.recent()):
            known = self._buffers.get(document.uri)
            if known is not None and (number == 0 or known[0].text is document.text):
                continue
            lines = document.text.lines
            for start in range(0, min(len(lines), _MOST_LINES), PART_LINES):
                self.parts.whole(lines[start : start + PART_LINES])
                await asyncio.sleep(0)  # others get a turn after a millisecond
            if document.uri in self._documents:
                joined = self.parts.of(lines, 0, LINES_BEFORE + LINES_AFTER)
                self._buffers[document.uri] = document, Buffer(joined, path_of(document))
        for uri in self._buffers.keys() - {document.uri for document in self.recent()}:
            del self._buffers[uri]

    async def searchable(self) -> None:
        """Return when all that are searched have been read."""
        while self._reading is not None and not self._reading.done():
            await asyncio.wait([self._reading])

    async def aclose(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
