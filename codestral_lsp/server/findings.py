"""textDocument/publishDiagnostics: the bugs that were found, where they stand now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from codestral_lsp.actions.service import Actions
from codestral_lsp.actions.watch import Placed
from codestral_lsp.config.settings import ActionSettings
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position, Range
from codestral_lsp.server.convert import range_to
from codestral_lsp.server.server import CodestralServer

SOURCE = "codestral"
_SOON_S = 0.1
"""Editors move marks along by themselves: while somebody types, nothing need be told at every key."""


class Findings:
    """Publishes findings as diagnostics, a moment after they change."""

    def __init__(self, server: CodestralServer, actions: Actions, settings: Callable[[], ActionSettings]) -> None:
        self._server, self._actions, self._settings = server, actions, settings
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._told: set[str] = set()
        """Documents that the client shows marks in."""
        actions.on_findings = self.soon

    def soon(self, uri: str) -> None:
        """A document's findings have changed."""
        if uri not in self._due:
            self._due[uri] = asyncio.get_running_loop().call_later(_SOON_S, self._publish, uri)

    def _publish(self, uri: str) -> None:
        del self._due[uri]
        document = self._server.documents.get(uri)
        placed = self._actions.findings(document) if document is not None else []
        if not placed and uri not in self._told:
            return
        version = document.version if document is not None else None
        found = [self.diagnostic(document, each) for each in placed if document is not None]
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))
        (self._told.add if found else self._told.discard)(uri)

    def diagnostic(self, document: Document, placed: Placed) -> types.Diagnostic:
        """A finding as the protocol has it."""
        finding, codec = placed.finding, self._server.documents.codec
        return types.Diagnostic(
            range=range_to(codec, document.text, placed.span),
            message=finding.message,
            severity=types.DiagnosticSeverity[self._settings().bug_severity.capitalize()],
            code=finding.kind,
            source=SOURCE,
            related_information=self._related(document, placed),
            data={"finding": finding.id, "confidence": finding.confidence, "fixable": finding.fix is not None},
        )

    def _related(self, document: Document, placed: Placed) -> list[types.DiagnosticRelatedInformation] | None:
        documents = self._server.client_capabilities.text_document
        told = documents.publish_diagnostics if documents is not None else None
        if told is None or not told.related_information:
            return None
        line = document.text.line(placed.target.first)
        header = Range(Position(placed.target.first, 0), Position(placed.target.first, len(line)))
        where = types.Location(document.uri, range_to(self._server.documents.codec, document.text, header))
        related = [types.DiagnosticRelatedInformation(where, f"in {placed.target.title}")]
        if placed.finding.example:
            here = types.Location(document.uri, range_to(self._server.documents.codec, document.text, placed.span))
            related.append(types.DiagnosticRelatedInformation(here, f"shown by: {placed.finding.example}"))
        return related

    def as_json(self, document: Document, placed: Placed) -> dict[str, Any]:
        """A finding as the answer of codestral.findBug has it."""
        finding, codec = placed.finding, self._server.documents.codec
        span = range_to(codec, document.text, placed.span)
        return {
            "id": finding.id,
            "range": {
                "start": {"line": span.start.line, "character": span.start.character},
                "end": {"line": span.end.line, "character": span.end.character},
            },
            "quote": finding.quote,
            "kind": finding.kind,
            "why": finding.why,
            "input": finding.example,
            "confidence": finding.confidence,
            "fixable": finding.fix is not None,
        }
