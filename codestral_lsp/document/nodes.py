"""What tree-sitter's nodes tell by themselves, without the text. Points are a row, and a column in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestral_lsp.document.language import Grammar

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_ENDS = frozenset({")", "]", "}", ";", ";;", "end", "fi", "done", "esac"})
"""A scope whose last token is one of these is over right behind it."""

_NAMED_BY = ("name", "left", "key", "declarator", "property")
"""The fields of a statement that give a name to the function or type behind them."""


def path_to(tree: Tree, point: tuple[int, int]) -> list[Node]:
    """The nodes that hold the character at a point, from the root down. (`Node.parent` searches from the root.)"""
    cursor = tree.walk()
    path = [tree.root_node]
    while cursor.goto_first_child_for_point(point) is not None:
        node = cursor.node
        if node is None or node.start_point > point:
            break
        path.append(node)
    return path


def is_string(grammar: Grammar, node: Node) -> bool:
    """Whether a node is a string, and not one of the marks that a grammar calls so."""
    return node.type in grammar.strings and node.is_named


def code_from(tree: Tree, grammar: Grammar, line: int) -> int:
    """The first line from `line` on that does not start in a string or comment."""
    for node in path_to(tree, (line, 0))[1:]:
        is_prose = is_string(grammar, node) or node.type in grammar.comments
        if is_prose and node.start_point < (line, 0):
            return node.end_point.row + 1
    return line


def _declared(node: Node) -> Node | None:
    """The name in a declarator of C, however wrapped: `*(*f(int))[3]`."""
    declarator = node.child_by_field_name("declarator")
    inner = declarator
    while inner is not None:
        declarator = inner
        inner = declarator.child_by_field_name("declarator") or next(
            (child for child in declarator.named_children if child.type.endswith("declarator")), None
        )
    return declarator if declarator is not None and "function" not in declarator.type else None


def _assigned(node: Node, parent: Node | None) -> Node | None:
    """What a function or type without a name of its own is assigned to."""
    if parent is None:
        return None
    candidates = (parent.child_by_field_name(field) for field in _NAMED_BY)
    return next((found for found in candidates if found is not None and found.end_byte <= node.start_byte), None)


def between(node: Node, point: tuple[int, int]) -> bool:
    """Whether a point is behind the first token of a node and before its last."""
    if node.child_count < 2:
        return node.start_point < point <= node.end_point
    return node.children[0].end_point <= point <= node.children[-1].start_point


def in_string(node: Node, point: tuple[int, int]) -> bool:
    """Whether a point is between the quotation marks of a string."""
    if node.child_count < 2:
        return node.start_point < point < node.end_point
    first, last = node.children[0], node.children[-1]
    start = first.end_point if not first.is_named or "start" in first.type else node.start_point
    is_closed = not last.is_missing and (not last.is_named or "end" in last.type)
    end = last.start_point if is_closed and last.end_point > last.start_point else node.end_point
    return start <= point <= end


def ends_itself(node: Node) -> bool:
    """Whether a node ends with a word or mark of its own, right behind which one is outside."""
    while node.child_count:
        node = node.children[-1]
    return not node.is_named and node.type in _ENDS


def name_of(node: Node, parent: Node | None) -> Node | None:
    """Where a function or type is named: by a field of its own, in its declarator, or by what it is assigned to."""
    return node.child_by_field_name("name") or _declared(node) or _assigned(node, parent)
