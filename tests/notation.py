"""`foo(█)`: a text with its cursor drawn in."""

from __future__ import annotations

from pathlib import Path

from codestral_lsp.completion.request import CompletionRequest, SelectedCompletion, Trigger
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text

CURSOR = "█"


def split(drawn: str) -> tuple[str, str]:
    """What stands before and behind the cursor."""
    before, cursor, behind = drawn.partition(CURSOR)
    assert cursor, f"no {CURSOR} in {drawn!r}"
    return before, behind


def at(
    drawn: str, *, language: str = "python", version: int = 1, uri: str = "file:///x.py"
) -> tuple[Document, Position]:
    """The document and the cursor that `drawn` shows."""
    before, behind = split(drawn)
    document = Document(uri, language, version, Text.of(before + behind), Path("/x.py"))
    lines = Text.of(before).lines
    return document, Position(len(lines) - 1, len(lines[-1]))


def asked(
    drawn: str,
    *,
    trigger: Trigger = Trigger.AUTOMATIC,
    selected: SelectedCompletion | None = None,
    language: str = "python",
    version: int = 1,
    uri: str = "file:///x.py",
) -> CompletionRequest:
    """A completion request at the cursor that `drawn` shows."""
    document, cursor = at(drawn, language=language, version=version, uri=uri)
    return CompletionRequest(document, cursor, trigger, selected)
