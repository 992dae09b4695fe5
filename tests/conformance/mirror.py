"""The documents as the client has them."""

from __future__ import annotations

from codestral_lsp.document.position import Position, PositionCodec, Range
from codestral_lsp.document.text import Text
from tests.lsp_client import Json


class Mirror:
    """Follows a client's own notifications."""

    def __init__(self, codec: PositionCodec) -> None:
        self.codec = codec
        self.texts: dict[str, Text] = {}

    def follow(self, message: Json) -> None:
        """Take in a notification about a document; others mean nothing here."""
        params = message.get("params") or {}
        document = params.get("textDocument", {})
        match message["method"]:
            case "textDocument/didOpen":
                self.texts[document["uri"]] = Text.of(document["text"])
            case "textDocument/didChange":
                for change in params["contentChanges"]:
                    self._change(document["uri"], change)
            case "textDocument/didClose":
                self.texts.pop(document["uri"], None)

    def _change(self, uri: str, change: Json) -> None:
        text = self.texts[uri]
        if "range" not in change:
            self.texts[uri] = Text.of(change["text"])
            return
        start, end = (self.place(text, change["range"][name]) for name in ("start", "end"))
        self.texts[uri] = text.replace(Range(start, end), change["text"])[0]

    def place(self, text: Text, position: Json) -> Position:
        """A position as the client counts it."""
        line = min(position["line"], len(text.lines) - 1)
        return Position(line, self.codec.column(text.line(line), position["character"]))
