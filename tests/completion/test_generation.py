"""A running answer lives on while what is typed is what it says, and dies with the first edit that disagrees."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from codestral_lsp.completion.cache import Answer
from codestral_lsp.completion.generation import LINGER_S, Generation, StreamClosed
from codestral_lsp.completion.place import places
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.store import ClientChange, DocumentStore
from tests.completion.scene import in_virtual_time
from tests.notation import at

URI = "file:///x.py"


@dataclass
class Typist:
    """A document with a running answer at its cursor."""

    store: DocumentStore
    cursor: Position
    generation: Generation
    agrees: bool = True

    @staticmethod
    def at(drawn: str, answer: str) -> Typist:
        store = DocumentStore()
        document, cursor = at(drawn, uri=URI)
        store.open(document)
        origin = next(iter(places("engine", document, cursor, 0)))
        typist = Typist(store, cursor, Generation(origin, cursor, follows_edits=True))
        typist.says(answer)

        def watch(change: Change) -> None:
            typist.agrees = typist.agrees and typist.generation.follows(change)

        store.listen(watch)
        return typist

    def says(self, text: str, *, whole: bool = False) -> bool:
        """So much of the answer has come."""
        return self.generation.grew(Answer(self.generation.place.head, text, whole))

    @property
    def document(self) -> Document:
        document = self.store.get(URI)
        assert document
        return document

    def insert(self, text: str, *, cursor_after: int | None = None) -> bool:
        place = self.cursor.line, self.cursor.column
        self.store.change(URI, None, [ClientChange(text, place, place)])
        lines = text.replace("\r\n", "\n").split("\n")
        behind = len(text) if cursor_after is None else cursor_after
        if len(lines) == 1:
            self.cursor = Position(self.cursor.line, self.cursor.column + behind)
        else:
            self.cursor = Position(self.cursor.line + len(lines) - 1, len(lines[-1]))
        return self.agrees

    def delete(self, count: int) -> bool:
        start = self.cursor.line, self.cursor.column - count
        self.store.change(URI, None, [ClientChange("", start, (self.cursor.line, self.cursor.column))])
        self.cursor = Position(*start)
        return self.agrees

    @property
    def covered(self) -> bool:
        return self.generation.covers(places("engine", self.document, self.cursor, 12))


def test_typing_what_it_says() -> None:
    typist = Typist.at("x = █", "compute(1)")
    assert all(typist.insert(character) for character in "comp")
    assert typist.covered


def test_typing_something_else() -> None:
    typist = Typist.at("x = █", "compute(1)")
    assert typist.insert("c")
    assert not typist.insert("a")
    assert not typist.covered


def test_typing_ahead_of_what_has_come_is_not_yet_a_disagreement() -> None:
    typist = Typist.at("x = █", "com")
    assert typist.insert("compu")
    assert typist.covered
    assert typist.says("compute")
    assert not Typist.at("x = █", "com").insert("cox")


def test_what_comes_may_turn_out_to_disagree() -> None:
    typist = Typist.at("x = █", "com")
    assert typist.insert("compa")
    assert not typist.says("compute")
    assert not typist.covered


def test_deleting_back_and_typing_on() -> None:
    typist = Typist.at("x = █", "compute(1)")
    typist.insert("compu")
    assert typist.delete(3)
    assert typist.insert("m")
    assert typist.covered
    assert not typist.delete(9)


def test_an_opener_that_brings_its_closer() -> None:
    typist = Typist.at("x = compute█", "(1)")
    assert typist.insert("()", cursor_after=1)
    assert typist.covered
    assert typist.insert("1")
    assert typist.covered


def test_a_closer_that_comes_apart() -> None:
    typist = Typist.at("x = compute█", "(1)")
    assert typist.insert("(")
    assert typist.insert(")", cursor_after=0)
    assert typist.covered
    assert typist.insert("1")


def test_a_closer_that_is_typed_over() -> None:
    typist = Typist.at("x = compute█", "(1)")
    assert typist.insert("()", cursor_after=1)
    assert typist.insert("1")
    place = typist.cursor.line, typist.cursor.column
    typist.store.change(URI, None, [ClientChange(")", place, (place[0], place[1] + 1))])
    assert typist.agrees


def test_several_lines_with_any_line_end() -> None:
    typist = Typist.at("if x:█", "\n    return 1\n    return 2")
    assert typist.insert("\r\n    ")
    assert typist.insert("ret")
    assert typist.covered


@pytest.mark.parametrize("elsewhere", [(0, 0), (2, 0)])
def test_an_edit_elsewhere(elsewhere: tuple[int, int]) -> None:
    typist = Typist.at("a\nx = █\nb\n", "compute(1)")
    typist.store.change(URI, None, [ClientChange("y", elsewhere, elsewhere)])
    assert not typist.agrees


def test_replacing_everything() -> None:
    typist = Typist.at("x = █", "compute(1)")
    typist.store.change(URI, None, [ClientChange("x = c")])
    assert not typist.agrees


def test_once_it_is_whole_there_is_nothing_behind_its_end() -> None:
    typist = Typist.at("x = █", "")
    typist.says("12", whole=True)
    assert typist.insert("1")
    assert not typist.insert("2")


class Stream:
    """A stream under a generation, seen from outside."""

    def __init__(self) -> None:
        self.typist = Typist.at("x = █", "")
        self.generation = self.typist.generation
        self.outcome = "running"
        self.release = asyncio.Event()
        self.generation.start(self._work(), on_end=lambda: None)

    async def shown(self) -> str | None:
        """What a request at the cursor gets."""
        where = tuple(places("engine", self.typist.document, self.typist.cursor, 12))
        return await self.generation.shown(where, everything=False)

    async def _work(self) -> None:
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.outcome = "closed"
            raise
        self.outcome = "done"
        self.typist.says("compute(1)", whole=True)


@in_virtual_time
async def test_a_request_that_is_cancelled_leaves_the_stream_to_its_successor() -> None:
    stream = Stream()
    request = asyncio.create_task(stream.shown())
    await asyncio.sleep(0.01)
    request.cancel()
    await asyncio.sleep(LINGER_S / 3)
    assert stream.outcome == "running"
    successor = asyncio.create_task(stream.shown())
    await asyncio.sleep(LINGER_S * 1.5)
    assert stream.outcome == "running"
    stream.release.set()
    assert await successor == "compute(1)"


@in_virtual_time
async def test_without_a_successor_it_is_closed() -> None:
    stream = Stream()
    request = asyncio.create_task(stream.shown())
    await asyncio.sleep(0.01)
    request.cancel()
    await asyncio.sleep(LINGER_S * 2)
    assert stream.outcome == "closed"


@in_virtual_time
async def test_closing_it_ends_the_wait() -> None:
    stream = Stream()
    request = asyncio.create_task(stream.shown())
    await asyncio.sleep(0.01)
    stream.generation.close()
    with pytest.raises(StreamClosed):
        await request
    assert stream.outcome == "closed"
