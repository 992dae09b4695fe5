"""Workloads that have crashed the process with some version of tree-sitter, each in a process of its own.

0.26.0 dies of the first, 0.26.1 of the second and third, 0.25 of a `progress_callback` in a parse that reads through a
callback; the pinned version must survive the first three, and nothing of ours may use the fourth.
"""

import subprocess
import sys
from pathlib import Path

import pytest

import codestral_lsp.document

HELD_NODES = """
import argparse, gc, pathlib, random, statistics, tarfile
import tree_sitter_python
from tree_sitter import Language, Parser, Query, QueryCursor

language = Language(tree_sitter_python.language())
query = Query(language, "(function_definition) @function (identifier) @name (call) @call")
held = []
for module in (argparse, random, statistics, tarfile):
    tree = Parser(language).parse(pathlib.Path(module.__file__).read_bytes())
    for nodes in QueryCursor(query).captures(tree.root_node).values():
        for node in nodes:
            while node is not None:
                held.append((node.start_point.row, tuple(node.start_point), node.end_point, node.range.start_point))
                node = node.parent
    gc.collect()
"""

PREDICATE_THEN_SETTING = """
import gc
import tree_sitter_python
from tree_sitter import Language, Parser, Query, QueryCursor

language = Language(tree_sitter_python.language())
tree = Parser(language).parse(b"print(1)\\nrange(2)\\n" * 50)
for _ in range(300):
    query = Query(language, '((identifier) @name (#eq? @name "print") (#set! kind "function"))')
    assert len(QueryCursor(query).captures(tree.root_node)["name"]) == 50
    del query
    gc.collect()
"""

SHIPPED_QUERIES = """
import gc
import tree_sitter_javascript
from tree_sitter import Language, Parser, Query, QueryCursor

language = Language(tree_sitter_javascript.language())
tree = Parser(language).parse(b"const a = html`<p>${b}</p>`; f(/x/);" * 50)
for _ in range(30):
    for source in (tree_sitter_javascript.INJECTIONS_QUERY, tree_sitter_javascript.HIGHLIGHTS_QUERY):
        QueryCursor(Query(language, source)).captures(tree.root_node)
    gc.collect()
"""

DEEP_NESTING = """
from codestral_lsp.document.languages import LANGUAGES
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

for language in LANGUAGES:
    for text in ("(" * 8_000, "[" * 8_000 + "]" * 8_000, "{\\n" * 3_000, "if (a) {" * 1_000, "f(" * 5_000 + "\\x00"):
        tree = SyntaxTree.of(Text.of(text), language)
        if tree is not None:
            tree.place(Position(0, 1_000))
            tree.scopes(Position(10_000, 0))
            tree.error_count()
            tree.with_edit(Range(Position(0, 3), Position(0, 3)), "x").error_count()
"""

RANDOM_EDITS = """
import random
from codestral_lsp.document.languages import LANGUAGES
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from tests.document.snippets import SNIPPETS

chance = random.Random(1)
held = []
for language in LANGUAGES:
    tree = SyntaxTree.of(Text.of(SNIPPETS.get(language.name, "")), language)
    for _ in range(100 if tree is not None else 0):
        row = chance.randrange(len(tree.text.lines))
        start = Position(row, chance.randrange(30))
        end = Position(row + chance.choice((0, 0, 1)), chance.randrange(30))
        inserted = "".join(chance.choice("(){}[]\\"'`\\\\\\n\\r #/*:;=a1é\\0") for _ in range(chance.randrange(4)))
        tree = tree.with_edit(Range(start, end), inserted)
        tree.place(start)
        held.append(tree if chance.random() < 0.2 else tree.scopes(start))
        if chance.random() < 0.02:
            held.clear()
"""


@pytest.mark.parametrize(
    "code",
    [HELD_NODES, PREDICATE_THEN_SETTING, SHIPPED_QUERIES, DEEP_NESTING, RANDOM_EDITS],
    ids=["held-nodes", "predicate-then-setting", "shipped-queries", "deep-nesting", "random-edits"],
)
def test_the_process_survives(code: str) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_asks_for_a_progress_callback() -> None:
    for file in Path(codestral_lsp.document.__file__).parent.glob("*.py"):
        assert "progress_callback=" not in file.read_text(encoding="utf-8"), file
