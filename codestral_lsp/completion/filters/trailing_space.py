"""Takes blanks off the end."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings


def strip_trailing_space(text: str, around: Surroundings, extent: Extent) -> str:
    """The text without blanks and line ends at its end, unless code follows on the cursor's line: they may be its."""
    return text.rstrip() if around.rest_is_closers else text
