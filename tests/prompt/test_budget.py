"""Prompt and answer together stay within the model's context, and within what the machine reads in time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.backends.base import Usage
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.prompt.budget import COLD_READ_S, SMALLEST, ReadingSpeed, answer_tokens, window_budget
from codestral_lsp.prompt.families import CODESTRAL
from codestral_lsp.prompt.window import HIGH_WATER
from tests.prompt.test_layouts import info


@given(context=st.integers(256, 200_000), wanted=st.integers(128, 131_072), longest=st.integers(1, 4096))
def test_the_context_is_never_exceeded(context: int, wanted: int, longest: int) -> None:
    settings = CompletionSettings(context_tokens=wanted, max_tokens=longest)
    model = info(context_tokens=context)
    budget = window_budget(settings, model, CODESTRAL, ReadingSpeed())
    assert budget.prefix + budget.suffix * HIGH_WATER + answer_tokens(settings, model) <= context + 2


def test_a_slow_machine_gets_a_smaller_window() -> None:
    speed = ReadingSpeed()
    fast = window_budget(CompletionSettings(), info(context_tokens=32768), CODESTRAL, speed)
    speed.observe(Usage(prompt_tokens=900, cached_tokens=0, prompt_ms=1000))
    slow = window_budget(CompletionSettings(), info(context_tokens=32768), CODESTRAL, speed)
    assert slow.prefix < fast.prefix
    assert slow.prefix + slow.suffix * HIGH_WATER == pytest.approx(900 * COLD_READ_S, rel=0.01)


def test_however_slow_a_useful_window_is_left() -> None:
    speed = ReadingSpeed()
    speed.observe(Usage(prompt_tokens=100, cached_tokens=0, prompt_ms=10_000))
    budget = window_budget(CompletionSettings(), info(context_tokens=32768), CODESTRAL, speed)
    assert budget.prefix + budget.suffix * HIGH_WATER == pytest.approx(SMALLEST, abs=2)


def test_small_changes_of_speed_leave_the_window_alone() -> None:
    speed = ReadingSpeed()
    for prompt_ms in (1000, 1100, 900, 1050):
        speed.observe(Usage(prompt_tokens=900, cached_tokens=0, prompt_ms=prompt_ms))
    assert speed.tokens_per_s == 900


def test_short_reads_tell_nothing_of_speed() -> None:
    speed = ReadingSpeed()
    speed.observe(Usage(prompt_tokens=900, cached_tokens=890, prompt_ms=40))
    assert speed.tokens_per_s is None
