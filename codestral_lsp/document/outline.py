"""What a file defines, and what a part of it does: calls, branches, errors raised. From its tree, without a model.

A walk over a whole file takes milliseconds for each thousand lines: keep it off the event loop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.syntax import Scope
from codestral_lsp.document.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node

_CALLS = frozenset(
    {
        "call",
        "call_expression",
        "new_expression",
        "method_invocation",
        "object_creation_expression",
        "macro_invocation",
        "invocation_expression",
        "function_call_expression",
        "member_call_expression",
        "scoped_call_expression",
        "command",
    }
)
_CALLEES = ("function", "constructor", "macro", "name", "method", "type")
"""The fields of a call that hold what is called."""
_RAISES = frozenset({"raise_statement", "throw_statement", "throw_expression"})
_RAISING = re.compile(r"(?:panic|unreachable|bail|raise|abort)!?$")
"""What is called to raise an error where no statement does."""
_CHOICES = re.compile(
    r"(?:if|else_if|while|for|for_in|for_range|foreach|enhanced_for|do|loop|switch|expression_switch|type_switch|select"
    r"|match|unless|until|conditional)_(?:statement|expression)"
    r"|(?:elif|else_if|except|catch|case)_clause|(?:expression|type|communication)_case|match_arm|switch_rule"
    r"|if|elsif|unless|while|until|rescue|when"
)
_NAME = re.compile(r"[^\W\d]\w*")
_LONGEST = 100
"""Characters of a line that are quoted."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A line and what stands there."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a part of a file does, each in the order of the text."""

    calls: tuple[str, ...] = ()
    """What is called, as it is written there (`self.store.get`), each once."""
    names: tuple[str, ...] = ()
    """All identifiers, each once."""
    branches: tuple[Quoted, ...] = ()
    raises: tuple[Quoted, ...] = ()


def definitions(tree: SyntaxTree) -> tuple[Scope, ...]:
    """The named functions, classes and namespaces of a file, outer ones first."""
    return tuple(_definitions(tree, tree.tree.root_node, None))


def _definitions(tree: SyntaxTree, node: Node, parent: Node | None) -> Iterator[Scope]:
    waiting = [(node, parent)]
    while waiting:
        node, parent = waiting.pop()
        kind = tree.kind_of(node)
        if kind is not None and kind is not ScopeKind.BLOCK and (scope := tree.scope_of(kind, node, parent)).name:
            yield scope
        waiting.extend((child, node) for child in reversed(node.named_children))


def contents(tree: SyntaxTree, first: int, stop: int) -> Contents:
    """What the lines from `first` up to `stop` do."""
    calls: dict[str, None] = {}
    names: dict[str, None] = {}
    branches: dict[int, Quoted] = {}
    raises: dict[int, Quoted] = {}
    waiting = [tree.tree.root_node]
    while waiting:
        node = waiting.pop()
        row = node.start_point.row
        if row >= stop or node.end_point.row < first:
            continue
        if row >= first:
            kind = node.type
            if kind in _CALLS and (callee := _callee(tree, node)):
                calls.setdefault(callee)
                if _RAISING.search(callee):
                    raises.setdefault(row, _quoted(tree, row))
            elif kind in _RAISES:
                raises.setdefault(row, _quoted(tree, row))
            elif _CHOICES.fullmatch(kind):
                branches.setdefault(row, _quoted(tree, row))
            elif not node.named_child_count and kind.endswith("identifier"):
                names.setdefault(tree.text.slice(tree.range_of(node)))
        waiting.extend(reversed(node.named_children))
    return Contents(tuple(calls), tuple(names), tuple(branches.values()), tuple(raises.values()))


def last_name(callee: str) -> str:
    """The name of what is called: `get` of `self.store.get`."""
    found: list[str] = _NAME.findall(callee)
    return found[-1] if found else ""


def _callee(tree: SyntaxTree, node: Node) -> str:
    for field in _CALLEES:
        callee = node.child_by_field_name(field)
        if callee is None:
            continue
        span = tree.range_of(callee)
        text = tree.text.slice(span)
        if field == "name" and (owner := node.child_by_field_name("object")) is not None:
            text = f"{tree.text.slice(tree.range_of(owner))}.{text}"
        # What is called on the result of another call is named by its last part.
        return text if re.fullmatch(r"[\w.:$>!?-]{1,80}", text) else last_name(text)
    return ""


def _quoted(tree: SyntaxTree, row: int) -> Quoted:
    return Quoted(row, tree.text.line(row).strip()[:_LONGEST])
