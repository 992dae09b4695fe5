"""Syntax from a parse: what the tree says, and what the text says where the tree is in pieces.

While somebody types, the code at the cursor seldom parses: a quote without its partner makes nonsense of the lines
after it. So near an error the questions go to `TextRules`, which know nothing of what follows the cursor.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codestral_lsp.document.language import Grammar, Language, ScopeKind
from codestral_lsp.document.parsing import Hunk, Pace, byte_column, column_of, edited, hunks, parse
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.rules import TextRules
from codestral_lsp.document.syntax import Lexical, Scope, Syntax, indentation
from codestral_lsp.document.text import Text

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_DOUBT_LINES = 40
"""An error so many lines above a place may be what it is about."""

_SIBLINGS = 400
"""How many tokens of one node are looked at for an open bracket."""

_FIRST_TO_NEXT = 20.0
"""A first parse takes about so many times as long as a reparse after a keystroke."""

_CLAUSES = frozenset(
    {
        "elif_clause",
        "else_clause",
        "else_if_clause",
        "except_clause",
        "except_group_clause",
        "catch_clause",
        "finally_clause",
        "elsif",
        "else",
        "rescue",
        "ensure",
    }
)
"""Inside one of these, the statement that it is a part of does not count as one more block."""

_PARTNERS = {")": "(", "]": "[", "}": "{"}


def _without_pause() -> bool:
    return True


class SyntaxTree(Syntax):
    """`Syntax` of a text that was parsed."""

    __slots__ = ("_grammar", "_rules", "cost_ms", "tree")

    def __init__(self, text: Text, language: Language, grammar: Grammar, tree: Tree, cost_ms: float = 0.0) -> None:
        super().__init__(text, language)
        self.tree = tree
        """Tree-sitter's own. Whoever reads it stays within `codestral_lsp.document`."""
        self.cost_ms = cost_ms
        """What a reparse after a small edit is expected to take, in milliseconds."""
        self._grammar = grammar
        self._rules = TextRules(text, language)

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
        changed = hunks(self.text.lines, text.lines) if changed is None else changed
        started = time.perf_counter()
        tree = parse(self._grammar, text, edited(self.tree, self.text, text, changed), pace)
        if tree is None:
            return None
        spent_ms = 1000 * (time.perf_counter() - started)
        return SyntaxTree(text, self.language, self._grammar, tree, 0.7 * self.cost_ms + 0.3 * spent_ms)

    @property
    def byte_length(self) -> int:
        """How long the text is in UTF-8."""
        return self.tree.root_node.end_byte

    def with_edit(self, span: Range, inserted: str) -> SyntaxTree:
        """The tree as it would be with `inserted` in place of `span`; this one stays as it is.

        Takes as long as a reparse after a keystroke does: about 1 ms in a file of 5,000 lines, in which nothing else
        runs. For big files there is `SyntaxKeeper.preview`.
        """
        moved = self.moved_to(self.text.replace(span, inserted)[0])
        assert moved is not None
        return moved

    def with_insertion(self, position: Position, inserted: str) -> SyntaxTree:
        """The tree as it would be with `inserted` at `position`."""
        return self.with_edit(Range(position, position), inserted)

    def error_count(self, span: Range | None = None) -> int:
        """How many places do not parse, in the whole text or where they touch `span`: what is wrong or missing."""
        return sum(1 for _ in self._errors(span))

    def lexical(self, position: Position) -> Lexical:
        position = self.text.clamp(position)
        if self._is_in_doubt(position):
            return self._rules.lexical(position)
        node = self._node_before(position)
        while node is not None:
            kind = node.type
            if kind in self._grammar.interpolations and self._is_between(node, position):
                return Lexical.CODE
            if kind in self._grammar.comments:
                found = self._comment(node, position)
                if found is not Lexical.CODE:
                    return found
            elif kind in self._grammar.strings and self._is_in_string(node, position):
                return Lexical.DOCSTRING if self._is_docstring(node) else Lexical.STRING
            node = node.parent
        return Lexical.CODE

    def prose(self, position: Position) -> Range | None:
        point = self._point(position)
        node = self.tree.root_node.descendant_for_point_range(point, (point[0], point[1] + 1))
        while node is not None:
            if node.type in self._grammar.comments or (node.type in self._grammar.strings and self._is_docstring(node)):
                return self._range(node)
            node = node.parent
        return None

    def open_bracket(self, position: Position) -> Position | None:
        position = self.text.clamp(position)
        if self._is_in_doubt(position):
            return self._rules.open_bracket(position)
        point = self._point(position)
        node = self._node_before(position)
        while node is not None:
            depth = 0
            children = [child for child in node.children[-_SIBLINGS:] if child.end_point <= point]
            for child in reversed(children):
                kind = child.type
                if kind in _PARTNERS:
                    depth += 1
                elif kind[-1:] in "([{" and child.child_count == 0 and not child.is_named:
                    depth -= 1
                    if depth < 0:
                        end = self._position(child.end_point)
                        return Position(end.line, end.column - 1)
            node = node.parent
        return None

    def opens_block(self, brace: Position) -> bool:
        point = self._point(brace)
        node = self.tree.root_node.descendant_for_point_range(point, (point[0], point[1] + 1))
        parent = node.parent if node is not None else None
        if parent is None or parent.is_error:
            return self._rules.opens_block(brace)
        return parent.type in self._grammar.bodies

    def scopes(self, position: Position) -> tuple[Scope, ...]:
        position = self.text.clamp(position)
        if self._is_in_doubt(position):
            return self._rules.scopes(position)
        return tuple(self._scopes(position))

    def _scopes(self, position: Position) -> Iterator[Scope]:
        line = self.text.line(position.line)
        depth, node = len(line), self._node_before(position)
        if self.language.indented and not line[: position.column].strip():
            # A block ends with its last statement; whether the next line is still in it, its indentation says.
            depth = position.column if not line.strip() else indentation(line)
            last = self.code_before(position)
            node = self._node_before(Position(last.line, last.column + 1)) if last is not None else None
        is_clause = False
        while node is not None:
            kind = self._kind(node)
            if kind is not None and self._encloses(node, position, depth):
                if not (is_clause and kind is ScopeKind.BLOCK):
                    yield self._scope(kind, node)
                is_clause = node.type in _CLAUSES
            node = node.parent

    def _kind(self, node: Node) -> ScopeKind | None:
        kind, grammar = node.type, self._grammar
        if kind in grammar.functions:
            return ScopeKind.FUNCTION
        if kind in grammar.classes:
            return ScopeKind.CLASS
        if kind in grammar.blocks:
            return ScopeKind.BLOCK
        return ScopeKind.NAMESPACE if kind in grammar.namespaces else None

    def _encloses(self, node: Node, position: Position, depth: int) -> bool:
        if self.language.indented:
            first = self.text.lines[node.start_point.row]
            if not self.text.line(position.line)[: position.column].strip():
                return indentation(first) < depth
            return True
        # Right behind a closing brace is outside.
        end = self._position(node.end_point)
        return position < end or node.has_error

    def _scope(self, kind: ScopeKind, node: Node) -> Scope:
        body = node.child_by_field_name("body") or node.child_by_field_name("consequence")
        if body is None:
            body = next((child for child in node.children if child.type in self._grammar.bodies), None)
        whole = self._range(node)
        if body is not None:
            head = Range(whole.start, self._position(body.start_point))
        else:
            end = Position(whole.start.line, len(self.text.line(whole.start.line)))
            head = Range(whole.start, min(end, whole.end))
        name = "" if kind is ScopeKind.BLOCK else self._name(node)
        return Scope(kind, name, whole, head)

    def _name(self, node: Node) -> str:
        named = node.child_by_field_name("name") or self._declared(node) or self._assigned(node)
        if named is not None:
            return self.text.slice(self._range(named))
        # An implementation is named by the type that it is for, whatever the type's parameters.
        kind = node.child_by_field_name("type")
        return self.text.slice(self._range(kind)).partition("<")[0] if kind is not None else ""

    @staticmethod
    def _declared(node: Node) -> Node | None:
        """The name in a declarator of C, however wrapped: `*(*f(int))[3]`."""
        declarator = node.child_by_field_name("declarator")
        inner = declarator
        while inner is not None:
            declarator, inner = inner, inner.child_by_field_name("declarator")
        return declarator if declarator is not None and "function" not in declarator.type else None

    @staticmethod
    def _assigned(node: Node) -> Node | None:
        """What a function or type without a name of its own is assigned to."""
        parent = node.parent
        if parent is None:
            return None
        fields = ("name", "left", "key", "declarator", "property")
        candidates = (parent.child_by_field_name(field) for field in fields)
        return next((found for found in candidates if found is not None and found.end_byte <= node.start_byte), None)

    def _comment(self, node: Node, position: Position) -> Lexical:
        span = self._range(node)
        start = self.text.lines[span.start.line][span.start.column :]
        for marker in self.language.line_comments:
            if start.startswith(marker):
                inside = span.start.column + len(marker) <= position.column or position.line > span.start.line
                # Some grammars count the line end in.
                reaches = position.line == span.start.line or (position <= span.end and span.end.column > 0)
                return Lexical.LINE_COMMENT if inside and reaches else Lexical.CODE
        for opening, closing in self.language.block_comments:
            opening, closing = opening.lstrip(), closing.lstrip()
            if not start.startswith(opening):
                continue
            closed = self.text.lines[span.end.line][: span.end.column].rstrip("\r\n").endswith(closing)
            inner_start = Position(span.start.line, span.start.column + len(opening))
            inner_end = Position(span.end.line, max(0, span.end.column - len(closing))) if closed else span.end
            return Lexical.BLOCK_COMMENT if inner_start <= position <= inner_end else Lexical.CODE
        return Lexical.LINE_COMMENT if position <= span.end else Lexical.CODE

    def _is_between(self, node: Node, position: Position) -> bool:
        """Whether the position is behind the first token of a node and before its last."""
        if node.child_count < 2:
            return node.start_point < self._point(position) <= node.end_point
        point = self._point(position)
        return node.children[0].end_point <= point <= node.children[-1].start_point

    def _is_in_string(self, node: Node, position: Position) -> bool:
        point = self._point(position)
        if node.child_count >= 2:
            first, last = node.children[0], node.children[-1]
            start = first.end_point if not first.is_named or "start" in first.type else node.start_point
            is_closed = (
                not last.is_missing and (not last.is_named or "end" in last.type) and last.end_point > last.start_point
            )
            return start <= point and (point <= last.start_point if is_closed else point <= node.end_point)
        return node.start_point < point < node.end_point

    def _is_docstring(self, node: Node) -> bool:
        if not self.language.docstrings:
            return False
        statement = node.parent
        if statement is None or statement.type != "expression_statement" or statement.child_count != 1:
            return False
        before = statement.prev_named_sibling
        while before is not None and before.type in self._grammar.comments:
            before = before.prev_named_sibling
        owner = statement.parent
        return before is None and owner is not None and (owner.parent is None or owner.type in self._grammar.bodies)

    def _is_in_doubt(self, position: Position) -> bool:
        """Whether an error around or not far above the position may have led the tree astray there."""
        if not self.tree.root_node.has_error:
            return False
        above = Position(max(0, position.line - _DOUBT_LINES), 0)
        return any(error.start <= position for error in self._errors(Range(above, position)))

    def _errors(self, span: Range | None) -> Iterator[Range]:
        root = self.tree.root_node
        if not root.has_error:
            return
        start, end = (self._point(span.start), self._point(span.end)) if span else ((0, 0), root.end_point)
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.is_error or node.is_missing:
                yield self._range(node)
            cursor = node.walk()
            if cursor.goto_first_child_for_point(start) is None:
                continue
            while True:
                child = cursor.node
                if child is None or child.start_point > end:
                    break
                if child.has_error:
                    waiting.append(child)
                if not cursor.goto_next_sibling():
                    break

    def _node_before(self, position: Position) -> Node | None:
        """The smallest node that holds the character before the position."""
        line, column = position.line, position.column
        if column == 0:
            if line == 0:
                return self.tree.root_node
            line, column = line - 1, len(self.text.lines[line - 1])
        row = self.text.lines[line]
        return self.tree.root_node.descendant_for_point_range(
            (line, byte_column(row, column - 1)), self._point(position)
        )

    def _point(self, position: Position) -> tuple[int, int]:
        return position.line, byte_column(self.text.lines[position.line], position.column)

    def _position(self, point: tuple[int, int]) -> Position:
        row, column = point
        return Position(row, column_of(self.text.lines[row], column))

    def _range(self, node: Node) -> Range:
        return Range(self._position(node.start_point), self._position(node.end_point))
