"""Lines of other files that go on as the cursor's may, as the embedded engine finds them, and what is around them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from codestral_lsp.backends.workspace.prediction import Likely
from codestral_lsp.context.outline import dedented
from codestral_lsp.context.place import Place, Snippet, SourceName
from codestral_lsp.context.workspace import Workspace

_MOST = 6
_BEFORE, _AFTER = 2, 5
"""Lines shown around such a line."""
_WORTH, _SURE = 1.0, 1.5
"""What any of them is worth, and how much more what is sure to be right."""
_FADES = 0.9
"""What each further one is worth, compared with the one before it."""


def likely(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The lines around the likeliest ones."""
    fade = 1.0
    for each in place.likely[:_MOST]:
        path, line = _where(each, workspace)
        if path == place.path or line < 0:
            continue
        lines = workspace.lines(path)
        start, end = max(0, line - _BEFORE), min(len(lines), line + _AFTER)
        score = fade * (_WORTH + _SURE * each.probability)
        yield Snippet(SourceName.SIMILAR, path, start, end, dedented(lines[start:end]), score)
        fade *= _FADES


def _where(seen: Likely, workspace: Workspace) -> tuple[str, int]:
    """A line's file and number; -1 if the file has been changed since."""
    for root in workspace.roots or ("",):
        path = os.path.join(root, *seen.path.split("/")) if not os.path.isabs(seen.path) else seen.path
        lines = workspace.lines(path)
        written = [number for number, line in enumerate(lines) if line.strip()]
        if seen.number < len(written) and lines[written[seen.number]].strip() == seen.text:
            return path, written[seen.number]
    return "", -1
