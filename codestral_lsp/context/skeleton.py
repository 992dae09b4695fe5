"""The file's own outline beyond what the model sees of it."""

from __future__ import annotations

from collections.abc import Iterator

from codestral_lsp.context.outline import skeleton as heads
from codestral_lsp.context.place import Place, Snippet, SourceName
from codestral_lsp.context.workspace import Workspace

_MOST = 20
"""Definitions listed: those nearest to what is shown."""


def skeleton(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The heads of the definitions that begin outside of the window, as one snippet above and one below it."""
    own = [each for each in workspace.definitions(place.path) if each.kind != "field" or not each.container]
    above = [each for each in own if each.line < place.shown.start][-_MOST:]
    below = [each for each in own if each.line >= place.shown.stop][:_MOST]
    for part, score in ((above, 0.4), (below, 0.45)):
        if part:
            text = heads(part, place.language)
            yield Snippet(SourceName.SKELETON, place.path, part[0].line, part[-1].line + 1, text, score)
