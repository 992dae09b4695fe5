"""A failing engine is rested, tried again, and its cause told once."""

from codestral_lsp.completion.circuit import LONGEST_PAUSE_S, Circuit
from codestral_lsp.errors import ModelMissing, RateLimited, Unreachable


def test_it_opens_and_lets_one_through_after_a_pause_that_doubles() -> None:
    circuit, now, pauses = Circuit(), 100.0, []
    for _ in range(8):
        circuit.failed(Unreachable("ollama", "refused"), now)
        assert not circuit.allows(now)
        pauses.append(circuit.retry_in_s(now))
        now += pauses[-1]
        assert circuit.allows(now)
    assert pauses == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_it_closes_with_the_first_success_and_begins_anew() -> None:
    circuit = Circuit()
    for _ in range(5):
        circuit.failed(Unreachable("ollama", "refused"), 0.0)
    assert circuit.succeeded()
    assert not circuit.succeeded()
    circuit.failed(Unreachable("ollama", "refused"), 0.0)
    assert circuit.retry_in_s(0.0) == 1


def test_the_server_says_how_long_to_stay_away() -> None:
    circuit = Circuit()
    circuit.failed(RateLimited("mistral", "too many requests", retry_after_s=17), 0.0)
    assert circuit.retry_in_s(0.0) == 17


def test_what_will_not_pass_by_itself_is_tried_rarely() -> None:
    circuit = Circuit()
    circuit.failed(ModelMissing("ollama", "no codestral"), 0.0)
    assert circuit.retry_in_s(0.0) == LONGEST_PAUSE_S


def test_one_cause_is_news_once() -> None:
    circuit = Circuit()
    assert circuit.failed(Unreachable("ollama", "refused"), 0.0)
    assert not circuit.failed(Unreachable("ollama", "refused"), 5.0)
    assert circuit.failed(Unreachable("ollama", "unknown host"), 9.0)
    circuit.succeeded()
    assert circuit.failed(Unreachable("ollama", "unknown host"), 20.0)
