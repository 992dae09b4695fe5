"""What an edit says of what the user is doing."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise

from codestral_lsp.document.document import Change
from codestral_lsp.document.text import Edit


class Doing(Enum):
    """What the last change of a document was."""

    TYPING = "typing"
    DELETING = "deleting"
    PASTING = "pasting"
    SEVERAL_CURSORS = "several cursors"
    OTHER = "other edit"
    """Replaced the whole text, formatted it, renamed something."""


_PASTE = 40
"""More characters than this at once, or several lines with text, were not typed."""


def doing(change: Change) -> Doing:
    """What kind of change this is."""
    edits = change.edits
    if not edits:
        return Doing.OTHER
    if len(edits) > 1:
        # Several cursors (and a snippet's linked places) do the same thing in several places; closing quotes come
        # apart from their openers too, but right behind them.
        same = len({(edit.inserted, len(edit.removed)) for edit in edits}) == 1
        if same and (len(edits) > 2 or not all(_touch(a, b) for a, b in pairwise(edits))):
            return Doing.SEVERAL_CURSORS
    inserted = "".join(edit.inserted for edit in edits)
    if not inserted:
        return Doing.DELETING
    typed = inserted.strip()
    if len(typed) > _PASTE or ("\n" in typed):
        return Doing.PASTING
    return Doing.TYPING


def _touch(one: Edit, other: Edit) -> bool:
    """Whether two edits are right beside each other."""
    return one.start.line == other.start.line and abs(one.start.column - other.start.column) <= len(one.inserted)
