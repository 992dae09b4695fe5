"""What becomes of suggestions, read off the edits: `█` is the cursor, the ghost is what the model answers."""

from __future__ import annotations

import asyncio

import pytest

from codestral_lsp.completion.request import SelectedCompletion
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.store import ClientChange
from codestral_lsp.document.text import Text, difference
from codestral_lsp.insight.trace import Kept, Trace
from tests.completion.scene import URI, Scene, in_virtual_time

LINE = "return compute(first, second)\n"


async def showing(drawn: str = "def total(first, second):\n    █\n", answer: str = LINE) -> tuple[Scene, Trace]:
    """A scene in which the ghost is shown, and the trace that showed it."""
    scene = Scene(drawn)
    scene.model.answer = lambda prompt: answer
    await scene.begin()
    assert await scene.ghost() == answer.rstrip("\n")
    return scene, scene.last


def replace_line(scene: Scene, line: int, text: str) -> None:
    """Another text for a line, as a user who corrects it."""
    old = scene.document.text.line(line)
    scene.store.change(URI, None, [ClientChange(text, (line, 0), (line, len(old)))])


@in_virtual_time
async def test_taken_whole() -> None:
    scene, trace = await showing()
    scene.insert(LINE.rstrip())
    assert (trace.fate, trace.taken, trace.told) == ("accepted", {"whole": 29}, 0)
    scene.service.accepted(trace.number)
    assert (trace.fate, trace.told, trace.accepted_characters) == ("accepted", 29, 29)


@in_virtual_time
async def test_said_before_the_edit_is_seen() -> None:
    scene, trace = await showing()
    scene.service.accepted(trace.number)
    scene.insert(LINE.rstrip())
    assert (trace.fate, trace.taken, trace.told) == ("accepted", {"whole": 29}, 29)


@in_virtual_time
async def test_an_editor_that_replaces_the_line_up_to_the_cursor() -> None:
    scene, trace = await showing()
    scene.store.change(URI, None, [ClientChange(f"    {LINE.rstrip()}", (1, 0), (1, 4))])
    assert trace.taken == {"whole": 29}


@in_virtual_time
async def test_an_editor_that_sends_the_whole_text() -> None:
    scene, trace = await showing()
    scene.store.change(URI, None, [ClientChange(f"def total(first, second):\n    {LINE}")])
    assert trace.taken == {"whole": 29}


@in_virtual_time
async def test_closers_that_stand_behind_the_cursor_are_taken_over() -> None:
    scene, trace = await showing("print(█)\n", "total(1))\n")
    scene.store.change(URI, None, [ClientChange("total(1))", (0, 6), (0, 7))])
    assert trace.fate == "accepted"


@in_virtual_time
async def test_vs_code_puts_the_closer_of_its_own_back_with_the_line() -> None:
    scene, trace = await showing("def total(█)\n", "first):\n")
    await scene.type("fi")
    scene.store.change(URI, None, [ClientChange("def total(first):", (0, 0), (0, 13))])
    assert (trace.fate, trace.taken) == ("accepted", {"typed": 2, "whole": 5})


@in_virtual_time
async def test_what_the_suggestion_list_had_is_no_merit_of_ours() -> None:
    scene = Scene("x = pri█\n")
    scene.model.answer = lambda prompt: " * 2\n"
    await scene.begin()
    selected = SelectedCompletion(Range(Position(0, 4), Position(0, 7)), "prices")
    item = await scene.ask(selected=selected)
    assert item
    assert item.ghost == " * 2"
    scene.store.change(URI, None, [ClientChange("prices", (0, 4), (0, 7))])
    assert scene.last.taken == {}
    scene.store.change(URI, None, [ClientChange("prices * 2", (0, 4), (0, 10))])
    assert (scene.last.fate, scene.last.taken) == ("accepted", {"whole": 4})


@in_virtual_time
async def test_word_by_word_then_the_rest() -> None:
    scene, trace = await showing()
    for word in ("return", " compute", "("):
        scene.insert(word)
        await scene.ghost()
        assert scene.last.continues == trace.number
    assert (trace.fate, trace.taken) == ("accepted by word", {"word": 14, "typed": 1})
    scene.insert("first, second)")
    assert (trace.fate, trace.taken) == ("accepted by line", {"word": 14, "typed": 1, "line": 14})


@in_virtual_time
async def test_typed_through() -> None:
    scene, trace = await showing("x = █\n", "abc\n")
    await scene.type("ab")
    assert trace.fate == "typed into"
    await scene.type("c")
    assert (trace.fate, trace.taken, trace.accepted_characters) == ("typed through", {"typed": 3}, 0)


