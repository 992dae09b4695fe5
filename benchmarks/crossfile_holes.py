"""Holes in real repositories, for which a name is needed that only another file of the workspace defines.

A hole is cut where a line uses such a name and nothing above it in the file does. `line` holes run to the line's
end, from its first character or from right before the name; `block` holes are the line and what stands below it as
deep or deeper, up to a blank line.
"""

from __future__ import annotations

import builtins
import collections.abc
import random
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from codestral_lsp.context.indexer import work
from codestral_lsp.context.resolve import together
from codestral_lsp.context.store import TagReader, index_file
from codestral_lsp.context.words import STOP, WORD
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position
from codestral_lsp.document.syntax import Lexical
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from codestral_lsp.indexing.job import Job
from codestral_lsp.privacy.ignore import IgnoreRules

MOST_DEFINITIONS = 3
"""A name with more definitions in the workspace is nobody's in particular."""
BLOCK_LINES = (2, 6)
"""Lines of a block hole, fewest and most."""
_SHORTEST = 5
"""Characters of the name."""
_KINDS = frozenset({"class", "type", "function", "method", "constant"})
"""What the name must be elsewhere. Fields have names that local variables have too."""
_OWN_TYPES = (object, type, str, bytes, int, float, list, tuple, dict, set, BaseException)
_PYTHONS = frozenset({*dir(builtins), *typing.__all__, *collections.abc.__all__, *chain(*map(dir, _OWN_TYPES))})
"""Names of Python's own: whoever defines `values` or `Iterable` too is hardly meant."""
_BOUND = re.compile(r"\s*(?::?=(?!=)|:\s)")
"""Follows a name that the line itself gives to something."""


@dataclass(frozen=True, slots=True)
class Hole:
    """What is taken out of a file: from (line, column) as far as `truth` reaches."""

    repository: str
    path: str
    line: int
    column: int
    kind: str
    name: str
    truth: str

    @property
    def id(self) -> str:
        """Names the hole for good, given the repository's commit."""
        return f"{self.repository}/{self.path}:{self.line + 1}:{self.column + 1}:{self.kind}"


def index(root: Path, index_dir: Path) -> TagReader:
    """Index a repository with the product's own indexer, and open what it wrote."""
    for _ in work(Job(1, str(index_dir), (str(root),), (), 20_000, 512, None), IgnoreRules()):
        pass
    return TagReader([index_file(index_dir, root)])


def holes(root: Path, reader: TagReader, suffixes: tuple[str, ...], seed: int) -> Iterator[Hole]:
    """Holes of a repository in random order, no two in one file."""
    order = random.Random(f"{seed}/{root.name}")
    paths = sorted(path for path in root.rglob("*") if path.suffix in suffixes and path.is_file())
    order.shuffle(paths)
    for path in paths:
        found = list(_in_file(root, path, reader, order))
        if found:
            yield order.choice(found)


def _in_file(root: Path, path: Path, reader: TagReader, order: random.Random) -> Iterator[Hole]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return
    lines = text.split("\n")
    if not 20 <= len(lines) <= 3000:
        return
    language = language_of("", path)
    syntax = SyntaxTree.of(Text.of(text), language)
    if syntax is None:
        return
    own = {each.name for each in reader.defined_in(str(path))}
    foreign = _PYTHONS if language.name == "python" else frozenset[str]()
    seen: set[str] = set()
    for number, line in enumerate(lines):
        for match in WORD.finditer(line):
            name = match[0]
            if name in seen:
                continue
            seen.add(name)
            if number < 5 or len(name) < _SHORTEST or name in STOP or name in own | foreign or _is_import(line):
                continue
            defined = reader.named(name, languages=together(language), most=MOST_DEFINITIONS)
            if not any(each.path != str(path) and each.definition.kind in _KINDS for each in defined):
                continue
            if _BOUND.match(line, match.end()):
                continue
            if syntax.place(Position(number, match.start() + 1)).lexical is not Lexical.CODE:
                continue
            if len(line) > 160 or len(line.strip()) < 8:
                continue
            where = str(path.relative_to(root))
            indentation = len(line) - len(line.lstrip())
            column = order.choice((indentation, match.start()))
            yield Hole(root.name, where, number, column, "line", name, line[column:])
            block = _block(lines, number, indentation)
            if block:
                yield Hole(root.name, where, number, indentation, "block", name, block)


def _block(lines: list[str], first: int, indentation: int) -> str:
    end = first + 1
    while end < len(lines) and lines[end].strip():
        if len(lines[end]) - len(lines[end].lstrip()) < indentation:
            break
        end += 1
    if not BLOCK_LINES[0] <= end - first <= BLOCK_LINES[1]:
        return ""
    return "\n".join([lines[first][indentation:], *lines[first + 1 : end]])


def _is_import(line: str) -> bool:
    head = line.lstrip().split(" ", 1)[0]
    return head in ("import", "from", "use", "using", "package", "#include", "export", "require", "pub")
