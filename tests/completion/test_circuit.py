"""A failing engine is rested, tried again, and its cause told once."""

from codestral_lsp.completion.circuit import LONGEST_PAUSE_S, Circuit
from codestral_lsp.errors import ModelMissing, RateLimited, Unreachable


def rests(circuit: Circuit, since_s: float, seconds: float) -> bool:
    """Whether nothing goes out for exactly so long."""
    return not circuit.allows(since_s + seconds - 0.01) and circuit.allows(since_s + seconds)


def test_it_opens_and_lets_one_through_after_a_pause_that_doubles() -> None:
    circuit, now = Circuit(), 100.0
    for pause in (1, 2, 4, 8, 16, 32, LONGEST_PAUSE_S, LONGEST_PAUSE_S):
        circuit.failed(Unreachable("ollama", "refused"), now)
        assert rests(circuit, now, pause)
        now += pause


def test_it_closes_with_the_first_success_and_begins_anew() -> None:
    circuit = Circuit()
    for _ in range(5):
        circuit.failed(Unreachable("ollama", "refused"), 0.0)
    assert circuit.succeeded()
    assert not circuit.succeeded()
    circuit.failed(Unreachable("ollama", "refused"), 0.0)
    assert rests(circuit, 0.0, 1)


def test_the_server_says_how_long_to_stay_away() -> None:
    circuit = Circuit()
    circuit.failed(RateLimited("mistral", "too many requests", retry_after_s=17), 0.0)
    assert rests(circuit, 0.0, 17)


def test_what_will_not_pass_by_itself_is_tried_rarely() -> None:
    circuit = Circuit()
    circuit.failed(ModelMissing("ollama", "no codestral"), 0.0)
    assert rests(circuit, 0.0, LONGEST_PAUSE_S)


def test_one_cause_is_news_once() -> None:
    circuit = Circuit()
    assert circuit.failed(Unreachable("ollama", "refused"), 0.0)
    assert not circuit.failed(Unreachable("ollama", "refused"), 5.0)
    assert circuit.failed(Unreachable("ollama", "unknown host"), 9.0)
    circuit.succeeded()
    assert circuit.failed(Unreachable("ollama", "unknown host"), 20.0)
