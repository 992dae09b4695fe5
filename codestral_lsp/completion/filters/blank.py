"""Drops what shows nothing."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings


def drop_blank(text: str, around: Surroundings, extent: Extent) -> str:
    """Nothing, if the text is only blanks, or only the closers that stand behind the cursor already."""
    visible = text.strip()
    return "" if not visible or visible == around.rest.strip() else text
