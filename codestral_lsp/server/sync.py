"""Document synchronisation: what didOpen, didChange and the notebook notifications mean for our documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from codestral_lsp.document.document import Document
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Text


def path_of(uri: str) -> Path | None:
    """The file that a `file:` URI names; None for untitled, remote, virtual and malformed URIs."""
    if not uri.startswith("file:"):
        return None
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    return Path(path) if path else None


def _document(item: types.TextDocumentItem, notebook: str | None = None) -> Document:
    where = path_of(notebook or item.uri)
    return Document(item.uri, item.language_id, item.version, Text.of(item.text), where, notebook)


def did_open(documents: DocumentStore, item: types.TextDocumentItem) -> None:
    """Take in a document."""
    documents.open(_document(item))


def did_change(documents: DocumentStore, params: types.DidChangeTextDocumentParams) -> None:
    """Apply edits to a document. A change to a document that is not open has nothing to apply to and is dropped."""
    documents.change(params.text_document.uri, params.text_document.version, _changes(params.content_changes))


def _changes(entries: Sequence[types.TextDocumentContentChangeEvent]) -> list[ClientChange]:
    changes = []
    for entry in entries:
        if isinstance(entry, types.TextDocumentContentChangeWholeDocument):
            changes.append(ClientChange(entry.text))
        else:
            start, end = entry.range.start, entry.range.end
            changes.append(ClientChange(entry.text, (start.line, start.character), (end.line, end.character)))
    return changes


def notebook_did_open(documents: DocumentStore, params: types.DidOpenNotebookDocumentParams) -> None:
    """Take in a notebook's cells, each as a document of its own that knows its notebook."""
    for cell in params.cell_text_documents:
        documents.open(_document(cell, params.notebook_document.uri))


def notebook_did_change(documents: DocumentStore, params: types.DidChangeNotebookDocumentParams) -> None:
    """Apply what happened to a notebook's cells: new ones, removed ones, edits inside them."""
    cells = params.change.cells
    if cells is None:
        return
    if cells.structure is not None:
        for closed in cells.structure.did_close or ():
            documents.close(closed.uri)
        for opened in cells.structure.did_open or ():
            documents.open(_document(opened, params.notebook_document.uri))
    for edited in cells.text_content or ():
        documents.change(edited.document.uri, edited.document.version, _changes(edited.changes))
