"""A scanner for strings, comments and brackets: what any language's text shows without a grammar."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from codestral_lsp.document.language import Language
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text

MAX_LINE = 2000
"""Only so many characters of a line are looked at; longer ones are data or minified."""

_MAX_WINDOW = 32_000
"""Where lines are so long that there are more characters in all, less of each is looked at."""


_PREFIX = re.compile(r"\s*[A-Za-z]{0,2}")


class Span(NamedTuple):
    """A string or comment; offsets into the scanned window."""

    kind: str
    """`line`, `block` (comments), `string` or `doc`."""
    start: int
    inner_start: int
    inner_end: int
    """A cursor from `inner_start` to this, both included, is inside."""
    end: int
    code: str = ""
    """Matches the start of a string up to a cursor if that is in code inside the string."""


class Scan:
    """The strings, comments and brackets of some lines, the first of which starts outside of any."""

    __slots__ = ("_brackets", "_first", "_spans", "_starts", "_window")

    def __init__(self, language: Language, text: Text, first_line: int, stop_line: int) -> None:
        lines = text.lines[first_line:stop_line]
        most = MAX_LINE if sum(map(len, lines)) <= _MAX_WINDOW else _MAX_WINDOW // len(lines)
        lines = [line if len(line) <= most else line[:most] + "\n" for line in lines]
        self._first = first_line
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))
        self._window = window = "".join(lines)
        self._spans: list[Span] = []
        self._brackets: list[tuple[int, str]] = []
        for token in _lexer(language).finditer(window):
            if token.lastgroup == "bracket":
                self._brackets.append((token.end() - 1, token["bracket"]))
            elif token.lastgroup is not None:
                self._spans.append(_span(language, window, token))

    def offset(self, position: Position) -> int:
        """The place in the window of a position in the text."""
        line = position.line - self._first
        return min(self._starts[line] + position.column, self._starts[line + 1])

    def position(self, offset: int) -> Position:
        """The position in the text of a place in the window."""
        line = max(0, min(bisect_right(self._starts, offset), len(self._starts) - 1) - 1)
        return Position(self._first + line, offset - self._starts[line])

    def around(self, offset: int) -> Span | None:
        """The string or comment that a cursor at `offset` is inside of; none in a string's code."""
        span = self._last(offset - 1)
        if span is None or not span.inner_start <= offset <= span.inner_end:
            return None
        if span.code and re.search(span.code, self._window[span.inner_start : offset][-MAX_LINE:]):
            return None
        return span

    def covering(self, offset: int) -> Span | None:
        """The string or comment that the character at `offset` belongs to."""
        span = self._last(offset)
        return span if span is not None and offset < span.end else None

    def open_bracket(self, offset: int) -> int | None:
        """Where the innermost bracket open at `offset` stands."""
        waiting: list[tuple[int, str]] = []
        for at, bracket in self._brackets:
            if at >= offset:
                break
            if bracket in "([{":
                waiting.append((at, bracket))
            elif waiting and waiting[-1][1] + bracket in ("()", "[]", "{}"):
                waiting.pop()
        return waiting[-1][0] if waiting else None

    def _last(self, offset: int) -> Span | None:
        """The last span that starts at or before `offset`."""
        at = bisect_right(self._spans, offset, key=lambda span: span.start)
        return self._spans[at - 1] if at else None


@cache
def _lexer(language: Language) -> re.Pattern[str]:
    """One expression that finds the next string, comment or bracket, whichever comes first."""
    parts = []
    for number, (opening, closing) in enumerate(language.block_comments):
        parts.append(rf"(?P<block{number}>{re.escape(opening)}[\s\S]*?(?:{re.escape(closing)}|\Z))")
    if language.line_comments:
        parts.append(rf"(?P<line>{_line_comment(language)}[^\r\n]*)")
    for number, quote in enumerate(language.quotes):
        within = r"[\s\S]" if quote.multiline else r"[^\r\n]"
        body = rf"(?:{quote.escape}|(?!{quote.closing}){within})*+"
        parts.append(rf"(?P<quote{number}>(?:{quote.opening}){body}(?:{quote.closing})?)")
    parts.append(r"(?P<bracket>[()\[\]{}])")
    # Passing over all that none of them starts with, and over what turns out to be none, keeps the search linear.
    comments = (*language.line_comments, *(opening for opening, _ in language.block_comments))
    first = "".join(sorted({re.escape(marker[0]) for marker in comments} | set("\"'`(){}") | {r"\[", r"\]"}))
    return re.compile(rf"[^{first}]*+(?:{'|'.join(parts)}|[{first}]|\Z)")


def _line_comment(language: Language) -> str:
    markers = "|".join(re.escape(marker) for marker in language.line_comments)
    # `$#` and `a#b` are no comments in shells, nor is a colour in a style sheet.
    return rf"(?<![^\s;])(?:{markers})" if language.line_comments == ("#",) else f"(?:{markers})"


@cache
def _ends(opening: str, closing: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(opening), re.compile(rf"(?:{closing})\Z")


def _span(language: Language, window: str, token: re.Match[str]) -> Span:
    group = token.lastgroup or ""
    start, end = token.span(group)
    found = token[group]
    if group == "line":
        marker = next(marker for marker in language.line_comments if found.startswith(marker))
        return Span("line", start, start + len(marker), end, end)
    number = int(group[5:])
    if group.startswith("block"):
        opening, closing = language.block_comments[number]
        closed = found.endswith(closing) and len(found) >= len(opening) + len(closing)
        return Span("block", start, start + len(opening), end - len(closing) if closed else end, end)
    quote = language.quotes[number]
    head, tail = _ends(quote.opening, quote.closing)
    opened = head.match(window, start)
    inner = opened.end() if opened else start + 1
    close = tail.search(window, inner, end)
    is_statement = quote.multiline and language.docstrings and _PREFIX.fullmatch(_before_on_line(window, start))
    kind = "doc" if is_statement else "string"
    return Span(kind, start, inner, close.start() if close else end, end, quote.code)


def _before_on_line(window: str, offset: int) -> str:
    return window[max(window.rfind("\n", 0, offset), window.rfind("\r", 0, offset)) + 1 : offset]
