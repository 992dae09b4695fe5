"""A model's Markdown made harmless, with links to the lines it speaks of.

Code that is explained may hold words that make a model write what an editor would fetch or run: an image on somebody's
server whose address carries the code away, a link to a command, HTML. None of that is let through: the only links in
what is shown are those made here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from codestral_lsp.actions.excerpt import Excerpt

_FENCE = re.compile(r"( *)(`{3,}(?=[^`]*$)|~{3,})")
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
"""On one line: what reaches further, renderers do not agree about."""
_RISKY = re.compile(r"!\[|\]\([^)]*:|\]\[|<\w+[^>]*\b(?:src|href|on\w+)")
"""What no code span may hold, in case a renderer sees no code span there (it may be cut by a table's cell)."""
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:.*$", re.MULTILINE)
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|command:)[^\s<>()\"'`]*", re.IGNORECASE)
_LINES = re.compile(r"\b([Ll]ines?) +(\d+)(?:( *(?:-|–|to|and) *)(\d+))?(?!\w|\.\d)")


def harmless(markdown: str) -> str:
    """The text without images, links, addresses and HTML; its code stays as it is. It may be unfinished."""
    parts = []
    for text, is_code in _by_fences(markdown):
        parts.append(text if is_code else _harmless_prose(text))
    return "".join(parts)


def with_line_links(markdown: str, shown: Excerpt) -> str:
    """The text with the numbers that the model was shown turned into links to the document's own lines."""
    uri = shown.target.document.uri

    def link(match: re.Match[str]) -> str:
        first, last = int(match[2]), int(match[4] or match[2])
        most = shown.target.stop - shown.target.first
        if not 1 <= first <= last <= most:
            return match[0]
        first, last = shown.line(first) + 1, shown.line(last) + 1
        words = f"{match[1]} {first}" + (f"{match[3]}{last}" if match[4] else "")
        return f"[{words}]({uri}#L{first}" + (f"-L{last})" if match[4] else ")")

    parts = []
    for text, is_code in _by_fences(markdown):
        parts.append(text if is_code else _outside_spans(text, lambda prose: _LINES.sub(link, prose)))
    return "".join(parts)


def _harmless_prose(text: str) -> str:
    def clean(prose: str) -> str:
        prose = _DEFINITION.sub("", prose)
        for _ in range(3):  # a link in a link's text
            prose = _LINK.sub(r"\1", prose)
        prose = _ADDRESS.sub(lambda match: f"`{match[0]}`", prose)
        return prose.replace("<", "&lt;").replace("![", "[")

    return _outside_spans(text, clean)


def _outside_spans(text: str, change: Callable[[str], str]) -> str:
    parts, at = [], 0
    for match in _CODE_SPAN.finditer(text):
        if not _RISKY.search(match[0]):
            parts += [change(text[at : match.start()]), match[0]]
            at = match.end()
    parts.append(change(text[at:]))
    return "".join(parts)


def _by_fences(markdown: str) -> list[tuple[str, bool]]:
    """The text cut at its code fences; True for what is code, fences included.

    An open fence reaches to the end; one that stands in a list ends with it, at the next line that is indented less.
    """
    parts, fence, depth, kept = [], "", 0, list[str]()
    for line in markdown.splitlines(keepends=True):
        mark = _FENCE.match(line.rstrip("\r\n"))
        if fence and line.strip() and len(line) - len(line.lstrip(" ")) < depth:
            parts.append(("".join(kept), True))
            fence, kept = "", []
        if fence:
            kept.append(line)
            if mark and mark[2].startswith(fence) and not line[mark.end() :].strip():
                parts.append(("".join(kept), True))
                fence, kept = "", []
        elif mark:
            parts.append(("".join(kept), False))
            fence, depth, kept = mark[2], len(mark[1]), [line]
        else:
            kept.append(line)
    parts.append(("".join(kept), bool(fence)))
    return [part for part in parts if part[0]]
