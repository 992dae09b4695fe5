"""Prompt and answer together stay within the model's context, and within what the machine reads in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.backends.base import ModelInfo, Usage
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.prompt.budget import (
    COLD_READ_S,
    FIRST_READ_S,
    SMALLEST,
    ReadingSpeed,
    answer_tokens,
    first_tokens,
    prompt_tokens,
    window_budget,
)
from codestral_lsp.prompt.families import CODESTRAL
from codestral_lsp.prompt.window import HIGH_WATER, WindowBudget
from tests.prompt.test_layouts import info


def budget(settings: CompletionSettings, model: ModelInfo, speed: ReadingSpeed, *, whole: bool = True) -> WindowBudget:
    most = prompt_tokens(settings, model, speed)
    return window_budget(most, most if whole else first_tokens(settings, model, speed), CODESTRAL)


@given(
    context=st.integers(256, 200_000),
    wanted=st.integers(128, 131_072),
    longest=st.integers(1, 4096),
    whole=st.booleans(),
)
def test_the_context_is_never_exceeded(context: int, wanted: int, longest: int, whole: bool) -> None:
    settings = CompletionSettings(context_tokens=wanted, max_tokens=longest)
    model = info(context_tokens=context)
    window = budget(settings, model, ReadingSpeed(), whole=whole)
    assert window.prefix + window.suffix * HIGH_WATER + answer_tokens(settings, model) <= context + 2
    assert window.head <= window.prefix


def test_a_slow_machine_gets_a_smaller_window() -> None:
    speed = ReadingSpeed()
    fast = budget(CompletionSettings(), info(context_tokens=32768), speed)
    speed.observe(Usage(prompt_tokens=900, cached_tokens=0, prompt_ms=1000))
    slow = budget(CompletionSettings(), info(context_tokens=32768), speed)
    assert slow.prefix < fast.prefix
    assert slow.prefix + slow.suffix * HIGH_WATER == pytest.approx(900 * COLD_READ_S, rel=0.01)


def test_at_a_new_place_no_more_is_read_than_the_first_suggestion_can_wait_for() -> None:
    settings, speed = CompletionSettings(), ReadingSpeed()
    model = info(context_tokens=32768)
    speed.observe(Usage(prompt_tokens=3000, cached_tokens=0, prompt_ms=1000))
    assert first_tokens(settings, model, speed) == pytest.approx(3000 * FIRST_READ_S, rel=0.01)
    assert prompt_tokens(settings, model, speed) == settings.context_tokens, "the rest comes by typing"
    assert first_tokens(settings, replace(model, remote=True), speed) == settings.context_tokens


def test_however_slow_a_useful_window_is_left() -> None:
    speed = ReadingSpeed()
    speed.observe(Usage(prompt_tokens=100, cached_tokens=0, prompt_ms=10_000))
    model = info(context_tokens=32768)
    assert first_tokens(CompletionSettings(), model, speed) == SMALLEST
    window = budget(CompletionSettings(), model, speed, whole=False)
    assert window.head + window.suffix * HIGH_WATER == pytest.approx(SMALLEST, abs=2)


def test_small_changes_of_speed_leave_the_window_alone() -> None:
    speed = ReadingSpeed()
    for prompt_ms in (1000, 1100, 900, 1050):
        speed.observe(Usage(prompt_tokens=900, cached_tokens=0, prompt_ms=prompt_ms))
    assert speed.tokens_per_s == 900


def test_short_reads_tell_nothing_of_speed() -> None:
    speed = ReadingSpeed()
    speed.observe(Usage(prompt_tokens=900, cached_tokens=890, prompt_ms=40))
    assert speed.tokens_per_s is None
