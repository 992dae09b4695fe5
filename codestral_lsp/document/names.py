"""Names that the code behind a hole reads and nothing else gives a value: what fills the hole has to.

Guessed from looks alone, in any language whose grammar calls its identifiers so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node

_LINES = 60
"""How far below the hole names are looked for."""

_MOST_LINES = 3000
"""In a longer file no name counts as missing: looking for it everywhere would hold others up."""

_PROSE_TRIES = 10
"""So many places of a name are looked at for one in code."""

_IDENTIFIERS = frozenset({"identifier", "simple_identifier", "variable_name"})
_TARGETS = frozenset({"left", "name", "pattern", "alias", "declarator", "parameters"})
"""Fields whose identifiers get a value ..."""
_BINDERS = re.compile(r"(?<!augmented_)assignment|declarat|definition|import|let_|for_|lambda|parameter|as_pattern")
"""... in nodes of these kinds ..."""
_READERS = re.compile(r"subscript|index|call|member|attribute|selector|field_expression")
"""... but not inside these."""
_NAMED_ARGUMENT = re.compile(r"keyword_argument|named_argument|labeled_argument")


class _Use(NamedTuple):
    name: str
    row: int
    binds: bool


def missing_names(tree: SyntaxTree, position: Position) -> frozenset[str]:
    """Names that are read after `position` in its function and stand nowhere else in the code of the file.

    Names that are called, that are members of something, that begin like a type or that the language itself gives
    do not count.
    """
    if len(tree.text.lines) > _MOST_LINES:
        return frozenset()
    region = _behind(tree, position)
    first: dict[str, int] = {}
    bound: dict[str, int] = {}
    for name, row, binds in _uses(tree, region):
        rows = bound if binds else first
        rows[name] = min(row, rows.get(name, row))
    # What a line gives a value itself (a loop, a comprehension) it does not want from elsewhere.
    wanted = (name for name, row in first.items() if bound.get(name, row + 1) > row)
    return frozenset(name for name in wanted if not _stands_elsewhere(tree, name, region))


def _behind(tree: SyntaxTree, position: Position) -> Range:
    """From the position to the end of its function, as far as names are looked for."""
    last = min(len(tree.text.lines) - 1, position.line + _LINES)
    end = Position(last, len(tree.text.lines[last]))
    for scope in tree.scopes(position):
        if scope.kind is ScopeKind.FUNCTION:
            end = min(end, scope.range.end)
            break
    return Range(position, max(position, end))


def _uses(tree: SyntaxTree, region: Range) -> Iterator[_Use]:
    start, end = tree.point(region.start), tree.point(region.end)
    waiting = [(tree.tree.root_node, False)]
    while waiting:
        node, binds = waiting.pop()
        binder, reader = bool(_BINDERS.search(node.type)), bool(_READERS.search(node.type))
        cursor = node.walk()
        if not cursor.goto_first_child():
            continue
        while (child := cursor.node) is not None and child.start_point <= end:
            target = (binds and not reader) or (binder and cursor.field_name in _TARGETS)
            if child.end_point > start:
                if child.type in _IDENTIFIERS and child.start_point >= start:
                    name = tree.text.slice(tree.range_of(child))
                    if _counts(tree, child, node, name):
                        yield _Use(name, child.start_point.row, target)
                elif child.child_count:
                    waiting.append((child, target))
            if not cursor.goto_next_sibling():
                break


def _counts(tree: SyntaxTree, node: Node, parent: Node, name: str) -> bool:
    if name in tree.language.builtins or not (name[:1].islower() or name[:1] in "_$"):
        return False
    if _NAMED_ARGUMENT.search(parent.type) and parent.named_child(0) == node:
        return False
    line = tree.text.lines[node.start_point.row].encode("utf-8", "surrogatepass")
    before, after = line[: node.start_point.column].rstrip(), line[node.end_point.column :].lstrip()
    return not before.endswith((b".", b"->", b"::")) and not after.startswith(b"(")


def _stands_elsewhere(tree: SyntaxTree, name: str, region: Range) -> bool:
    """Whether a name is a word of the code before a region or behind it: of what is near, or often of comments."""
    word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
    lines, first, last = tree.text.lines, region.start.line, region.end.line
    tries = 0
    for number in chain(range(first, -1, -1), range(last + 1, len(lines))):
        if name not in lines[number]:
            continue
        line = lines[number] if number != first else lines[number][: region.start.column]
        for found in word.finditer(line):
            tries += 1
            if tries > _PROSE_TRIES or not tree.lexical(Position(number, found.end())).prose:
                return True
    return False


def unread_names(tree: SyntaxTree, row: int) -> bool:
    """Whether the line there gives names to values, and none of them is read in the lines below it."""
    start = Position(row, 0)
    last = min(len(tree.text.lines) - 1, row + _LINES)
    uses = list(_uses(tree, Range(start, Position(last, len(tree.text.lines[last])))))
    given = {name for name, at, binds in uses if at == row and binds}
    return bool(given) and not any(name in given and at > row and not binds for name, at, binds in uses)
