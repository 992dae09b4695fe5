"""What one can ask of a document's syntax, and the answers' types.

`Syntax` has two makers: `SyntaxTree` answers from a parse, `TextRules` from the text alone, where there is no
grammar or the file is too big to parse. Both are immutable views of one version of one text.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from codestral_lsp.document.language import Language, ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text

_REACH_LINES = 200
"""How many lines up and down a question looks for the next code, past blank lines and comments."""

_REACH_CHARACTERS = 200
"""How much of a line a question looks at to either side."""

_WHOLE_LINE = 1 << 60
"""A column behind all others."""

_CLOSERS = re.compile(r"[\s)\]}>,;:'\"`]*")
_CONTROL = re.compile(
    r"(?:if|elif|unless|until|while|for|foreach|switch|match|case|when|catch|return|yield|await|throw|assert|with|using"
    r"|lock|synchronized|and|or|not|in|is)$"
)


class Lexical(StrEnum):
    """What the characters at a place are to the language."""

    CODE = "code"
    STRING = "string"
    LINE_COMMENT = "line-comment"
    BLOCK_COMMENT = "block-comment"
    DOCSTRING = "docstring"

    @property
    def prose(self) -> bool:
        """Whether it is meant for people: a comment or a docstring."""
        return self not in (Lexical.CODE, Lexical.STRING)


class Ahead(StrEnum):
    """What stands between the cursor and the end of its line."""

    NOTHING = "nothing"
    """Blanks at most."""
    CLOSERS = "closers"
    """Closing brackets and quotes, commas and semicolons, as editors insert them by themselves."""
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Scope:
    """A function, class, namespace or block around a place."""

    kind: ScopeKind
    name: str
    """Empty for what has no name."""
    range: Range
    header: Range
    """From its first character to the start of its body."""


@dataclass(frozen=True, slots=True)
class Place:
    """What kind of place the cursor is in: what may come there, and how much of it."""

    lexical: Lexical
    empty_file: bool
    """There is no code in the whole file: nothing but blanks and comments."""
    empty_body: bool
    """A block was opened before the cursor and has no statement yet (comments and a docstring are none)."""
    in_arguments: bool
    """Between the parentheses of a call or of a parameter list."""
    after_dot: bool
    """The name of a member is expected, or begun."""
    word: str
    """The part of an identifier that ends at the cursor."""
    word_rest: str
    """The part of an identifier that starts at the cursor."""
    line_start: bool
    """Only blanks stand before the cursor on its line."""
    ahead: Ahead


class Syntax(ABC):
    """Questions about one version of a text. Positions past the text are clamped to it."""

    __slots__ = ("language", "text")

    def __init__(self, text: Text, language: Language) -> None:
        self.text = text
        self.language = language

    @abstractmethod
    def lexical(self, position: Position) -> Lexical:
        """Code, string or comment. Right behind the last character of a line comment is inside it; at either end
        of a string or block comment is inside only between its marks."""

    @abstractmethod
    def scopes(self, position: Position) -> tuple[Scope, ...]:
        """What encloses the position, innermost first. On a blank line of a language that indents its blocks, the
        column decides."""

    @abstractmethod
    def open_bracket(self, position: Position) -> Position | None:
        """Where the innermost bracket that is open at the position stands."""

    @abstractmethod
    def prose(self, position: Position) -> Range | None:
        """The comment or docstring that the character at the position belongs to."""

    @abstractmethod
    def opens_block(self, brace: Position) -> bool:
        """Whether the opening brace there holds statements or members, and not the parts of a literal."""

    def signature(self, position: Position) -> str:
        """The header of the innermost function around the position; empty if there is none."""
        for scope in self.scopes(position):
            if scope.kind is ScopeKind.FUNCTION:
                return self.text.slice(scope.header).strip()
        return ""

    def place(self, position: Position) -> Place:
        """What kind of place `position` is."""
        position = self.text.clamp(position)
        line = self.text.line(position.line)
        before, after = line[: position.column], line[position.column :]
        lexical = self.lexical(position)
        is_code = lexical is Lexical.CODE
        word, word_rest = self._words(before, after)
        return Place(
            lexical=lexical,
            empty_file=self._is_empty(position),
            empty_body=not lexical.prose and lexical is not Lexical.STRING and self._is_body_missing(position),
            in_arguments=self._is_in_arguments(position),
            after_dot=is_code and self._is_member(before[: len(before) - len(word)]),
            word=word if is_code else "",
            word_rest=word_rest if is_code else "",
            line_start=not before.strip(),
            ahead=_ahead(after),
        )

    def code_before(self, position: Position) -> Position | None:
        """The last character of code before the position; comments, docstrings and blanks are passed over."""
        line, column = position.line, position.column
        first = line - _REACH_LINES
        while line >= max(0, first):
            rest = self.text.lines[line][:column].rstrip()
            if not rest:
                line, column = line - 1, _WHOLE_LINE
                continue
            found = Position(line, len(rest) - 1)
            span = self.prose(found)
            if span is None:
                return found
            line, column = span.start.line, span.start.column
        return None

    def code_after(self, position: Position) -> Position | None:
        """The first character of code at or after the position."""
        line, column = position.line, position.column
        last = line + _REACH_LINES
        while line < min(len(self.text.lines), last):
            rest = self.text.lines[line][column:]
            blanks = len(rest) - len(rest.lstrip())
            if blanks == len(rest):
                line, column = line + 1, 0
                continue
            found = Position(line, column + blanks)
            span = self.prose(found)
            if span is None:
                return found
            line, column = span.end.line, span.end.column
        return None

    def _words(self, before: str, after: str) -> tuple[str, str]:
        head, tail = _word_ends(self.language.word)
        left, right = head.search(before[-_REACH_CHARACTERS:]), tail.match(after[:_REACH_CHARACTERS])
        return (left[0] if left else "", right[0] if right else "")

    def _is_member(self, before: str) -> bool:
        if not before.endswith(self.language.members) or before.endswith(".."):
            return False
        # The point of a number is no member's.
        return not re.search(r"(?<![\w)\]])\d+\.$", before[-_REACH_CHARACTERS:])

    def _is_empty(self, position: Position) -> bool:
        lines = self.text.lines
        if position.line > _REACH_LINES or len(lines) - position.line > _REACH_LINES:
            return False
        return self.code_before(position) is None and self.code_after(position) is None

    def _is_in_arguments(self, position: Position) -> bool:
        bracket = self.open_bracket(position)
        if bracket is None or self.text.lines[bracket.line][bracket.column] != "(":
            return False
        before = self.text.lines[bracket.line][: bracket.column].rstrip()[-_REACH_CHARACTERS:]
        callee = re.search(r"(?:[\w$?!]+|[)\]>}])$", before)
        return callee is not None and not _CONTROL.match(callee[0])

    def _is_body_missing(self, position: Position) -> bool:
        opener = self.code_before(position)
        if opener is None:
            return False
        line = self.text.lines[opener.line]
        head = line[: opener.column + 1]
        if len(head) > 10 * _REACH_CHARACTERS or not compiled(self.language.opener).search(head):
            return False
        if head[-1] == "{" and not self.opens_block(opener):
            return False
        if opener.line == position.line and _is_word(head[-1]) and position.column == opener.column + 1:
            return False  # the word that opens the block may not be whole yet
        following = self.code_after(position)
        if following is None:
            return True
        if compiled(self.language.closer).match(self.text.lines[following.line], following.column):
            return True
        if following.line == opener.line:
            return False
        return indentation(self.text.lines[following.line]) <= indentation(line)


def indentation(line: str) -> int:
    """How many blanks a line starts with."""
    return len(line) - len(line.lstrip())


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """An expression of the language table."""
    return re.compile(pattern)


def _ahead(after: str) -> Ahead:
    if not after.strip():
        return Ahead.NOTHING
    return Ahead.CLOSERS if _CLOSERS.fullmatch(after) else Ahead.CODE


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


@cache
def _word_ends(word: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(f"(?:{word})+$"), re.compile(f"(?:{word})+")
