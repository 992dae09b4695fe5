"""What other tools report, as far as clients tell us: only a code action's context shows it."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from codestral_lsp.actions.checking import Known
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Range
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.server.convert import position_from
from codestral_lsp.server.findings import SOURCE


class KnownProblems:
    """The problems last seen in each open document, at the text they were seen in."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents
        self._seen: dict[str, tuple[Text, dict[tuple[int, str], Known]]] = {}

    def see(self, document: Document, diagnostics: Sequence[types.Diagnostic]) -> None:
        """Take in what a client shows; more may be seen elsewhere in the same text."""
        text, known = self._seen.get(document.uri, (document.text, {}))
        if text is not document.text:
            known = {}
        for each in diagnostics:
            if each.source == SOURCE:
                continue
            codec = self._documents.codec
            start, end = (position_from(codec, document.text, place) for place in (each.range.start, each.range.end))
            message = str(getattr(each.message, "value", each.message))
            known[start.line, message] = Known(Range(start, end), message)
        self._seen = {uri: kept for uri, kept in self._seen.items() if self._documents.get(uri) is not None}
        self._seen[document.uri] = (document.text, known)

    def of(self, document: Document) -> list[Known]:
        """What was seen in a document; nothing if its text is another by now."""
        text, known = self._seen.get(document.uri, (document.text, {}))
        return list(known.values()) if text is document.text else []
