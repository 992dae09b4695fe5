"""What the user has just done: edits as diffs, and the places in other files that were last worked on."""

from __future__ import annotations

from collections.abc import Iterator

from codestral_lsp.context.place import Place, Snippet, SourceName
from codestral_lsp.context.workspace import Workspace

_MOST_VISITS = 3
_AROUND = 8
"""Lines each way around the line that was worked on."""
_EDIT, _VISIT = 1.5, 0.8
"""What the newest one is worth: in commits replayed, edits name what comes next twice as often as visits, and either
oftener by the token than any other source."""
_FADES = 0.8
"""What each older one is worth, compared with the one after it."""


def edits(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The last edits that the model doesn't see in the file itself."""
    score = _EDIT
    for hunk in place.edits:
        own = hunk.path == place.path
        if own and hunk.line in place.shown and not hunk.before:
            continue
        text = "".join(f"-{line}\n" for line in hunk.before) + "".join(f"+{line}\n" for line in hunk.after)
        yield Snippet(SourceName.EDITS, hunk.path, hunk.line, hunk.line + 1, text, score)
        score *= _FADES


def visited(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The lines last worked on in the other open documents."""
    score = _VISIT
    for visit in [visit for visit in place.visits if visit.path != place.path][:_MOST_VISITS]:
        lines = workspace.lines(visit.path)
        first = max(0, visit.line - _AROUND)
        text = "".join(lines[first : visit.line + _AROUND])
        if text.strip():
            text = text if text.endswith("\n") else text + "\n"
            yield Snippet(SourceName.VISITED, visit.path, first, visit.line + _AROUND, text, score)
        score *= _FADES
