"""The open documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position, PositionCodec, Range
from codestral_lsp.document.text import Edit, Text


@dataclass(frozen=True, slots=True)
class ClientChange:
    """One entry of a didChange: `text` in place of (line, units) to (line, units), or of everything."""

    text: str
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


class DocumentStore:
    """Holds each open document's newest version and tells listeners of every change, in order.

    A change costs microseconds and is applied as its message is read, so that a request always sees the text that
    its client saw. Listeners run inside the change and must be as quick.
    """

    def __init__(self, codec: PositionCodec | None = None) -> None:
        self.codec = codec or PositionCodec()
        self._documents: dict[str, Document] = {}
        self._listeners: list[Callable[[Change], None]] = []

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._documents.values()))

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, uri: str) -> Document | None:
        """The document's newest version; None if it is not open."""
        return self._documents.get(uri)

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Call `listener` on every change from now on."""
        self._listeners.append(listener)

    def open(self, document: Document) -> None:
        """Take in a newly opened document (or one that the client opens again)."""
        before = self._documents.get(document.uri)
        self._documents[document.uri] = document
        self._tell(Change(before, document))

    def change(self, uri: str, version: int | None, changes: Sequence[ClientChange]) -> Document | None:
        """Apply a didChange; None if the document is not open (nothing to apply it to)."""
        before = self._documents.get(uri)
        if before is None:
            return None
        text, edits, whole = before.text, list[Edit](), False
        for change in changes:
            if change.start is None or change.end is None:
                text, edits, whole = Text.of(change.text), [], True
                continue
            text, edit = text.replace(
                Range(self.position(text, *change.start), self.position(text, *change.end)), change.text
            )
            edits.append(edit)
        after = replace(before, text=text, version=before.version + 1 if version is None else version)
        self._documents[uri] = after
        self._tell(Change(before, after, () if whole else tuple(edits)))
        return after

    def close(self, uri: str) -> None:
        """Forget a document."""
        before = self._documents.pop(uri, None)
        if before is not None:
            self._tell(Change(before, None))

    def position(self, text: Text, line: int, units: int) -> Position:
        """A client's position as ours, clamped to the text."""
        if line < 0:
            return Position(0, 0)
        if line >= len(text.lines):
            return text.end
        return Position(line, self.codec.column(text.line(line), units))

    def _tell(self, change: Change) -> None:
        for listener in self._listeners:
            listener(change)
