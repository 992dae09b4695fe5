"""A model whose answers are seldom shown is asked less often."""

from codestral_lsp.completion.rhythm import SURENESS, TypingRhythm
from codestral_lsp.completion.worth import Worth


def after(*shown: bool) -> float:
    worth = Worth()
    for each in shown:
        worth.observe(shown=each)
    return worth.share


def test_a_new_model_is_trusted() -> None:
    assert after() == 1.0


def test_what_is_never_shown_is_worth_little_but_not_nothing() -> None:
    assert 0 < after(*[False] * 100) < 0.1 < after(*[False] * 10) < after(False) < 1


def test_trust_returns() -> None:
    assert after(*[False] * 100, *[True] * 100) == 1.0


def test_the_less_is_shown_the_longer_is_the_pause_that_a_request_needs() -> None:
    waits = [TypingRhythm().wait_ms(200, SURENESS / worth) for worth in (1.0, 0.5, 0.2, 0.05)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]
