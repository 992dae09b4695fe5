"""Takes off the end of an answer what stands behind the cursor already."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings


def strip_suffix_overlap(text: str, around: Surroundings, extent: Extent) -> str:
    """The text without the lines that follow below, and without code that follows on the cursor's own line.

    Closers on the cursor's line are left in: the suggestion's range replaces those that the text writes itself.
    """
    text = _without_lines_below(text, around)
    return text if around.rest_is_closers else _without_rest(text, around.rest)


def _without_lines_below(text: str, around: Surroundings) -> str:
    lines = text.split("\n")
    below = [line.strip() for line in around.below if line.strip()]
    for start in range(1, len(lines)):
        tail = [line.strip() for line in lines[start:] if line.strip()]
        if tail and len(tail) <= len(below) and _same(tail, below):
            return "\n".join(lines[:start])
    return text


def _same(tail: list[str], below: list[str]) -> bool:
    """Whether `tail` is what `below` starts with; its last line may have been cut short."""
    *whole, last = tail
    return whole == below[: len(whole)] and (
        last == below[len(whole)] or (bool(whole) and below[len(whole)].startswith(last))
    )


def _without_rest(text: str, rest: str) -> str:
    """The first line up to where it runs into the rest of the cursor's line; all of the text if it doesn't."""
    first, rest = text.partition("\n")[0], rest.rstrip()
    for start in range(len(first)):
        tail = first[start:]
        # One mark in common (a bracket, a comma) is no overlap, unless the rest is no longer than that.
        if tail.startswith(rest) or (len(tail) > 1 and rest.startswith(tail)):
            return first[:start]
    return text
