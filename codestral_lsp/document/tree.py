"""Syntax from a parse: what the tree says, and what the text says where the tree is in pieces.

While somebody types, the code at the cursor seldom parses: a quote without its partner makes nonsense of the lines
after it. So near an error the questions go to `TextRules`, which know nothing of what follows the cursor.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from codestral_lsp.document.language import Grammar, Language, ScopeKind
from codestral_lsp.document.nodes import between, code_from, ends_itself, in_string, is_string, name_of, path_to
from codestral_lsp.document.parsing import Hunk, Pace, byte_column, column_of, deadline, edited, hunks, parse
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.rules import TextRules
from codestral_lsp.document.syntax import Lexical, Scope, Syntax, indentation
from codestral_lsp.document.text import Text

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_DOUBT_LINES = 40
"""An error so many lines above a place may be what it is about."""

_MEND_S = 0.003
"""A tree that takes longer to reparse is not reparsed to answer a question."""

_CLEAN_LINES = 200
"""An error-free tree is a good start for a text that differs from its own in no more lines."""

_SHORT_LINES = 400
"""A text that is read from nothing in a millisecond or two."""

_MANY_CHILDREN = 200
"""A node with more is a list of statements or values, whose opening bracket is one of the first two."""

_FIRST_TO_NEXT = 20.0
"""A first parse takes about so many times as long as a reparse after a keystroke."""

_CLAUSES = frozenset(
    {
        "elif_clause",
        "else_clause",
        "else_if_clause",
        "except_clause",
        "catch_clause",
        "finally_clause",
        "elsif",
        "else",
        "rescue",
        "ensure",
    }
)
"""Inside one of these, the statement that it is a part of does not count as one more block."""


def _without_pause() -> bool:
    return True


class SyntaxTree(Syntax):
    """`Syntax` of a text that was parsed."""

    __slots__ = ("_clean", "_doubt", "_grammar", "_mended", "_path", "_row", "_rules", "cost_ms", "tree")

    def __init__(self, text: Text, language: Language, grammar: Grammar, tree: Tree, cost_ms: float = 0.0) -> None:
        super().__init__(text, language)
        self.tree = tree
        """Tree-sitter's own. Whoever reads it stays within `codestral_lsp.document`."""
        self.cost_ms = cost_ms
        """What a reparse after a small edit is expected to take, in milliseconds."""
        self._grammar = grammar
        self._rules = TextRules(text, language, partial(code_from, tree, grammar))
        self._row = -1
        """The first line that was changed to make this text of another."""
        self._clean: SyntaxTree | None = None
        """The last tree without errors before this one, which has some."""
        # The answers for one place, which gets several questions in a row.
        self._path: tuple[tuple[int, int], list[Node]] | None = None
        self._doubt: tuple[Position, bool] | None = None
        self._mended: tuple[int, SyntaxTree | None] | None = None

    @staticmethod
    def of(text: Text, language: Language, pace: Pace = _without_pause) -> SyntaxTree | None:
        """Parse a text from nothing; None if the language has no grammar or `pace` said to stop."""
        if language.grammar is None:
            return None
        started = time.perf_counter()
        tree = parse(language.grammar, text, None, pace)
        spent_ms = 1000 * (time.perf_counter() - started)
        return None if tree is None else SyntaxTree(text, language, language.grammar, tree, spent_ms / _FIRST_TO_NEXT)

    def moved_to(self, text: Text, pace: Pace = _without_pause, changed: list[Hunk] | None = None) -> SyntaxTree | None:
        """The tree of another text, reparsed only where it differs (`changed`, if the caller knows). None if `pace`
        said to stop. This one stays as it is."""
        base = self
        changed = hunks(self.text.lines, text.lines) if changed is None else changed
        row = changed[0].first if changed else self._row
        if self._clean is not None:
            # Tree-sitter may hold on to an error after its cause is gone. So when another line is edited, or the cause
            # undone, we start from the last tree that had none.
            since = hunks(self._clean.text.lines, text.lines)
            if not since or (row != self._row and sum(hunk.new_stop - hunk.first for hunk in since) <= _CLEAN_LINES):
                base, changed = self._clean, since
        started = time.perf_counter()
        tree = parse(self._grammar, text, edited(base.tree, base.text, text, changed), pace)
        if tree is not None and tree.root_node.has_error and not base.tree.root_node.has_error:
            # A reparse may see an error where reading from nothing sees none (in Bash: a keyword becomes a name).
            tree = parse(self._grammar, text, None, pace) if len(text.lines) <= _SHORT_LINES else tree
        if tree is None:
            return None
        spent_ms = 1000 * (time.perf_counter() - started)
        moved = SyntaxTree(text, self.language, self._grammar, tree, 0.7 * self.cost_ms + 0.3 * spent_ms)
        moved._row = row
        if tree.root_node.has_error:
            moved._clean = self._clean or (None if self.tree.root_node.has_error else self)
        return moved

    @property
    def has_errors(self) -> bool:
        """Whether there is anything that does not parse."""
        return self.tree.root_node.has_error

    @property
    def last_clean(self) -> SyntaxTree | None:
        """The last tree without errors that this one goes back to, which may be itself."""
        return self._clean if self.has_errors else self

    @property
    def byte_length(self) -> int:
        """How long the text is in UTF-8."""
        return self.tree.root_node.end_byte

    def with_edit(self, span: Range, inserted: str) -> SyntaxTree:
        """The tree as it would be with `inserted` in place of `span`; this one stays as it is.

        Takes as long as a reparse after a keystroke does: about 1 ms in a file of 5,000 lines, in which nothing else
        runs. Where that may be too long there is `SyntaxKeeper.preview`.
        """
        moved = self.moved_to(self.text.replace(span, inserted)[0])
        assert moved is not None
        return moved

    def error_count(self, span: Range | None = None) -> int:
        """How many places do not parse, in the whole text or where they touch `span`: what is wrong or missing."""
        return sum(1 for _ in self._errors(span))

    def lexical(self, position: Position) -> Lexical:
        position = self.text.clamp(position)
        if self._is_in_doubt(position):
            return self._rules.lexical(position)
        path = self._path_before(position)
        for depth in range(len(path) - 1, 0, -1):
            node = path[depth]
            if node.type in self._grammar.interpolations and between(node, self.point(position)):
                return Lexical.CODE
            if node.type in self._grammar.comments:
                return self._in_comment(node, position)
            if is_string(self._grammar, node) and in_string(node, self.point(position)):
                return Lexical.DOCSTRING if self._is_docstring(path[: depth + 1]) else Lexical.STRING
        return Lexical.CODE

    def prose(self, position: Position) -> Range | None:
        path = self._path_to(self.point(position))
        for depth in range(len(path) - 1, 0, -1):
            node = path[depth]
            if node.type in self._grammar.comments or (
                is_string(self._grammar, node) and self._is_docstring(path[: depth + 1])
            ):
                return self.range_of(node)
        return None

    def open_bracket(self, position: Position) -> Position | None:
        position = self.text.clamp(position)
        if self._is_in_doubt(position):
            return self._rules.open_bracket(position)
        point = self.point(position)
        for node in reversed(self._path_before(position)):
            is_list = node.child_count > _MANY_CHILDREN
            children = [node.child(0), node.child(1), node.child(node.child_count - 1)] if is_list else node.children
            opener, depth = None, 0
            for child in children:
                if child is None or child.is_named:
                    continue
                if child.type[-1:] in "([{" and child.end_point <= point:
                    opener, depth = child, depth + 1
                elif child.type in (")", "]", "}") and child.end_point <= point:
                    depth -= 1
            if opener is not None and depth > 0:
                end = self._position(opener.end_point)
                return Position(end.line, end.column - 1)
        return None

    def opens_block(self, brace: Position) -> bool:
        path = self._path_to(self.point(brace))
        if len(path) < 2 or path[-2].is_error:
            return self._rules.opens_block(brace)
        return path[-2].type in self._grammar.bodies

    def scopes(self, position: Position) -> tuple[Scope, ...]:
        position = self.text.clamp(position)
        if not self._is_in_doubt(position):
            return tuple(self._scopes(position))
        # Without the line that is being typed the rest may well parse.
        mended = self._without_line(position.line)
        start = Position(position.line, min(position.column, indentation(self.text.line(position.line))))
        if mended is None or mended._is_in_doubt(start):
            return self._rules.scopes(position)
        return (*self._rules.scopes_opened_by_line(position), *mended._scopes(start))

    def _without_line(self, line: int) -> SyntaxTree | None:
        """The tree of the text without what is on a line; None if a reparse takes too long for that."""
        if self._mended is None or self._mended[0] != line:
            content = self.text.line(line)
            span = Range(Position(line, indentation(content)), Position(line, len(content)))
            is_short = self.cost_ms < 1000 * _MEND_S
            base, text = self._clean or self, self.text.replace(span, "")[0]
            mended = base.moved_to(text, deadline(_MEND_S)) if is_short else None
            self._mended = line, mended
        return self._mended[1]

    def _scopes(self, position: Position) -> Iterator[Scope]:
        line = self.text.line(position.line)
        depth, path = None, self._path_before(position)
        if self.language.indented and not line[: position.column].strip():
            # A block ends with its last statement; whether the next line is still in it, its indentation says.
            depth = position.column if not line.strip() else indentation(line)
            last = self.code_before(position)
            path = self._path_to(self.point(last)) if last is not None else []
        is_clause = False
        for at in range(len(path) - 1, -1, -1):
            node = path[at]
            kind = self.kind_of(node)
            if kind is not None and self._encloses(node, position, depth):
                if not (is_clause and kind is ScopeKind.BLOCK):
                    yield self.scope_of(kind, node, path[at - 1] if at else None)
                is_clause = node.type in _CLAUSES

    def kind_of(self, node: Node) -> ScopeKind | None:
        """What a node encloses as; None if it is no scope."""
        kind, grammar = node.type, self._grammar
        if kind in grammar.functions:
            return ScopeKind.FUNCTION
        if kind in grammar.classes:
            return ScopeKind.CLASS
        if kind in grammar.blocks:
            return ScopeKind.BLOCK
        return ScopeKind.NAMESPACE if kind in grammar.namespaces else None

    def _encloses(self, node: Node, position: Position, depth: int | None) -> bool:
        if depth is not None:
            return indentation(self.text.lines[node.start_point.row]) < depth
        if self.language.indented or node.has_error:
            return True
        end = self._position(node.end_point)
        return position < end or (position == end and not ends_itself(node))

    def scope_of(self, kind: ScopeKind, node: Node, parent: Node | None) -> Scope:
        """A node of that kind as a scope; `parent` may give it its name."""
        body = node.child_by_field_name("body") or node.child_by_field_name("consequence")
        if body is None:
            body = next((child for child in node.children if child.type in self._grammar.bodies), None)
        whole = self.range_of(node)
        if body is not None:
            head = Range(whole.start, self._position(body.start_point))
        else:
            end = Position(whole.start.line, len(self.text.line(whole.start.line)))
            head = Range(whole.start, min(end, whole.end))
        return Scope(kind, "" if kind is ScopeKind.BLOCK else self._name(node, parent), whole, head)

    def _name(self, node: Node, parent: Node | None) -> str:
        named = name_of(node, parent)
        if named is not None:
            return self.text.slice(self.range_of(named))
        # An implementation is named by the type that it is for, whatever the type's parameters.
        kind = node.child_by_field_name("type")
        return self.text.slice(self.range_of(kind)).partition("<")[0] if kind is not None else ""

    def _in_comment(self, node: Node, position: Position) -> Lexical:
        """What a position is whose character before belongs to a comment."""
        span = self.range_of(node)
        start = self.text.lines[span.start.line][span.start.column :]
        for opening, closing in self.language.block_comments:
            opening, closing = opening.lstrip(), closing.lstrip()
            if start.startswith(opening):
                is_closed = self.text.lines[span.end.line][: span.end.column].rstrip("\r\n").endswith(closing)
                inner_start = Position(span.start.line, span.start.column + len(opening))
                inner_end = Position(span.end.line, span.end.column - len(closing)) if is_closed else span.end
                return Lexical.BLOCK_COMMENT if inner_start <= position <= inner_end else Lexical.CODE
        marker = next((marker for marker in self.language.line_comments if start.startswith(marker)), "#!")
        is_behind = position >= Position(span.start.line, span.start.column + len(marker))
        # Some grammars take the line end in.
        is_over = position.line > span.start.line and position.column == 0 and position == span.end
        return Lexical.LINE_COMMENT if is_behind and not is_over else Lexical.CODE

    def _is_docstring(self, path: list[Node]) -> bool:
        """Whether the string at the end of a path is the first statement of its block."""
        if not self.language.docstrings or len(path) < 3:
            return False
        owner, statement = path[-3], path[-2]
        if statement.type != "expression_statement" or statement.child_count != 1:
            return False
        if len(path) > 3 and owner.type not in self._grammar.bodies:
            return False
        for at in range(owner.named_child_count):
            first = owner.named_child(at)
            if first is None or first.type not in self._grammar.comments:
                return first == statement
        return False

    def _is_in_doubt(self, position: Position) -> bool:
        """Whether an error around or not far from the position may have led the tree astray there."""
        if not self.tree.root_node.has_error:
            return False
        if self._doubt is None or self._doubt[0] != position:
            above = Position(max(0, position.line - _DOUBT_LINES), 0)
            self._doubt = position, any(error.start <= position for error in self._errors(Range(above, position)))
        return self._doubt[1]

    def _errors(self, span: Range | None) -> Iterator[Range]:
        root = self.tree.root_node
        if not root.has_error:
            return
        start, end = (self.point(span.start), self.point(span.end)) if span else ((0, 0), root.end_point)
        before_start = (start[0], max(0, start[1] - 1))
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.is_error or node.is_missing:
                yield self.range_of(node)
            cursor = node.walk()
            if cursor.goto_first_child_for_point(before_start) is None:
                continue
            while (child := cursor.node) is not None and child.start_point <= end:
                if child.has_error:
                    waiting.append(child)
                if not cursor.goto_next_sibling():
                    break

    def _path_before(self, position: Position) -> list[Node]:
        """The nodes that hold the character before a position, from the root down."""
        line, column = position.line, position.column
        if column:
            return self._path_to((line, byte_column(self.text.lines[line], column - 1)))
        if line:
            return self._path_to(self.point(Position(line - 1, len(self.text.lines[line - 1]) - 1)))
        return [self.tree.root_node]

    def _path_to(self, point: tuple[int, int]) -> list[Node]:
        if self._path is None or self._path[0] != point:
            self._path = point, path_to(self.tree, point)
        return self._path[1]

    def point(self, position: Position) -> tuple[int, int]:
        """A position as tree-sitter counts: row, and column in bytes."""
        return position.line, byte_column(self.text.lines[position.line], position.column)

    def _position(self, point: tuple[int, int]) -> Position:
        row, column = point
        # Grammars that take a LF for a token cut a CR LF in two.
        return self.text.clamp(Position(row, column_of(self.text.lines[row], column)))

    def range_of(self, node: Node) -> Range:
        """From a node's first character to behind its last. (`Node.text` may never return.)"""
        return Range(self._position(node.start_point), self._position(node.end_point))
