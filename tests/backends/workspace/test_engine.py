"""What the embedded engine says, from the open documents alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestral_lsp.backends.workspace.engine import Query, WorkspaceEngine
from codestral_lsp.backends.workspace.model import fitted
from codestral_lsp.backends.workspace.place import Parts, locate
from codestral_lsp.backends.workspace.prediction import Prediction, predict
from codestral_lsp.backends.workspace.source import Buffer
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.document.document import Change
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text
from codestral_lsp.privacy.ignore import IgnoreRules
from tests.backends.workspace.conftest import Start, Write, ghost, opened
from tests.notation import at


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[WorkspaceEngine]:
    engine = WorkspaceEngine(tmp_path, WorkspaceIndexSettings(enabled=False), IgnoreRules())
    await engine.open([])
    yield engine
    await engine.aclose()


HANDLERS = """
def handle_get(request):
    response = self.backend.fetch(request.path, timeout=30)
    return Response(response, status=200)


def handle_put(request):
    response = self.backend.fetch(request.path, timeout=30)
    return Response(response, status=200)
"""


async def test_the_rest_of_a_line_that_stands_elsewhere(engine: WorkspaceEngine) -> None:
    drawn = HANDLERS + "\n\ndef handle_post(request):\n    response = self.backend.fe█"
    assert ghost(engine, drawn).startswith("tch(request.path, timeout=30)")


async def test_the_line_below_too_where_it_is_sure(engine: WorkspaceEngine) -> None:
    drawn = HANDLERS + "\n\ndef handle_post(request):\n    response = self.backend.fetch(█\n"
    assert ghost(engine, drawn) == "request.path, timeout=30)\n    return Response(response, status=200)"


async def test_lines_that_follow_already_are_not_said_again(engine: WorkspaceEngine) -> None:
    drawn = (
        HANDLERS
        + "\n\ndef handle_post(request):\n    response = self.backend.fetch(█\n"
        + "    return Response(response, status=200)\n"
    )
    assert ghost(engine, drawn) == "request.path, timeout=30)"


async def test_names_are_those_in_use_here(engine: WorkspaceEngine) -> None:
    drawn = """
for user in users:
    if user.active and user.email:
        send(user.email, subject)

