"""The keeper has the right tree for every version, whoever asks when, and the event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from codestral_lsp.document import keeper as keeping
from codestral_lsp.document import parsing
from codestral_lsp.document.document import Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.rules import TextRules
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from tests.document.snippets import SNIPPETS

URI = "file:///project/x.py"
BIG = SNIPPETS["python"] * 40
"""Too much to be parsed on the event loop."""


class Desk:
    """A store, its keeper, and what a client does to them."""

    def __init__(self) -> None:
        self.store = DocumentStore()
        self.keeper = SyntaxKeeper(self.store)

    def open(self, text: str, language: str = "python", uri: str = URI) -> Document:
        document = Document(uri, language, 1, Text.of(text))
        self.store.open(document)
        return document

    def type(self, text: str, line: int = 0, column: int = 0, uri: str = URI) -> Document:
        document = self.store.change(uri, None, [ClientChange(text, (line, column), (line, column))])
        assert document is not None
        return document


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.keeper.close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that takes seconds for a big file."""
    monkeypatch.setattr(keeping, "_PAUSE_S", 0.05)


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, bool]]:
    """Notes every parse: whether it started from an old tree, and whether it ran in the event loop's thread."""
    noted: list[tuple[bool, bool]] = []
    loop_thread = threading.get_ident()
    parse = parsing.parse

    def noting(grammar: object, text: object, base: object, pace: object) -> object:
        noted.append((base is not None, threading.get_ident() == loop_thread))
        return parse(grammar, text, base, pace)  # type: ignore[arg-type]

    monkeypatch.setattr("codestral_lsp.document.tree.parse", noting)
    return noted


def text_of(tree: SyntaxTree | None) -> str:
    assert tree is not None
    assert tree.byte_length == len(str(tree.text).encode())
    return str(tree.text)


async def test_a_tree_of_exactly_the_version_asked_for(desk: Desk) -> None:
    first = desk.open("x = 1\n")
    second = desk.type("y = 2\n")
    assert text_of(await desk.keeper.tree(second)) == "y = 2\nx = 1\n"
    assert text_of(await desk.keeper.tree(first)) == "x = 1\n"
    kept = await desk.keeper.tree(second)
    await desk.keeper.tree(first)
    assert await desk.keeper.tree(second) is kept
    third = desk.type("z")
    assert text_of(await desk.keeper.tree(third)) == "zy = 2\nx = 1\n"


async def test_only_the_first_parse_of_a_document_starts_from_nothing(
    desk: Desk, parses: list[tuple[bool, bool]]
) -> None:
    await desk.keeper.tree(desk.open(BIG))
    for step in range(5):
        await desk.keeper.tree(desk.type("# more\n", line=step * 100))
    desk.store.change(URI, 9, [ClientChange(BIG + "x = 1\n")])
    whole = desk.store.get(URI)
    assert whole is not None
    await desk.keeper.tree(whole)
    assert [has_base for has_base, _ in parses].count(False) == 1
    assert len(parses) >= 7


async def test_the_same_version_is_parsed_once(desk: Desk, parses: list[tuple[bool, bool]]) -> None:
    document = desk.open(BIG)
    trees = await asyncio.gather(*(desk.keeper.tree(document) for _ in range(5)))
    assert len(parses) == 1
    assert all(tree is trees[0] for tree in trees)
    assert await desk.keeper.tree(document) is trees[0]


async def test_small_texts_are_parsed_at_once_and_big_ones_elsewhere(
    desk: Desk, parses: list[tuple[bool, bool]]
) -> None:
    await desk.keeper.tree(desk.open("x = 1\n"))  # which loads the grammar
    parses.clear()
    await desk.keeper.tree(desk.open("y = 2\n", uri="file:///small.py"))
    await desk.keeper.tree(desk.open(BIG, uri="file:///big.py"))
    await desk.keeper.tree(desk.type("z = 3\n" * 4000, uri="file:///small.py"))
    assert [on_loop for _, on_loop in parses] == [True, False, False]


