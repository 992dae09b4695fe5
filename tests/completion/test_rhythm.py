"""When to ask: once the pause will probably outlast the answer."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.completion.rhythm import LONGEST_MS, PAID_SURENESS, SHORTEST_MS, TypingRhythm


def typist(median_ms: float) -> TypingRhythm:
    rhythm, dice = TypingRhythm(), random.Random(1)
    for _ in range(300):
        rhythm.observe(3000 if dice.random() < 0.03 else dice.lognormvariate(0, 0.5) * median_ms)
    return rhythm


def test_a_slow_typist_is_given_more_time_than_a_fast_one() -> None:
    assert typist(90).wait_ms(600) < typist(300).wait_ms(600)


def test_before_anything_is_known_the_wait_is_that_of_a_usual_programmer() -> None:
    assert 150 <= TypingRhythm().wait_ms(200) <= 600


def test_where_requests_cost_money_pauses_must_be_surer_to_last() -> None:
    assert TypingRhythm().wait_ms(600) < TypingRhythm().wait_ms(600, PAID_SURENESS) < LONGEST_MS


def test_somebody_who_always_pauses_is_answered_at_once() -> None:
    rhythm = TypingRhythm()
    for _ in range(200):
        rhythm.observe(5000)
    assert rhythm.wait_ms(200) == SHORTEST_MS


@given(st.lists(st.floats(1, 20_000), max_size=400), st.floats(0, 10_000))
def test_the_wait_is_always_bounded(gaps: list[float], answer_ms: float) -> None:
    rhythm = TypingRhythm()
    for gap in gaps:
        rhythm.observe(gap)
    assert SHORTEST_MS <= rhythm.wait_ms(answer_ms) <= LONGEST_MS
    assert 0 <= rhythm.outlasts(100, answer_ms) <= 1


def test_old_habits_are_forgotten() -> None:
    rhythm = typist(60)
    before = rhythm.wait_ms(200)
    for _ in range(300):
        rhythm.observe(400)
    assert rhythm.wait_ms(200) > before
