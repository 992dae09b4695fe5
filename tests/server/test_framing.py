"""Messages out of a byte stream: split, merged, in any letter case, with garbage in between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.server.framing import FrameDecoder, frame

BODIES = st.lists(st.binary(max_size=200), max_size=8)


@given(BODIES, st.lists(st.integers(1, 50), min_size=1))
def test_however_the_bytes_arrive_the_messages_are_the_same(bodies: list[bytes], cuts: list[int]) -> None:
    stream, decoder, seen = b"".join(map(frame, bodies)), FrameDecoder(), list[bytes]()
    while stream:
        for size in cuts:
            seen += decoder.feed(stream[:size])
            stream = stream[size:]
    assert seen == bodies
    assert decoder.dropped == 0


def decoded(data: bytes, **limits: int) -> tuple[list[bytes], int]:
    decoder = FrameDecoder(**limits)
    return list(decoder.feed(data)), decoder.dropped


def test_header_names_in_any_case_and_other_headers() -> None:
    data = b"content-TYPE: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:  2\r\nX-Other: 7\r\n\r\n{}"
    assert decoded(data) == ([b"{}"], 0)


def test_bare_line_feeds() -> None:
    assert decoded(b"Content-Length: 2\n\n{}") == ([b"{}"], 0)


def test_a_block_without_a_length_costs_only_itself() -> None:
    assert decoded(b"X-Nonsense: 1\r\n\r\n" + frame(b"{}")) == ([b"{}"], 1)
    assert decoded(b"Content-Length: -5\r\n\r\n" + frame(b"{}")) == ([b"{}"], 1)
    assert decoded(b"Content-Length: soon\r\n\r\n" + frame(b"{}")) == ([b"{}"], 1)


def test_garbage_before_a_header() -> None:
    assert decoded(b"Debug output of some library\n" + frame(b"{}")) == ([b"{}"], 0)


def test_a_length_beyond_reason_does_not_swallow_what_follows() -> None:
    data = b"Content-Length: 99999999999999\r\n\r\n{}" + frame(b'{"id": 1}')
    assert decoded(data, max_body_bytes=1000) == ([b'{"id": 1}'], 1)


def test_a_header_that_never_ends_is_given_up() -> None:
    decoder = FrameDecoder()
    for _ in range(100):
        assert list(decoder.feed(b"x" * 1000)) == []
    assert list(decoder.feed(b"\r\n\r\n" + frame(b"{}"))) == [b"{}"]
    assert decoder.dropped


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    decoder = FrameDecoder(max_body_bytes=10_000)
    list(decoder.feed(data))
