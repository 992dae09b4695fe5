"""Closing brackets and quotes right of the cursor: what editors insert by themselves when an opener is typed."""

from __future__ import annotations

_FOLLOWERS = frozenset(";,:")
"""Marks that follow a closed bracket."""
_CLOSERS = frozenset(")]}\"'`") | _FOLLOWERS
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_QUOTES = frozenset("\"'`")


def only_closers(rest: str) -> bool:
    """Whether the rest of a line is nothing but closing marks and blanks, so that an answer may replace it.

    The marks that follow a closed bracket (`;`, `,`, `:`) count only behind one; `>` alone is an operator.
    """
    marks = rest.strip()
    if not marks:
        return True
    return marks[0] in ")]}\"'`" and all(mark in _CLOSERS or mark.isspace() for mark in marks)


def consumed(answer: str, rest: str) -> int:
    """How many characters of `rest` (closers) the answer closes itself, so that they must be replaced by it.

    Counts the answer's closing brackets and quotes that have no opener in the answer, in order, against those at
    the head of `rest`; blanks between them are taken along.
    """
    open_quote = (
        next((mark for mark in rest.lstrip() if mark in _QUOTES), None) if rest.strip()[:1] in _QUOTES else None
    )
    unmatched = _unmatched(answer, open_quote)
    taken = position = 0
    for mark in rest:
        position += 1
        if mark.isspace():
            continue
        while unmatched and unmatched[0] in _FOLLOWERS and unmatched[0] != mark:
            unmatched.pop(0)
        if not unmatched or unmatched.pop(0) != mark:
            break
        taken = position
    return taken


def _unmatched(answer: str, open_quote: str | None) -> list[str]:
    """Closers in `answer` that close something before it; then the marks that directly follow the last of them."""
    found: list[str] = []
    openers: list[str] = []
    quote = open_quote
    inside = open_quote is not None
    escaped = False
    for mark in answer:
        if escaped:
            escaped = False
        elif quote is not None:
            if mark == "\\":
                escaped = True
            elif mark == quote:
                if inside:
                    found.append(mark)
                    inside = False
                quote = None
            elif mark == "\n" and not inside:
                quote = None
        elif mark in _QUOTES:
            quote = mark
        elif mark in _BRACKETS.values():
            openers.append(mark)
        elif mark in _BRACKETS:
            if openers and openers[-1] == _BRACKETS[mark]:
                openers.pop()
            elif not openers:
                found.append(mark)
        elif mark in _FOLLOWERS and found and not openers:
            found.append(mark)
    return found