for group in groups:
    if group.active and group.email:
        send(█
"""
    assert ghost(engine, drawn, bar=0.3) == "group.email, subject)"


async def test_brackets_behind_the_cursor_are_not_repeated(engine: WorkspaceEngine) -> None:
    drawn = HANDLERS + "\n\ndef handle_post(request):\n    response = self.backend.fetch(█)\n"
    assert ghost(engine, drawn) == "request.path, timeout=30"


async def test_silent_where_nothing_is_like_it(engine: WorkspaceEngine) -> None:
    assert ghost(engine, HANDLERS + "\n\nunheard_of = inexpli█") == ""


@pytest.mark.parametrize("drawn", ["█", "\n█", "x█", "   █", "█\nx = 1\n", "x = 1 █\r\n", "\t\tx█\n"])
async def test_next_to_nothing_is_no_harm(engine: WorkspaceEngine, drawn: str) -> None:
    assert isinstance(ghost(engine, drawn), str)


async def test_a_full_line_at_the_end_of_the_file_is_left_alone(engine: WorkspaceEngine) -> None:
    assert "\n" not in ghost(engine, "import os\nimport sys\nx = os.getcwd()█")


async def test_letters_of_any_script(engine: WorkspaceEngine) -> None:
    drawn = "größe = maß('Länge 🎉', einheit)\nbreite = 1\ngröße = maß('Länge 🎉', einheit)\nbreite = 1\ngröße = m█"
    assert ghost(engine, drawn).startswith("aß('Länge 🎉', einheit)")


async def test_half_characters_are_no_harm(engine: WorkspaceEngine) -> None:
    drawn = "name = '\ud83d'\n" * 3 + "name =█"
    assert ghost(engine, drawn).startswith(" '\ud83d'")


async def test_another_open_document_counts(engine: WorkspaceEngine) -> None:
    line = "connection = psycopg.connect(settings.database_url, autocommit=True)"
    assert ghost(engine, "connection = psyc█", bar=0) == ""
    opened(engine, f"{line}\nprint(connection)\n")
    await engine.searchable()
    assert ghost(engine, "connection = psyc█", bar=0) == line.removeprefix("connection = psyc")


async def test_a_closed_document_counts_no_more(engine: WorkspaceEngine) -> None:
    document = opened(engine, "connection = psycopg.connect(settings.database_url)\n")
    await engine.searchable()
    engine.observe(Change(document, None))
    assert ghost(engine, "connection = psyc█", bar=0) == ""


async def test_an_ignored_document_never_counts(tmp_path: Path) -> None:
    engine = WorkspaceEngine(tmp_path, WorkspaceIndexSettings(enabled=False), IgnoreRules())
    opened(engine, "TOKEN = 'a-secret-that-stays-here'\n", tmp_path / ".env")
    await engine.searchable()
    assert ghost(engine, "TOKEN = █", bar=0) == ""
    await engine.aclose()


async def test_edits_count_at_once(engine: WorkspaceEngine) -> None:
    before = HANDLERS + "\n\ndef handle_post(request):\n    response = self.backend.fetch(request.█\n"
    assert ghost(engine, before).startswith("path, timeout=30)")
    assert ghost(engine, before.replace("path", "url")).startswith("url, timeout=30)")


async def test_opening_a_large_document_holds_nobody_up(engine: WorkspaceEngine) -> None:
    """It is read in pieces between which others get their turns."""
    opened(engine, "".join(f"value_{number} = compute({number})\n" for number in range(2000)))
    reading, turns = asyncio.create_task(engine.searchable()), 0
    while not reading.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10


LINES = st.lists(st.text(st.sampled_from("ab(){}[]:='\" \t#é🎉\ud83d\u2028\x0c\x00"), max_size=8), max_size=12)


@given(lines=LINES, end=st.sampled_from(["\n", "\r\n", "\r"]), data=st.data())
@settings(deadline=None, max_examples=200)
def test_whatever_is_typed_is_no_harm(lines: list[str], end: str, data: st.DataObject) -> None:
    text = Text.of(end.join(lines))
    row = data.draw(st.integers(0, len(text.lines) - 1))
    cursor = Position(row, data.draw(st.integers(0, len(text.line(row)))))
    place = locate(text.lines, cursor.line, cursor.column, Parts())
    prediction = predict(place, (Buffer([Parts().join(text.lines)], ""),), (), fitted())
    if prediction is not None:
        said = [prediction.text, *(line for line, _ in prediction.below)]
        sure = [prediction.probability, *(probability for _, probability in prediction.below)]
        assert 1 >= sure[0] >= sure[-1] >= 0
        assert sure == sorted(sure, reverse=True)
        assert [line.count("\n") for line in said] == [0] + [1] * (len(said) - 1)


def test_only_what_is_sure_enough_is_shown() -> None:
    prediction = Prediction("first", 0.9, (("\n    second", 0.7), ("\n    third", 0.4)))
    assert prediction.sure(0.3) == "first\n    second\n    third"
    assert prediction.sure(0.6) == "first\n    second"
    assert prediction.sure(0.8) == "first"
    assert prediction.sure(0.95) == ""
    assert Prediction("text", 0.5).sure(0.5) == "text"


async def test_the_same_question_has_the_same_answer(engine: WorkspaceEngine) -> None:
    document, cursor = at(HANDLERS + "\n\ndef handle_post(request):\n    response = self.█")
    assert engine.predict(Query(document, cursor)) == engine.predict(Query(document, cursor))


async def test_where_a_line_like_ours_stands(workspace: Write, start: Start) -> None:
    root = workspace({"a/till.py": "import x\n\n\ndef pay(till):\n\n    till.ledger.append(entry)\n    till.close()\n"})
    engine = await start(root)
    opened(engine, "def sell(till):\n    till.ledger.append(sale)\n", root / "b.py")
    await engine.searchable()
    document, cursor = at("def take(till):\n    till.ledger.█")
    found = {(each.path, each.number, each.text) for each in engine.likely(Query(document, cursor))}
    assert found == {
        ("a/till.py", 2, "till.ledger.append(entry)"),
        ((root / "b.py").as_posix(), 1, "till.ledger.append(sale)"),
    }
