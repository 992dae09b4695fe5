"""Drops an answer that is not worth a look."""

from __future__ import annotations

import re

from codestral_lsp.completion.surroundings import Extent, Surroundings

_MARKER = r"\s*(?:#+|//+|--|/\*+|\*|<!--|;|%)\s*"
_PLACEHOLDER = re.compile(
    rf"{_MARKER}(?:(?:TO[D]O|FIX[M]E|X{3})\b.*|(?:\.\.\.|your|add|write|put|insert|implement)\b.*(?:here|code|logic|this)\b.*)?"
    r"\s*(?:\*/|-->)?\s*",
    re.IGNORECASE,
)


def drop_low_value(text: str, around: Surroundings, extent: Extent) -> str:
    """Nothing, if the text is a single mark of punctuation, or comments that only promise code."""
    visible = text.strip()
    if len(visible) == 1 and not visible.isalnum() and visible not in ")]}\"'`":
        return ""
    lines = [line for line in text.split("\n") if line.strip()]
    promises = not around.head.strip() and bool(lines) and all(map(_PLACEHOLDER.fullmatch, lines))
    return "" if promises else text
