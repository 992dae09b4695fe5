"""A document as the editor has it, at one version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codestral_lsp.document.text import Edit, Text


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """An open document (or a notebook's cell) at one version. Immutable: an edit makes a new one."""

    uri: str
    language: str
    """LSP language id, as the client gave it."""
    version: int
    text: Text
    path: Path | None = None
    """Where it lies on this machine; None for untitled and other documents that are not files."""
    notebook: str | None = None
    """URI of the notebook that it is a cell of."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a didOpen, didChange or didClose did to one document. `edits` in the order they were applied."""

    before: Document | None
    after: Document | None
    edits: tuple[Edit, ...] = ()
    """Empty for open and close, and when the whole text was replaced."""
