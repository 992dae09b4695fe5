"""Syntax from the text alone: what strings and comments look like, and what indentation tells.

Right for well-kept code and cheap everywhere, for only the lines around a place are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from codestral_lsp.document.language import Language, ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.scan import MAX_LINE, Scan
from codestral_lsp.document.syntax import Lexical, Scope, Syntax, compiled, indentation
from codestral_lsp.document.text import Text

_WINDOW_LINES = 120
"""At least so many lines before a place are scanned for what reaches it."""

_HEADER_LINES = 12
"""A header has at most so many lines."""

_KINDS = {
    "line": Lexical.LINE_COMMENT,
    "block": Lexical.BLOCK_COMMENT,
    "string": Lexical.STRING,
    "doc": Lexical.DOCSTRING,
}
_VALUE_BEFORE = re.compile(r"(?:(?<![=-])[=(\[]|\breturn)$")
_CLAUSE = re.compile(r"(?:\}\s*)?(?:elif|else|elsif|elseif|except|catch|finally|rescue|ensure)\b")
_LABEL = re.compile(r"(?:public|private|protected|signals|slots)\b[\w\s]*:$|#(?!\[)\s*\w+")


class TextRules(Syntax):
    """`Syntax` for a text without a tree."""

    __slots__ = ("_code_from", "_scans")

    def __init__(self, text: Text, language: Language, code_from: Callable[[int], int] | None = None) -> None:
        """`code_from` gives the first line from a line on that does not start in a string or comment, if known."""
        super().__init__(text, language)
        self._code_from = code_from
        self._scans: dict[int, Scan] = {}

    def lexical(self, position: Position) -> Lexical:
        position = self.text.clamp(position)
        scan = self._scan(position.line)
        span = scan.around(scan.offset(position))
        return _KINDS[span.kind] if span is not None else Lexical.CODE

    def prose(self, position: Position) -> Range | None:
        scan = self._scan(position.line)
        span = scan.covering(scan.offset(position))
        if span is None or span.kind == "string":
            return None
        return Range(scan.position(span.start), scan.position(span.end))

    def open_bracket(self, position: Position) -> Position | None:
        position = self.text.clamp(position)
        scan = self._scan(position.line)
        found = scan.open_bracket(scan.offset(position))
        return None if found is None else scan.position(found)

    def opens_block(self, brace: Position) -> bool:
        before = self.text.lines[brace.line][: brace.column].rstrip()
        if not before:
            above = self.text.line(brace.line - 1).rstrip() if brace.line else ""
            return _VALUE_BEFORE.search(above[-MAX_LINE:]) is None
        pattern = self.language.literal_brace
        return not pattern or compiled(pattern).search(before[-MAX_LINE:]) is None

    def scopes(self, position: Position) -> tuple[Scope, ...]:
        position = self.text.clamp(position)
        return tuple(self._scopes(position))

    def scopes_opened_by_line(self, position: Position) -> tuple[Scope, ...]:
        """The scope whose header is on the position's line, to the left of it; none if it is closed there again."""
        typed = self.text.line(position.line)[: position.column].lstrip(" \t})]")
        if not typed or 0 < typed.count("{") <= typed.count("}"):
            return ()
        return tuple(self._scope(self._first_line(position.line)))

    def _scan(self, line: int) -> Scan:
        """The scan for questions about `line`. Windows are aligned, so that one serves all questions of a place."""
        chunk = line // _WINDOW_LINES
        if chunk not in self._scans:
            first = max(0, chunk - 1) * _WINDOW_LINES
            first = min(line, self._header_from(first) if self._code_from is None else self._code_from(first))
            self._scans[chunk] = Scan(self.language, self.text, first, (chunk + 1) * _WINDOW_LINES)
        return self._scans[chunk]

    def _header_from(self, line: int) -> int:
        """The first line from `line` on that must be code by its looks, as far as that may be looked for."""
        for number in range(line, min(line + _WINDOW_LINES, len(self.text.lines))):
            if line and len(self.text.lines[number]) <= MAX_LINE:
                header = _header(self.language, self.text.lines[number].strip())
                if header is not None and header[0] is not ScopeKind.BLOCK:
                    return number
        return line

    def _scopes(self, position: Position) -> Iterator[Scope]:
        """Going up from the line, each line that is indented less than all below it may be a scope's header."""
        own = self.text.line(position.line)
        depth = self._depth(position)
        is_clause = bool(own[: position.column].strip()) and _CLAUSE.match(own.strip()) is not None
        yield from self.scopes_opened_by_line(position)
        if depth == 0 and not is_clause:
            return
        for number in range(position.line - 1, -1, -1):
            line = self.text.lines[number]
            if line[: depth + is_clause].isspace() and line[depth - 1 + is_clause : depth + is_clause].isspace():
                continue
            stripped = line.strip()
            if not stripped or _LABEL.match(stripped) or self._is_quoted(number, position):
                continue
            here = indentation(line)
            if here > depth or (here == depth and not is_clause):
                continue
            is_same, depth = here == depth, here
            for scope in self._scope(self._first_line(number)):
                # The statement whose clause we are in is no further block.
                if not (is_same and scope.kind is ScopeKind.BLOCK):
                    yield scope
            is_clause = _CLAUSE.match(stripped) is not None
            if depth == 0 and not is_clause:
                return

    def _depth(self, position: Position) -> int:
        """How deep the code at the position is or will be, in blanks."""
        line = self.text.line(position.line)
        if line.strip():
            return indentation(line)
        if self.language.indented:
            return position.column
        below = self.code_after(position)
        if below is not None:
            depth = indentation(self.text.lines[below.line])
            if compiled(self.language.closer).match(self.text.lines[below.line], below.column):
                return depth + 1
            return max(depth, position.column)
        above = self.code_before(position)
        if position.column or above is None:
            return position.column
        depth = indentation(self.text.lines[above.line])
        opens = compiled(self.language.opener).search(self.text.lines[above.line][: above.column + 1])
        return depth + 1 if opens else depth

    def _first_line(self, number: int) -> int:
        """Where the header starts that line `number` ends: `) {` and a brace of its own belong to a line above."""
        stripped = self.text.lines[number].strip()
        if stripped != "{" and (stripped[0] not in ")]}" or _header(self.language, stripped) is not None):
            return number
        if stripped[0] in "]}" and not compiled(self.language.opener).search(stripped):
            return number
        depth, nearest = indentation(self.text.lines[number]), number
        for above in range(number - 1, max(-1, number - _HEADER_LINES), -1):
            line = self.text.lines[above]
            if not line.strip() or indentation(line) > depth:
                continue
            if line.rstrip().endswith((";", "}")):
                break
            if _header(self.language, line.strip()[:MAX_LINE]) is not None:
                return above
            nearest = above
        return nearest

    def _scope(self, number: int) -> Iterator[Scope]:
        line = self.text.lines[number]
        header = _header(self.language, line.strip()) if len(line) <= MAX_LINE else None
        if header is not None:
            start = Position(number, indentation(line))
            body = self._body(number)
            yield Scope(*header, Range(start, self._end(number, body.line)), Range(start, body))

    def _body(self, number: int) -> Position:
        """Where the body of the header on line `number` starts."""
        for line in range(number, min(number + _HEADER_LINES, len(self.text.lines))):
            code = self._without_comment(line)
            if compiled(self.language.opener).search(code):
                return Position(line, len(code) - 1 if code.endswith("{") else len(code))
            if code.endswith(";"):
                break
        return Position(number, len(self._without_comment(number)))

    def _without_comment(self, number: int) -> str:
        line = self.text.line(number)[:MAX_LINE].rstrip()
        if not any(marker in line for marker in self.language.line_comments):
            return line
        last = self.code_before(Position(number, len(line)))
        return line[: last.column + 1] if last is not None and last.line == number else line

    def _end(self, number: int, body_line: int) -> Position:
        """Where the scope ends whose header is on line `number`: with the last line that is deeper, or its closer."""
        depth = indentation(self.text.lines[number])
        last = body_line
        for below in range(body_line + 1, len(self.text.lines)):
            line = self.text.lines[below]
            if line[: depth + 1].isspace() or not line.strip():
                if line.strip():
                    last = below
                continue
            if line.strip() == "{":
                continue
            if compiled(self.language.closer).match(line, indentation(line)):
                last = below
            break
        return Position(last, len(self.text.line(last).rstrip()))

    def _is_quoted(self, number: int, position: Position) -> bool:
        """Whether the first character of a line is part of a string or comment; only known near the place."""
        if number < position.line - _WINDOW_LINES:
            return False
        scan = self._scan(position.line)
        offset = scan.offset(Position(number, indentation(self.text.lines[number])))
        return scan.covering(offset) is not None


@cache
def _headers(language: Language) -> tuple[tuple[ScopeKind, re.Pattern[str]], ...]:
    return tuple((header.kind, re.compile(header.pattern)) for header in language.headers)


def _header(language: Language, line: str) -> tuple[ScopeKind, str] | None:
    """Kind and name of the scope that a line opens."""
    for kind, pattern in _headers(language):
        found = pattern.match(line)
        if found is not None:
            return kind, next((name for name in found.groupdict().values() if name), "")
    return None
