"""Takes code out of an answer that chats about it."""

from __future__ import annotations

import re

from codestral_lsp.completion.surroundings import Extent, Surroundings

_FENCE = re.compile(r"^[ \t]*```[\w+-]*[ \t]*$", re.MULTILINE)
_PREAMBLE = re.compile(
    r"\s*(?:Sure|Certainly|Of course|Here(?:'s| is| are)|Below is|The (?:completed?|following|missing) code"
    r"|To complete|I(?:'ll| will| have|'ve))\b[^\n]*(?:\n|\Z)"
)
_PROSE = frozenset({"markdown", "plaintext", "restructuredtext", "asciidoc", "latex", "git-commit"})


def drop_chat(text: str, around: Surroundings, extent: Extent) -> str:
    """What stands between the fences if the answer is fenced, what stands before one if it ends with it; nothing of
    an answer that begins by talking. In documents that are prose themselves all of it."""
    preamble = None if around.head.strip() else _PREAMBLE.match(text)
    fence = _FENCE.search(text)
    if preamble is None and fence is None:
        return text
    if around.language in _PROSE or any(_FENCE.match(line) for line in around.above):
        return text
    if fence is None:
        return ""
    before = text[: fence.start()]
    if preamble is None and before.strip():
        return before.rstrip("\n")
    inside = text[fence.end() :].removeprefix("\n")
    closing = _FENCE.search(inside)
    return inside[: closing.start()].rstrip("\n") if closing else inside
