"""The bar of the instant tier follows what really came next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codestral_lsp.backends.workspace.prediction import Prediction
from codestral_lsp.completion.calibration import WANTED, Calibration, Guess
from codestral_lsp.document.document import Change
from codestral_lsp.document.position import Position, Range
from tests.completion.scene import Scene, in_virtual_time
from tests.notation import at


class Desk:
    """A document in which lines are guessed and typed."""

    def __init__(self, drawn: str) -> None:
        self.calibration = Calibration()
        self.document, self.cursor = at(drawn)

    def guess(self, text: str, probability: float = 0.8) -> None:
        line = self.document.text.line(self.cursor.line)
        head, rest = line[: self.cursor.column], line[self.cursor.column :]
        self.calibration.guessed(self.document, Guess(self.cursor, head, text, rest, probability))

    def edit(self, text: str, where: Range | None = None) -> None:
        before = self.document
        changed, edit = before.text.replace(where or Range(self.cursor, self.cursor), text)
        self.document = replace(before, text=changed, version=before.version + 1)
        self.cursor = edit.new_end
        self.calibration.observe(Change(before, self.document, (edit,)))

    @property
    def judged(self) -> tuple[int, int]:
        """How many answers were found right, and how many wrong."""
        record = self.calibration._record("python")
        return round(sum(record._right)), round(sum(record._all) - sum(record._right))


def test_at_first_probabilities_are_taken_at_their_word() -> None:
    assert Calibration().bar("python") == pytest.approx(WANTED)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["compute(x)", "\n"], (1, 0)),
        (["comp", "ute(x)\n    "], (1, 0)),
        (["compute(y)", "\n"], (0, 1)),
        (["compute(x) + 1", "\n"], (0, 1)),
        (["compute(x)"], (0, 0)),  # still there
        (["comp", "\n"], (0, 0)),  # unfinished
        (["\n"], (0, 0)),
    ],
)
def test_the_line_is_judged_when_it_is_left(typed: list[str], expected: tuple[int, int]) -> None:
    desk = Desk("a = 1\nvalue = █\nb = 2\n")
    desk.guess("compute(x)")
    for text in typed:
        desk.edit(text)
    assert desk.judged == expected


def test_closers_behind_the_cursor_do_not_matter() -> None:
    desk = Desk("value = f(█)\n")
    desk.guess("x")
    desk.edit("x")
    desk.edit("\n", Range(Position(1, 0), Position(1, 0)))
    assert desk.judged == (1, 0)


def test_an_edit_above_moves_the_line_and_an_edit_across_it_takes_it_away() -> None:
    desk = Desk("a = 1\nvalue = █\nb = 2\n")
    desk.guess("compute(x)")
    desk.edit("compute(x)")
    desk.edit("import json\n", Range(Position(0, 0), Position(0, 0)))
    assert desk.judged == (1, 0)
    desk = Desk("a = 1\nvalue = █\nb = 2\n")
    desk.guess("compute(x)")
    desk.edit("", Range(Position(0, 0), Position(2, 0)))
    desk.edit("c", Range(Position(0, 0), Position(0, 0)))
    assert desk.judged == (0, 0)


def test_the_bar_rises_where_answers_are_wrong_and_falls_where_they_are_right() -> None:
    calibration = Calibration()
    for _ in range(40):
        calibration.judged("c", 0.82, right=False)
        calibration.judged("go", 0.72, right=True)
        calibration.judged("go", 0.67, right=True)
    assert calibration.bar("c") == pytest.approx(0.85)
    assert calibration.bar("go") == pytest.approx(0.65)
    assert calibration.bar("python") == pytest.approx(WANTED), "each language for itself"
    for _ in range(200):
        calibration.judged("c", 0.82, right=True)
    assert calibration.bar("c") == pytest.approx(WANTED), "what was long ago counts less"


def test_where_nothing_is_ever_right_nothing_is_shown() -> None:
    calibration = Calibration()
    for _ in range(300):
        calibration.judged("c", 0.99, right=False)
    assert calibration.bar("c") > 0.99


@in_virtual_time
async def test_the_embedded_engine_is_silenced_where_it_misleads() -> None:
    stage = Scene("total = █\n")
    await stage.begin()
    stage.predictor.predictions["total = "] = Prediction("wrong(x)", 0.8)
    stage.model.answer = lambda prompt: "right(y)\n"
    sources = []
    for _ in range(14):
        await stage.ghost()
        sources.append(stage.last.source)
        stage.insert("right(y)\ntotal = ")
    assert sources[0] == "instant"
    assert "instant" not in sources[7:]
