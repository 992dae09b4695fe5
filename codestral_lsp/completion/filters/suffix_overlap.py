"""Takes off the end of an answer what stands behind the cursor already."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings

_CLOSER = 3
"""Lines this short are closers like `});`, or say too little to be known again."""


def strip_suffix_overlap(text: str, around: Surroundings, extent: Extent) -> str:
    """The text without the lines that follow below, and without code that follows on the cursor's own line.

    Closers on the cursor's line are left in: the suggestion's range replaces those that the text writes itself.
    """
    text = _without_lines_below(text, around)
    # Several lines before code have been cut where they meet it.
    return text if around.rest_is_closers or "\n" in text else _without_rest(text, around.rest)


def _without_lines_below(text: str, around: Surroundings) -> str:
    lines = text.split("\n")
    below = [line for line in around.below if line.strip()]
    for start in range(1, len(lines)):
        tail = [line for line in lines[start:] if line.strip()]
        if tail and len(tail) <= len(below) and _runs_into(tail, below):
            return "\n".join(lines[:start])
    return text


def _runs_into(tail: list[str], below: list[str]) -> bool:
    """Whether `tail` is what `below` starts with; its last line may have been cut short."""
    *whole, last = tail
    if not all(map(same_line, whole, below)):
        return False
    follows = below[len(whole)]
    return same_line(last, follows) or (bool(whole) and follows.strip().startswith(last.strip()))


def same_line(one: str, other: str) -> bool:
    """Whether two lines say the same. Lone closers say only by their indentation what they close."""
    if len(one.strip()) <= _CLOSER:
        return one.rstrip() == other.rstrip()
    return one.strip() == other.strip()


def _without_rest(text: str, rest: str) -> str:
    """A line up to where it runs into the rest of the cursor's line; all of it if it doesn't."""
    rest = rest.rstrip()
    for start in range(len(text)):
        tail = text[start:]
        # One mark in common (a bracket, a comma) is no overlap, unless the rest is no longer than that. A blank is.
        if tail.startswith(rest) or ((len(tail) > 1 or tail.isspace()) and rest.startswith(tail)):
            return text[:start]
    return text
