"""Control tokens in the user's own text do not act as control tokens, and come back whole."""

from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.prompt.families import CODESTRAL, QWEN_CODER
from codestral_lsp.prompt.sanitize import clean, neutralise, restore

TEXTS = st.lists(st.one_of(st.sampled_from([*CODESTRAL.control, "[", "]", "PREFIX", "x"]), st.text(max_size=5))).map(
    "".join
)


@given(TEXTS)
def test_no_control_token_survives(text: str) -> None:
    assert not any(token in neutralise(text, CODESTRAL) for token in CODESTRAL.control)


def test_an_answer_that_repeats_the_text_gets_its_tokens_back() -> None:
    source = 'prompt = f"[SUFFIX]{suffix}[PREFIX]{prefix}"'
    assert restore(neutralise(source, CODESTRAL), CODESTRAL) == source


def test_other_families_tokens_are_plain_text() -> None:
    assert neutralise("[SUFFIX]", QWEN_CODER) == "[SUFFIX]"
    assert neutralise("<|fim_prefix|>", QWEN_CODER) != "<|fim_prefix|>"


def test_a_byte_order_mark_and_lone_surrogates_never_reach_a_model() -> None:
    assert clean("\ufeffx = '\ud800'") == "x = '?'"


def test_the_users_own_zero_width_spaces_stay() -> None:
    assert restore("a\u200bb [\u200bx", CODESTRAL) == "a\u200bb [\u200bx"
