"""Keeps an answer on the cursor's line."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings


def stop_at_line_end(text: str, around: Surroundings, extent: Extent) -> str:
    """The first line of the text, where only a line was asked for."""
    return text.partition("\n")[0] if extent is Extent.LINE else text
