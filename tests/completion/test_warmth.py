"""What a server still knows of what it has read, as told from outside."""

from __future__ import annotations

from codestral_lsp.backends.base import Prompt, Segment
from codestral_lsp.completion.latency import Latency
from codestral_lsp.completion.warmth import Warmth


def prompt(text: str) -> Prompt:
    return Prompt(text, "", (Segment(text),), tokens=len(text) // 4)


LONG = "word " * 200


def test_at_first_everything_is_unread() -> None:
    assert Warmth().unread(prompt(LONG)) == 250


def test_what_is_appended_is_all_that_is_unread() -> None:
    warmth = Warmth()
    warmth.read(prompt(LONG))
    assert warmth.unread(prompt(LONG)) == 0
    assert warmth.unread(prompt(LONG + "x = 1234")) == 2


def test_a_change_at_the_head_costs_everything_behind_it() -> None:
    warmth = Warmth()
    warmth.read(prompt(LONG))
    assert warmth.unread(prompt("!" + LONG)) == 250


def test_a_second_slot_remembers_a_second_prompt() -> None:
    warmth, other = Warmth(2), prompt("other " * 200)
    for each in (prompt(LONG), other, prompt(LONG + "more")):
        warmth.read(each)
    assert warmth.unread(other) == 0
    assert warmth.unread(prompt(LONG)) == 0
    single = Warmth(1)
    for each in (prompt(LONG), other):
        single.read(each)
    assert single.unread(prompt(LONG)) == 250


def test_after_something_else_nothing_is_known() -> None:
    warmth = Warmth()
    warmth.read(prompt(LONG))
    warmth.lost()
    assert warmth.unread(prompt(LONG)) == 250


def test_reading_is_expected_by_its_tokens_and_the_rest_from_what_was_seen() -> None:
    latency = Latency()
    assert latency.expected_ms(0, None) < latency.expected_ms(1000, None)
    for _ in range(15):
        latency.observe(answer_ms=1200, read_ms=1000)
    assert latency.expected_ms(0, 250) == 200
    assert latency.expected_ms(500, 250) == 2200
