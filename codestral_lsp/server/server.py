"""The server object that handlers are registered with: pygls' own, with the parts that our handlers need."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from codestral_lsp import __version__
from codestral_lsp.completion.service import CompletionService
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.server.clients import ClientProfile
from codestral_lsp.server.protocol import Protocol

_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[types.NotebookDocumentFilterWithNotebook(notebook="*")], save=False
)


class CodestralServer(LanguageServer):
    """One editor's server."""

    protocol: Protocol
    documents: DocumentStore
    completion: CompletionService
    client: ClientProfile

    def __init__(self, documents: DocumentStore, completion: CompletionService) -> None:
        super().__init__(
            "codestral-lsp", __version__, types.TextDocumentSyncKind.Incremental, _NOTEBOOKS, Protocol, _converter
        )
        self.documents = self.protocol.documents = documents
        self.completion = completion
        self.client = ClientProfile()

    def show(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show a message to the user."""
        self.window_show_message(types.ShowMessageParams(kind, f"codestral-lsp: {message}"))


def _converter() -> Any:
    """pygls' converter, made lenient where real clients stray."""
    converter: Any = default_converter()  # type: ignore[no-untyped-call]
    kinds = types.InlineCompletionTriggerKind
    counts_from_zero = False

    def trigger_kind(value: Any, _: Any) -> types.InlineCompletionTriggerKind:
        # vscode-languageclient 9 sends VS Code's own numbers (0 invoked, 1 automatic) for the protocol's 1 and 2.
        nonlocal counts_from_zero
        counts_from_zero = counts_from_zero or value == 0
        return kinds(value + 1) if counts_from_zero and value in (0, 1) else kinds(value)

    converter.register_structure_hook(kinds, trigger_kind)
    return converter
