"""Takes off the beginning of an answer what stands before the cursor already."""

from __future__ import annotations

from codestral_lsp.completion.opening import begun_word
from codestral_lsp.completion.surroundings import Extent, Surroundings

_TELLING = 6
"""A line's beginning with fewer characters than this may well come twice: `f(f(`."""


def strip_prompt_echo(text: str, around: Surroundings, extent: Extent) -> str:
    """The text without the cursor's line up to the cursor, without a word begun there, and without two or more lines
    that stand right above."""
    head = around.head.strip()
    if len(head) >= _TELLING and text.lstrip().startswith(head):
        rest = text.lstrip()[len(head) :]
        return rest.lstrip(" ") if around.head[-1:].isspace() else rest
    if head:
        return text[begun_word(text, around) :]
    lines = text.split("\n")
    said = [line.strip() for line in lines]
    above = [line.strip() for line in around.above]
    for count in range(min(len(lines), len(above)), 1, -1):
        if any(said[:count]) and said[:count] == above[-count:]:
            return "\n".join(lines[count:]).lstrip()
    return text
