"""Diagnostics near the cursor: what is wrong there is probably what the next edit is about."""

from __future__ import annotations

from collections.abc import Iterator

from codestral_lsp.context.place import Place, Snippet, SourceName
from codestral_lsp.context.workspace import Workspace

_NEAR = 15
_MOST = 3


def diagnostics(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The messages about the lines around the cursor, the nearest first."""
    near = sorted(place.complaints, key=lambda each: abs(each.line - place.line))[:_MOST]
    for each in near:
        if abs(each.line - place.line) <= _NEAR:
            text = f"line {each.line + 1}: {each.message.strip()}\n"
            yield Snippet(SourceName.DIAGNOSTICS, place.path, each.line, each.line + 1, text, 0.5)
