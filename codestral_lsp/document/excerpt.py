"""Whether a big file still parses after a change, told from an excerpt of it.

A reparse of a file of 5,000 lines takes a millisecond or more, however small the change: tree-sitter goes through all
the statements of the file once more. But what a change can break, it breaks between the statement before it and the
one behind it. So only those are parsed, inside the headers and brackets of all that is around them. If there are no
errors between the two, and the statement behind is still what it was in the same place of the tree, then the parser
has come to it in the state in which it came to it before, and goes on as before.

An excerpt can only say that all is well. Where it does not, the whole file has to be looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from codestral_lsp.document.language import Grammar
from codestral_lsp.document.parsing import Pace, column_of, hunks, parse, size
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_BYTES = 8_000
"""A longer excerpt is no gain: so much is parsed from nothing in a millisecond."""

_SMALL_BYTES = 400
"""A node that is not longer is kept as it is ..."""

_DEEPEST = 100
"""... and one that is in so many others."""

_MANY_ROWS = 6
"""A node with children on so many lines is a list, whatever its kind is called."""


class _Gap(NamedTuple):
    """What is left out: some nodes of a list. In points, as tree-sitter counts them, and in bytes."""

    start: tuple[int, int]
    end: tuple[int, int]
    start_byte: int
    end_byte: int


class _Next(NamedTuple):
    """The node behind the change: the kinds of the nodes around it, from the root to its own, and its bytes."""

    kinds: tuple[str, ...]
    start_byte: int
    end_byte: int


def breaks_nothing(tree: SyntaxTree, before: Text, after: Text, pace: Pace) -> bool:
    """Whether no more of a file is wrong `after` a change than `before`; `tree` is of a text that differs little from
    both. False where an excerpt cannot tell, or `pace` said to stop."""
    lines, grammar = tree.text.lines, tree.language.grammar
    changed = hunks(lines, before.lines) + hunks(lines, after.lines)
    if not changed or grammar is None:
        return not changed
    first, stop = min(hunk.first for hunk in changed), max(hunk.old_stop for hunk in changed)
    if sum(map(len, lines[max(0, first - 1) : stop])) > MAX_BYTES:
        return False
    excerpt = _Excerpt(tree, grammar, first, stop)
    if not excerpt.fits(after, pace):
        return False
    # What is wrong elsewhere still is; but something open may have hidden it before.
    return not tree.has_errors or tree.text is before or excerpt.hides_nothing(before, pace)


class _Excerpt:
    """What of a file has to be parsed to see what a change of its lines `first` up to `stop` does to it."""

    def __init__(self, tree: SyntaxTree, grammar: Grammar, first: int, stop: int) -> None:
        self._tree = tree
        self._grammar = grammar
        self._first = first
        self._stop = stop
        self._gaps: list[_Gap] = []
        self._start_byte = 0
        """Where the node before the change ends."""
        self._next: list[_Next] = []
        """What is behind the change, in the outermost list first."""
        self._around(tree.tree.root_node, ())
        self._gaps.sort(key=lambda gap: gap.start_byte)

    def fits(self, text: Text, pace: Pace) -> bool:
        """Whether there are no errors near the change in `text`, in which only those lines are others, and the change
        reaches no further. False too if there is more to read than pays."""
        root = self._parsed(text, pace)
        if root is None or (self._next and not self._stands(root, self._next[-1], text)):
            return False
        start = self._start_byte - self._left_out(self._start_byte)
        return not _errs(root, start, self._moved(self._next[-1].start_byte, text) if self._next else root.end_byte)

    def hides_nothing(self, text: Text, pace: Pace) -> bool:
        """Whether what is wrong elsewhere in the tree is as wrong with `text`, whatever is wrong near the change."""
        root = self._parsed(text, pace)
        if root is None:
            return False
        for following in reversed(self._next):
            if _errs(self._tree.tree.root_node, self._next[-1].start_byte, following.start_byte):
                return False
            if self._stands(root, following, text):
                return True
        return False

    def _parsed(self, text: Text, pace: Pace) -> Node | None:
        if self._moved(self._tree.byte_length, text) > MAX_BYTES:
            return None
        parsed = parse(self._grammar, Text(self._lines(text.lines)), None, pace)
        return parsed.root_node if parsed is not None else None

    def _moved(self, byte: int, text: Text) -> int:
        """Where a place behind the change is in the excerpt of `text`."""
        lines, moved = self._tree.text.lines, len(text.lines) - len(self._tree.text.lines)
        old, new = lines[self._first : self._stop], text.lines[self._first : self._stop + moved]
        return byte + sum(map(size, new)) - sum(map(size, old)) - self._left_out(byte)

    def _stands(self, root: Node, following: _Next, text: Text) -> bool:
        """Whether a node is in the same place of the excerpt's tree."""
        start, end = self._moved(following.start_byte, text), self._moved(following.end_byte, text)
        node = root
        for kind in following.kinds[1:]:
            inner = next((child for child in node.children if child.end_byte > start), None)
            if inner is None or inner.type != kind:
                return False
            node = inner
        return (node.start_byte, node.end_byte) == (start, end)

    def _around(self, node: Node, kinds: tuple[str, ...]) -> None:
        """Leave out what is not needed of a node that the change touches; `kinds` are those of the nodes around it."""
        kinds += (node.type,)
        children = node.children
        if not children or len(kinds) > _DEEPEST:
            return
        # What stands before the change ends in the line before it, and may go on there.
        first = bisect_left(children, self._first - 1, key=lambda child: child.end_point.row)
        stop = max(first, bisect_left(children, self._stop, key=lambda child: child.start_point.row))
        if self._is_list(node, children):
            self._keep_neighbours(children, first, stop, kinds)
        else:
            for child in children[:first] + children[stop:]:
                self._shorten(child)
        for child in children[first:stop]:
            self._around(child, kinds)

    def _keep_neighbours(self, children: list[Node], first: int, stop: int, kinds: tuple[str, ...]) -> None:
        """Of a list: leave out all but what is next to those from `first` up to `stop`, and what brackets the list."""
        behind = next((at for at in range(stop, len(children)) if _counts(children[at], at, children)), None)
        if behind is not None:
            child = children[behind]
            self._next.append(_Next((*kinds, child.type), child.start_byte, child.end_byte))
            self._shorten(child)
            self._leave_out_end(children, behind + 1)
        before = next((at for at in range(first - 1, -1, -1) if _counts(children[at], at, children)), None)
        if before is not None:
            self._start_byte = children[before].end_byte
            self._shorten_before(children[before])
            self._leave_out_start(children, before)

    def _shorten(self, node: Node) -> None:
        """Leave out what is not needed of a node that the change does not touch: all but the start of a list."""
        waiting = [node]
        while waiting:
            node = waiting.pop()
            if _is_long(node):
                children = node.children
                if self._is_list(node, children):
                    kept = _head(children) + 1
                    self._leave_out_end(children, kept)
                    children = children[:kept]
                waiting += children

    def _shorten_before(self, node: Node) -> None:
        """The same for a node before the change; its end stays, for it may go on there (`else`)."""
        while _is_long(node):
            children = node.children
            last = next((at for at in range(len(children) - 1, -1, -1) if not children[at].is_extra), None)
            if last is None:
                return
            if not self._is_list(node, children):
                for child in children[:last]:
                    self._shorten(child)
            elif children[last].is_named:
                self._leave_out_start(children, last)
            else:
                self._shorten(node)
                return
            node = children[last]

    def _leave_out_start(self, children: list[Node], stop: int) -> None:
        """Leave out a list up to one of its nodes, but what it starts with."""
        start = _head(children)
        if start < stop:
            first, end = children[start], children[stop]
            self._gaps.append(_Gap(first.start_point, end.start_point, first.start_byte, end.start_byte))

    def _leave_out_end(self, children: list[Node], start: int) -> None:
        """Leave out a list from one of its nodes on, but what it ends with."""
        if start >= len(children):
            return
        first, last = children[start], children[-1]
        if last.is_named and _is_long(last):
            before = children[start - 1]
            self._gaps.append(_Gap(before.end_point, last.end_point, before.end_byte, last.end_byte))
        else:
            self._gaps.append(_Gap(first.start_point, last.start_point, first.start_byte, last.start_byte))

    def _left_out(self, before_byte: int) -> int:
        """How many bytes before another are left out."""
        return sum(gap.end_byte - gap.start_byte for gap in self._gaps if gap.end_byte <= before_byte)

    def _is_list(self, node: Node, children: list[Node]) -> bool:
        if node.type in self._grammar.bodies or node.id == self._tree.tree.root_node.id:
            return True
        return len({child.start_point.row for child in children if child.is_named}) >= _MANY_ROWS

    def _lines(self, lines: list[str]) -> list[str]:
        """The lines of a whole text without the gaps."""
        moved = len(lines) - len(self._tree.text.lines)
        kept: list[str] = []
        begun, row, column = "", 0, 0
        for gap in self._gaps:
            start_row, start = self._place(lines, gap.start, moved)
            if start_row == row:
                begun += lines[row][column:start]
            else:
                kept += [begun + lines[row][column:], *lines[row + 1 : start_row]]
                begun = lines[start_row][:start]
            row, column = self._place(lines, gap.end, moved)
        return [*kept, begun + lines[row][column:], *lines[row + 1 :]]

    def _place(self, lines: list[str], point: tuple[int, int], moved: int) -> tuple[int, int]:
        """Where a point of the tree is in another text: row, and column in characters."""
        row, column = point
        if row >= self._stop:
            row += moved
        return row, column_of(lines[row], column)


def _is_long(node: Node) -> bool:
    return node.end_byte - node.start_byte > _SMALL_BYTES


def _counts(child: Node, at: int, children: list[Node]) -> bool:
    """Whether a node of a list is more than a comment or a comma."""
    return not child.is_extra and (child.is_named or at in (0, len(children) - 1))


def _head(children: list[Node]) -> int:
    """How many nodes a list starts with that are no part of what it lists, or short: those on its first line."""
    row = children[0].start_point.row
    for at, child in enumerate(children):
        if child.start_point.row != row or child.is_extra or (child.is_named and _is_long(child)):
            return at
    return len(children)


def _errs(root: Node, start_byte: int, end_byte: int) -> bool:
    """Whether anything does not parse between two places."""
    waiting = [root] if root.has_error else []
    while waiting:
        node = waiting.pop()
        if node.start_byte <= end_byte and node.end_byte >= start_byte:
            inner = [child for child in node.children if child.has_error]
            # What is missing has no node where the grammar gives it no name.
            if node.is_error or not inner:
                return True
            waiting += inner
    return False
