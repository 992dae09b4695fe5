"""How much of an answer is worth showing, by how sure the model is of it."""

from __future__ import annotations

from math import log

import pytest

from codestral_lsp.completion.sureness import COST, LEAST, Step, sure_part


def shown(*tokens: tuple[str, float], typed: str = "") -> str | None:
    """What is shown of an answer of these tokens, each with its own probability, once all of it is there."""
    text, joint, steps = "", 0.0, list[Step]()
    for token, probability in tokens:
        text, joint = text + token, joint + log(probability)
        steps.append(Step(len(text), joint))
    return sure_part(text, steps, len(typed), len(text), ended=True)


def test_the_less_it_spares_the_surer_it_must_be() -> None:
    assert shown(("compute(first_argument, second_argument)", 0.85)) == "compute(first_argument, second_argument)"
    assert shown(("id", 0.85)) == ""
    assert shown(("id", 0.99)) == "id"


@pytest.mark.parametrize("token", ["x", ")", ";"])
def test_one_key_is_not_worth_a_look_however_sure_it_is(token: str) -> None:
    assert shown((token, 1.0)) == ""


def test_short_or_long_it_must_be_probable() -> None:
    assert shown(("x" * round(100 * COST), LEAST - 0.01)) == ""


def test_it_ends_where_it_is_worth_most() -> None:
    assert shown(("compute", 0.98), ("(first)", 0.98), (" or", 0.9)) == "compute(first)"
    assert shown(("compute", 0.98), ("(first)", 0.98), (" or another_one", 0.9)) == "compute(first) or another_one"


def test_what_is_cut_off_within_ends_with_no_blank() -> None:
    assert shown(("compute(first, ", 0.95), ("second)", 0.2)) == "compute(first,"
    assert shown(("compute(first, ", 0.95)) == "compute(first, ", "code follows, and the blank is part of the answer"


def test_what_was_typed_is_doubted_no_more() -> None:
    tokens = ("compute", 0.3), ("(first_argument)", 0.97)
    assert shown(*tokens) == ""
    assert shown(*tokens, typed="compute") == "(first_argument)"
