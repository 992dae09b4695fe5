"""What servers say of errors, in one line and with nothing private in it."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.backends.replies import Reply, Server, error_text, private_texts, refusal, retry_after_s
from codestral_lsp.errors import (
    BackendError,
    BadReply,
    NotPermitted,
    OutOfMemory,
    PromptTooLong,
    RateLimited,
    RequestRefused,
    ServerBusy,
    ServerFault,
    Unauthorized,
)

SERVER = Server("openai", "https://models.example:8443/api", "openai.url")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error":"model \'x\' not found"}', "model 'x' not found"),
        (b'{"error":{"message":"Invalid API Key","type":"authentication_error"}}', "Invalid API Key"),
        (b'{"message":"Unauthorized","request_id":"1"}', "Unauthorized"),
        (b'{"detail":"Unauthorized"}', "Unauthorized"),
        (b'{"detail":[{"loc":["body","seed"],"msg":"Extra inputs","type":"x","input":7}]}', "body.seed: Extra inputs;"),
        (b'{"object":"error","message":{"detail":[{"loc":["x"],"msg":"bad"}]}}', "x: bad;"),
        (b'{"error":"{\\"error\\":{\\"code\\":400,\\"message\\":\\"too long\\"}}"}', "too long"),
        (b"boom\n  at line 7", "boom at line 7"),
        (b"<html><body>Not here</body></html>", ""),
        (b"", ""),
        (b"null", "null"),
        (b'{"error":null}', ""),
        (b"\xff\xfe", "��"),
        ({"error": "x" * 1000}, "x" * 299 + "…"),
    ],
)
def test_the_text_of_an_error_is_found_wherever_it_is(body: Any, said: str) -> None:
    assert error_text(body) == said


@given(st.text("abcde ()\n", min_size=12, max_size=80), st.data())
def test_no_run_of_private_text_gets_through(code: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(code)))
    quoted = code[start : data.draw(st.integers(start, len(code)))]
    private = private_texts({"prompt": code, "model": "m", "messages": [{"role": "user", "content": code}]})
    for written in (quoted, json.dumps(quoted), repr(quoted)):
        said = error_text({"error": f"bad: {written}!"}, private)
        plain = " ".join(code.split())
        runs = {plain[at : at + 12] for at in range(len(plain) - 11)}
        assert not any(run in said for run in runs)
        assert said.startswith("bad:")


def test_what_is_not_private_stays() -> None:
    private = private_texts({"prompt": "def secret_thing():", "model": "codestral-latest-and-greatest"})
    text = "The model codestral-latest-and-greatest does not exist; prompt was: …"
    assert error_text({"error": text.replace("…", "def secret_thing():")}, private) == text


def test_the_key_is_left_out_however_short() -> None:
    assert error_text({"error": "wrong key: s3cret"}, key="s3cret") == "wrong key: …"


def test_the_time_to_wait_is_a_number_or_a_date() -> None:
    assert retry_after_s({"retry-after": "17"}) == 17
    assert retry_after_s({"retry-after": "0.5"}) == 0.5
    later = retry_after_s({"retry-after": formatdate(time.time() + 60, usegmt=True)})
    assert later is not None
    assert 50 < later < 70
    assert retry_after_s({"retry-after": formatdate(time.time() - 60, usegmt=True)}) == 0
    for nothing in ("", "soon", "nan", "inf", "-"):
        assert retry_after_s({"retry-after": nothing}) is None
    assert retry_after_s({}) is None


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, "no", RequestRefused),
        (400, "This model's maximum context length is 4096 tokens", PromptTooLong),
        (401, "no", Unauthorized),
        (402, "pay", NotPermitted),
        (403, "no", NotPermitted),
        (404, "no", RequestRefused),
        (408, "", ServerFault),
        (422, "no", RequestRefused),
        (429, "slow down", RateLimited),
        (500, "CUDA error: out of memory", OutOfMemory),
        (500, "no", ServerFault),
        (502, "", ServerFault),
        (503, "overloaded", ServerBusy),
        (529, "", ServerFault),
        (301, "", RequestRefused),
        (204, "", BadReply),
    ],
)
def test_a_status_means_one_thing_and_tells_the_host(status: int, text: str, kind: type[BackendError]) -> None:
    error = refusal(SERVER, Reply(status, {"retry-after": "9"}, b"", text), key_cure="Set KEY.")
    assert type(error) is kind
    assert error.cause.endswith(".")
    assert error.cure
    assert "models.example:8443" in error.cause
    assert text in error.cause
    if kind is RateLimited:
        assert error.retry_after_s == 9


def test_a_redirect_names_the_other_host_but_no_secret_in_it() -> None:
    assert "evil.example" in refusal(SERVER, Reply(302, {"location": "https://evil.example/x?token=1"}, b"")).cause
    assert "pw" not in refusal(SERVER, Reply(302, {"location": "https://me:pw@evil.example/"}, b"")).message
