"""Where messages end, however the network cuts them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.backends.framing import MAX_MESSAGE, Events, Framing, Lines, mended

TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    """`body` in pieces."""
    edges = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    return [body[start:end] for start, end in pairwise(edges)]


def read(framing: Framing, chunks: list[bytes]) -> list[str]:
    """All messages of a body."""
    return [message for chunk in chunks for message in framing.feed(chunk)] + framing.end()


@given(st.lists(TEXT.filter(str.strip)), st.lists(st.integers(0, 1000)), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_lines_are_the_same_however_they_are_cut(lines: list[str], places: list[int], end: str) -> None:
    body = "".join(line + end for line in lines).encode()
    assert read(Lines(), cut(body, places)) == lines


@given(st.lists(TEXT), st.lists(st.integers(0, 1000)), st.sampled_from(["data: ", "data:"]), st.booleans())
def test_events_are_the_same_however_they_are_cut(
    messages: list[str], places: list[int], field: str, comments: bool
) -> None:
    messages = [message for message in messages if not message.startswith(" ")]
    between = ": ping\n\n" if comments else ""
    body = "".join(f"event: x\n{field}{message}\n\n{between}" for message in messages).encode()
    assert read(Events(), cut(body, places)) == messages


def test_an_event_may_have_several_lines_and_carriage_returns() -> None:
    assert read(Events(), [b"id: 7\r\ndata: a\r\ndata: b\r\n\r\ndata: c"]) == ["a\nb", "c"]


def test_a_last_message_without_its_end_is_given_at_the_end() -> None:
    lines = Lines()
    assert lines.feed(b'{"a":1}\n{"b"') == ['{"a":1}']
    assert lines.end() == ['{"b"']
    assert lines.end() == []


def test_bytes_that_are_not_utf8_become_replacement_characters() -> None:
    assert read(Lines(), [b"a\xffb\n"]) == ["a�b"]
    assert read(Lines(), ["é".encode()[:1], "é".encode()[1:], b"\n"]) == ["é"]


@pytest.mark.parametrize("framing", [Lines, Events])
def test_a_message_without_end_is_refused(framing: type[Framing]) -> None:
    with pytest.raises(ValueError, match="longer than"):
        read(framing(), [b"x" * (MAX_MESSAGE // 32)] * 40)


def test_an_event_of_endless_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than"):
        read(Events(), [b"data: " + b"x" * 1000 + b"\n"] * 4000)


@given(st.text(st.characters()))
def test_mended_text_can_be_encoded_and_whole_text_is_left_alone(text: str) -> None:
    mended(text).encode()
    try:
        text.encode()
    except UnicodeEncodeError:
        assert "�" in mended(text) or mended(text) != text
    else:
        assert mended(text) == text


def test_a_pair_of_surrogates_is_the_character_that_it_means() -> None:
    assert mended("\ud83d\ude00 \ud83d") == "😀 �"