@in_virtual_time
async def test_an_opener_whose_closer_the_editor_writes() -> None:
    scene, trace = await showing("x = █\n", "(1, 2)\n")
    scene.insert("()", behind=1)
    assert trace.taken == {"typed": 1}
    scene.insert("1, 2")
    assert (trace.fate, trace.taken) == ("accepted", {"typed": 1, "whole": 4})


@in_virtual_time
async def test_typed_and_taken_back_then_accepted() -> None:
    scene, trace = await showing()
    await scene.type("re")
    scene.delete()
    await scene.ghost()
    assert scene.last.continues == trace.number
    scene.insert("eturn compute(first, second)")
    assert trace.fate == "accepted"


@in_virtual_time
async def test_something_else_is_typed() -> None:
    scene, trace = await showing()
    scene.insert("y")
    scene.insert("eturn compute(first, second)")
    assert (trace.fate, trace.taken) == ("", {})


@in_virtual_time
async def test_dismissed() -> None:
    scene, trace = await showing()
    scene.service.dismissed(URI, scene.document.version, scene.cursor)
    assert trace.fate == "dismissed"


@in_virtual_time
async def test_kept_as_it_is() -> None:
    scene, trace = await showing()
    scene.insert(LINE.rstrip())
    await asyncio.sleep(29)
    assert trace.kept == {}
    await asyncio.sleep(2)
    assert trace.kept == {"30s": {"whole": Kept(27, 27)}}
    await asyncio.sleep(600)
    assert trace.kept["10min"] == {"whole": Kept(27, 27)}
    assert "kept after 10min: 100%" in trace.line()


@in_virtual_time
async def test_edits_around_it_are_followed_and_those_in_it_count() -> None:
    scene, trace = await showing()
    scene.insert(LINE.rstrip())
    scene.store.change(URI, None, [ClientChange("import os\n\n\n", (0, 0), (0, 0))])
    replace_line(scene, 4, "    return compute(first, third)")
    await asyncio.sleep(31)
    assert trace.kept == {"30s": {"whole": Kept(21, 27)}}
    replace_line(scene, 4, "")
    await asyncio.sleep(600)
    assert trace.kept["10min"] == {"whole": Kept(0, 27)}


@in_virtual_time
async def test_taken_back_at_once_is_not_kept() -> None:
    scene, trace = await showing()
    scene.insert(LINE.rstrip())
    scene.delete(len(LINE.rstrip()))
    await asyncio.sleep(31)
    assert trace.kept == {"30s": {"whole": Kept(0, 27)}}


@in_virtual_time
async def test_by_word_and_by_line_are_counted_apart() -> None:
    scene, trace = await showing()
    scene.insert("return")
    scene.insert(" compute(first, second)")
    replace_line(scene, 1, "    return")
    await asyncio.sleep(31)
    assert trace.kept == {"30s": {"word": Kept(6, 6), "line": Kept(0, 21)}}


@in_virtual_time
async def test_what_cannot_be_told_is_not_told() -> None:
    scene, trace = await showing()
    scene.insert(LINE.rstrip())
    text = str(scene.document.text)
    scene.store.change(URI, None, [ClientChange("# rewritten\n" * 100 + text.upper())])
    await asyncio.sleep(601)
    assert trace.kept == {}


@in_virtual_time
async def test_a_closed_document_that_is_no_file_is_not_looked_at() -> None:
    scene, trace = await showing()
    scene.insert(LINE.rstrip())
    scene.store.close(URI)
    await asyncio.sleep(601)
    assert trace.kept == {}


@in_virtual_time
async def test_tokens_of_an_answer_that_is_broken_off_are_estimated() -> None:
    _, trace = await showing()
    assert (trace.generated_tokens, trace.estimated) == (len(LINE) // 3, True)  # the model speaks by threes
    assert trace.evaluated_tokens
    assert "about" in trace.line()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nx\nc\n"),
        ("a\nb", "a\nb"),
        ("", "abc"),
        ("abc", ""),
        ("a\na\na\n", "a\na\n"),
        ("x\n", "x\n\n"),
        ("a\r\nb\r\n", "a\r\nbc\r\n"),
    ],
)
def test_the_difference_of_two_texts_makes_one_of_the_other(before: str, after: str) -> None:
    edit = difference(Text.of(before), Text.of(after))
    made, _ = Text.of(before).replace(Range(edit.start, edit.old_end), edit.inserted)
    assert str(made) == after
    assert Text.of(before).slice(Range(edit.start, edit.old_end)) == edit.removed
    assert Text.of(after).slice(Range(edit.start, edit.new_end)) == edit.inserted
