"""Cuts an answer off at a control token that the server let through as text."""

from __future__ import annotations

import re

from codestral_lsp.completion.surroundings import Extent, Surroundings
from codestral_lsp.prompt.families import FAMILIES

_LOOKS_LIKE_A_TAG = frozenset({"<s>", "</s>", "<pad>", "<unk>", "[IMG]"})
"""Stands in good code too."""
_TOKENS = {token for family in FAMILIES for token in family.control} - _LOOKS_LIKE_A_TAG
_TOKEN = re.compile("|".join(map(re.escape, sorted(_TOKENS, key=len, reverse=True))))


def cut_at_control_token(text: str, around: Surroundings, extent: Extent) -> str:
    """The text up to the first control token of any family, unless the code around speaks of that token itself."""
    for found in _TOKEN.finditer(text):
        if not any(found[0] in line for line in (around.head, around.rest, *around.above, *around.below)):
            return text[: found.start()]
    return text
