"""When one line and when many: what the user has been taking."""

from __future__ import annotations

import pytest

from codestral_lsp.completion.extent import extent
from codestral_lsp.completion.request import Trigger
from codestral_lsp.completion.surroundings import Extent, surroundings
from codestral_lsp.completion.taste import IN_VAIN, LOOKED_AT, takes_blocks
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.rules import TextRules
from codestral_lsp.insight.trace import Traces
from tests.notation import asked


def shown(traces: Traces, count: int, *, lines: int = 3, trigger: Trigger = Trigger.AUTOMATIC, fate: str = "") -> None:
    for _ in range(count):
        trace = traces.begin("python", trigger.value, 0.0)
        trace.outcome, trace.shown_lines, trace.shown_characters, trace.fate = "shown", lines, 30, fate
        if fate == "accepted":
            trace.told = 30


def test_blocks_that_nobody_takes_are_shown_no_more_for_a_while() -> None:
    traces = Traces()
    shown(traces, IN_VAIN - 1)
    assert takes_blocks(traces), "too few to tell"
    shown(traces, 1)
    assert not takes_blocks(traces)
    shown(traces, LOOKED_AT, lines=1)
    assert takes_blocks(traces), "tried again"


@pytest.mark.parametrize("fate", ["accepted", "typed through"])
def test_one_that_is_taken_is_enough(fate: str) -> None:
    traces = Traces()
    shown(traces, IN_VAIN)
    shown(traces, 1, fate=fate)
    assert takes_blocks(traces)


def test_what_was_asked_for_by_hand_says_nothing_of_it() -> None:
    traces = Traces()
    shown(traces, IN_VAIN, trigger=Trigger.INVOKED)
    assert takes_blocks(traces)


@pytest.mark.parametrize(
    ("trigger", "multiline", "takes", "reach"),
    [
        (Trigger.AUTOMATIC, "auto", True, Extent.BLOCK),
        (Trigger.AUTOMATIC, "auto", False, Extent.LINE),
        (Trigger.INVOKED, "auto", False, Extent.BLOCK),
        (Trigger.AUTOMATIC, "always", False, Extent.BLOCK),
        (Trigger.INVOKED, "never", True, Extent.LINE),
    ],
)
def test_on_a_line_of_its_own(trigger: Trigger, multiline: str, takes: bool, reach: Extent) -> None:
    request = asked("def f(xs):\n    █\n")
    place = TextRules(request.document.text, language_of("python", "")).place(request.cursor)
    settings = CompletionSettings(multiline=multiline)  # type: ignore[arg-type]
    assert extent(settings, place, surroundings(request), trigger, takes_blocks=takes) is reach
