"""Incremental parsing with tree-sitter: of a `Text`, from the tree of another one.

The parser reads the text's lines as they are, a few at a time; nothing is joined or copied for it. It sees a lone
CR as a LF and a lone surrogate as U+FFFD, both of the same size, so that its rows are our lines.

What changed is found by comparing the two lists of lines, most of which are the same objects. So a tree can be had
from that of any other version, whatever edits, and however many, lie between. Edits given to tree-sitter cover
whole lines, which costs no more than exact ones.

A parse holds the interpreter's lock except while it asks for more text, and cannot be stopped but by an end of
the text. (`progress_callback` crashes the process.) That is what `Pace` is for.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from codestral_lsp.document.language import Grammar
from codestral_lsp.document.text import Text

if TYPE_CHECKING:
    from tree_sitter import Language as TreeSitterLanguage
    from tree_sitter import Point, Tree

Pace = Callable[[], bool]
"""Called whenever a parse wants more text; may wait, and says whether to go on."""

_CHUNK = 512
"""How many characters the parser gets at once: fewer mean more calls, more mean more text read for nothing when a
reparse jumps about. (A 5,000-line file: 1.1 ms a reparse with single lines, 0.8 with this, 1.0 with 8,192.)"""

_MAX_HUNKS = 200
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONE_CR = re.compile("\r(?!\n)")


class Hunk(NamedTuple):
    """Lines `first` up to `old_stop` became lines `first` up to `new_stop`."""

    first: int
    old_stop: int
    new_stop: int


@cache
def load(grammar: Grammar) -> TreeSitterLanguage:
    """The grammar, imported when first asked for (about 15 ms with tree-sitter itself, less than 1 ms without)."""
    from tree_sitter import Language

    return Language(getattr(import_module(grammar.module), grammar.entry)())


def is_loaded(grammar: Grammar) -> bool:
    """Whether the grammar can be had without importing anything."""
    return grammar.module in sys.modules


def parse(grammar: Grammar, text: Text, base: Tree | None, pace: Pace) -> Tree | None:
    """The tree of `text`, from a tree that `edited` made if there is one. None if `pace` said to stop."""
    from tree_sitter import Parser

    stopped = False
    given: list[bytes] = []

    def read(_byte: int, point: Point) -> bytes:
        nonlocal stopped
        stopped = stopped or not pace()
        if stopped:
            return b""
        given.append(_chunk(text.lines, *point))
        return given[-1]

    parser = Parser(load(grammar))
    try:
        tree = parser.parse(read) if base is None else parser.parse(read, old_tree=base)
    finally:
        if _is_kept(grammar):
            import ctypes

            for piece in given:
                ctypes.pythonapi.Py_DecRef(ctypes.py_object(piece))
    return None if stopped else tree


@cache
def _is_kept(grammar: Grammar) -> bool:
    """Whether the binding never lets go of what a read callback returns, as py-tree-sitter 0.25 does not.

    Whole files would pile up, at every parse. It is tried out, so that a binding that is mended is left alone.
    """
    from tree_sitter import Parser

    piece = "".join(("x ", grammar.entry)).encode()  # made now: nobody else refers to it
    count = 0

    def read(byte: int, _: Point) -> bytes:
        nonlocal count
        count += byte == 0
        return piece if byte == 0 else b""

    before = sys.getrefcount(piece)
    Parser(load(grammar)).parse(read)
    return 0 < count == sys.getrefcount(piece) - before


def edited(tree: Tree, old: Text, new: Text, changed: list[Hunk]) -> Tree:
    """A copy of the tree of `old` that knows where `new` differs. Its nodes are shared, so it costs microseconds."""
    copy = tree.copy()
    for hunk in reversed(changed):
        start = _row_start(tree, old.lines, hunk.first)
        copy.edit(
            start,
            start + sum(map(size, old.lines[hunk.first : hunk.old_stop])),
            start + sum(map(size, new.lines[hunk.first : hunk.new_stop])),
            (hunk.first, 0),
            _row_point(old.lines, hunk.old_stop),
            _row_point(new.lines, hunk.new_stop),
        )
    return copy


def deadline(seconds: float) -> Pace:
    """A pace that goes on for so long, give or take what is parsed from one piece of text."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() < end