async def test_what_takes_longer_than_expected_is_given_up_for_the_worker(
    desk: Desk, parses: list[tuple[bool, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.keeper.tree(desk.open("x = 1\n"))
    parses.clear()
    monkeypatch.setattr(keeping, "_GIVE_UP_S", -1.0)
    assert text_of(await desk.keeper.tree(desk.type("y = 2\n"))) == "y = 2\nx = 1\n"
    assert [on_loop for _, on_loop in parses] == [True, False]


async def test_the_loop_goes_on_while_a_big_file_is_parsed(desk: Desk) -> None:
    await desk.keeper.tree(desk.open("x = 1\n", uri="file:///warm.py"))
    work = asyncio.create_task(desk.keeper.tree(desk.open(BIG * 5)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 20
    assert text_of(await work) == BIG * 5


async def test_edits_during_a_parse_corrupt_nothing(desk: Desk) -> None:
    old = desk.open(BIG)
    waiting = [asyncio.create_task(desk.keeper.tree(old))]
    expected = [BIG]
    for step in range(6):
        await asyncio.sleep(0.001)
        document = desk.type(f"v{step} = {step}\n", line=step)
        waiting.append(asyncio.create_task(desk.keeper.tree(document)))
        expected.append(str(document.text))
    for task, text in zip(waiting, expected, strict=True):
        tree = await task
        assert text_of(tree) == text
        assert tree is not None
        fresh = SyntaxTree.of(tree.text, tree.language)
        assert fresh is not None
        assert str(tree.tree.root_node) == str(fresh.tree.root_node)


async def test_a_parse_survives_that_who_asked_for_it_gives_up(desk: Desk, parses: list[tuple[bool, bool]]) -> None:
    document = desk.open(BIG)
    impatient = asyncio.create_task(desk.keeper.tree(document))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert text_of(await desk.keeper.tree(document)) == BIG
    assert len(parses) == 1


@pytest.mark.usefixtures("slow")
async def test_closing_a_document_ends_its_parse(desk: Desk) -> None:
    work = asyncio.create_task(desk.keeper.tree(desk.open(BIG * 8)))
    await asyncio.sleep(0.002)
    desk.store.close(URI)
    assert await work is None


async def test_trees_are_freed_when_they_are_replaced_and_when_the_document_is_closed(desk: Desk) -> None:
    """At once, not when the garbage collector gets round to it."""

    def trees() -> int:
        return sum(isinstance(thing, SyntaxTree) for thing in gc.get_objects())

    async def work() -> None:
        await desk.keeper.tree(desk.open("x = 1\n"))
        for typed in "f(":  # which does not parse, so the last tree that did is kept too
            tree = await desk.keeper.tree(desk.type(typed))
            assert tree is not None
            tree.place(Position(0, 1))
            tree.scopes(Position(0, 1))

    gc.collect()
    gc.disable()
    try:
        before = trees()
        await work()
        await asyncio.sleep(0)  # while the loop runs what a future woke, it holds on to that future's tree
        assert trees() - before <= 4
        desk.store.close(URI)
        assert trees() == before
    finally:
        gc.enable()


async def test_a_document_opened_again_starts_anew(desk: Desk) -> None:
    await desk.keeper.tree(replace(desk.open("x = 1\n"), version=7))
    again = desk.open("y = 2\n")
    assert text_of(await desk.keeper.tree(again)) == "y = 2\n"
    assert await desk.keeper.tree(again) is await desk.keeper.tree(again)
    other = desk.open("let y = 2;\n", language="javascript")
    tree = await desk.keeper.tree(other)
    assert tree is not None
    assert tree.language.name == "javascript"
    assert tree.error_count() == 0


async def test_a_document_that_is_not_open_is_parsed_and_not_kept(desk: Desk) -> None:
    document = Document("file:///other.go", "go", 1, Text.of("package a\n"))
    assert text_of(await desk.keeper.tree(document)) == "package a\n"
    assert await desk.keeper.tree(document) is not await desk.keeper.tree(document)


async def test_who_cannot_wait_for_a_tree_gets_text_rules_and_the_tree_later(
    desk: Desk, parses: list[tuple[bool, bool]]
) -> None:
    document = desk.open(BIG)
    assert isinstance(await desk.keeper.syntax(document, patience_s=0), TextRules)
    assert isinstance(await desk.keeper.syntax(document), SyntaxTree)
    assert isinstance(await desk.keeper.syntax(document, patience_s=0), SyntaxTree)
    assert len(parses) == 1


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("perl", "x = 1\n", "There is no grammar for perl."),
        ("plaintext", "words\n", "There is no grammar for plaintext."),
        ("python", "x = 1\n" * 90_000, "The file has more than 500,000 characters."),
        ("python", "x = '" + "a" * 100_001 + "'\n", "A line has more than 100,000 characters."),
    ],
)
async def test_no_tree_and_the_reason_why(desk: Desk, language: str, text: str, reason: str) -> None:
    document = desk.open(text, language)
    assert await desk.keeper.tree(document) is None
    assert desk.keeper.why_no_tree(document) == reason
    syntax = await desk.keeper.syntax(document)
    assert isinstance(syntax, TextRules)
    assert not syntax.place(Position(0, 1)).empty_file


async def test_a_file_that_grows_too_big_loses_its_tree_and_gets_it_back(desk: Desk) -> None:
    document = desk.open("x = 1\n")
    assert await desk.keeper.tree(document) is not None
    assert desk.keeper.why_no_tree(document) == ""
    big = desk.type("y = 2\n" * 90_000)
    assert await desk.keeper.tree(big) is None
    assert desk.keeper.why_no_tree(big) != ""
    small = desk.store.change(URI, None, [ClientChange("", (0, 0), (90_000, 0))])
    assert small is not None
    assert text_of(await desk.keeper.tree(small)) == "x = 1\n"


async def test_what_parses_too_slowly_is_not_tried_again(
    desk: Desk, parses: list[tuple[bool, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_MOST_S", -1.0)
    document = desk.open(BIG)
    assert await desk.keeper.tree(document) is None
    assert "seconds to parse" in desk.keeper.why_no_tree(document)
    assert await desk.keeper.tree(desk.type("x")) is None
    assert len(parses) == 1


async def test_a_preview_touches_nothing(desk: Desk) -> None:
    document = desk.open("x = 1\n")
    tree = await desk.keeper.tree(document)
    assert tree is not None
    end = Range(Position(1, 0), Position(1, 0))
    for inserted in ("y = (\n", "z = 3\n" * 4000):
        preview = await desk.keeper.preview(tree, end, inserted)
        assert text_of(preview) == "x = 1\n" + inserted
    assert await desk.keeper.tree(document) is tree
    assert text_of(tree) == "x = 1\n"


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_tree_sitter_is_imported_when_the_first_tree_is_wanted_and_one_grammar_at_a_time() -> None:
    assert (
        run(
            "import sys, codestral_lsp.document.keeper, codestral_lsp.document.tree\n"
            "from codestral_lsp.document.languages import language_of\n"
            "loaded = lambda: sorted(name for name in sys.modules if name[:11] == 'tree_sitter' and '.' not in name)\n"
            "print(loaded())\n"
            "from codestral_lsp.document.text import Text\n"
            "codestral_lsp.document.tree.SyntaxTree.of(Text.of('a'), language_of('go'))\n"
            "print(loaded())"
        )
        == "[]\n['tree_sitter', 'tree_sitter_go']"
    )


@pytest.mark.usefixtures("slow")
def test_the_keeper_closes_with_work_in_hand() -> None:
    async def main() -> Callable[[], None]:
        desk = Desk()
        work = asyncio.create_task(desk.keeper.tree(desk.open(BIG * 8)))
        await asyncio.sleep(0.002)
        desk.keeper.close()
        assert await work is None
        return desk.keeper.close

    asyncio.run(main())()