def allowance(seconds: float) -> Pace:
    """The same, but of the processor's time: other programs' load takes none of it."""
    end = time.thread_time() + seconds
    return lambda: time.thread_time() < end


def size(line: str) -> int:
    """Bytes of a line as the parser sees it."""
    return len(line) if line.isascii() else len(line.encode("utf-8", "surrogatepass"))


def byte_column(line: str, column: int) -> int:
    """A column in bytes."""
    return column if line.isascii() else len(line[:column].encode("utf-8", "surrogatepass"))


def column_of(line: str, byte: int) -> int:
    """A column that was given in bytes."""
    return byte if line.isascii() else len(line.encode("utf-8", "surrogatepass")[:byte].decode("utf-8", "replace"))


def hunks(old: list[str], new: list[str]) -> list[Hunk]:
    """The lines that differ, from the first to the last; one run of lines if lines were added or removed."""
    first = _common(old, new, 0, min(len(old), len(new)))
    same = _common_end(old, new, min(len(old), len(new)) - first)
    whole = Hunk(first, len(old) - same, len(new) - same)
    if first == whole.old_stop == whole.new_stop:
        return []
    if len(old) != len(new):
        return [whole]
    found: list[Hunk] = []
    for number in range(first, whole.old_stop):
        if old[number] is new[number] or old[number] == new[number]:
            continue
        if found and found[-1].old_stop == number:
            found[-1] = Hunk(found[-1].first, number + 1, number + 1)
        elif len(found) == _MAX_HUNKS:
            return [whole]
        else:
            found.append(Hunk(number, number + 1, number + 1))
    return found


def _row_point(lines: list[str], row: int) -> tuple[int, int]:
    return (row, 0) if row < len(lines) else (len(lines) - 1, size(lines[-1]))


def _row_start(tree: Tree, lines: list[str], row: int) -> int:
    """The byte at which a row starts, counted from the nearest node rather than from the top."""
    near_row, near_byte = 0, 0
    cursor = tree.walk()
    while near_row < row and cursor.goto_first_child_for_point((row, 0)) is not None:
        node = cursor.node
        if node is None or node.start_point.row > row:
            break
        near_row, near_byte = node.start_point.row, node.start_byte - node.start_point.column
    if near_row < row and cursor.node is not None and cursor.goto_last_child() and cursor.node is not None:
        end = cursor.node.end_point
        if near_row < end.row <= row:
            near_row, near_byte = end.row, cursor.node.end_byte - end.column
    return near_byte + sum(map(size, lines[near_row:row]))


def _chunk(lines: list[str], row: int, column: int) -> bytes:
    """Some text from a place given in bytes on; empty only at the end."""
    if row >= len(lines):
        return b""
    line = lines[row]
    if not line.isascii():
        head = _encoded(line)[column:]
    elif len(line) - column > _CHUNK:
        return line[column : column + _CHUNK].encode()
    else:
        head = _encoded(line[column:])
    rest, length, row = [], len(head), row + 1
    while length < _CHUNK and row < len(lines):
        rest.append(lines[row])
        length += len(lines[row])
        row += 1
    return head + _encoded("".join(rest)) if rest else head


def _encoded(lines: str) -> bytes:
    if "\r" in lines:
        lines = _LONE_CR.sub("\n", lines)
    try:
        return lines.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", lines).encode()


def _common(old: list[str], new: list[str], at: int, stop: int) -> int:
    """How far two lists agree from `at` on; slices are compared, for that runs at the speed of C."""
    step = 64
    while at < stop and old[at : min(at + step, stop)] == new[at : min(at + step, stop)]:
        at, step = min(at + step, stop), step * 2
    while step > 1 and at < stop:
        step //= 2
        if at + step <= stop and old[at : at + step] == new[at : at + step]:
            at += step
    return at


def _common_end(old: list[str], new: list[str], most: int) -> int:
    """How many lines two lists have in common at their ends."""
    count, step = 0, 64

    def agree(start: int, stop: int) -> bool:
        return old[len(old) - stop : len(old) - start] == new[len(new) - stop : len(new) - start]

    while count < most and agree(count, min(count + step, most)):
        count, step = min(count + step, most), step * 2
    while step > 1 and count < most:
        step //= 2
        if count + step <= most and agree(count, count + step):
            count += step
    return count
