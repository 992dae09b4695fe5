"""Half a word before the cursor, written anew by the model."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from codestral_lsp.backends.base import BackendName, Piece, Prompt, Sampling, Usage
from codestral_lsp.completion.healing import healed
from codestral_lsp.completion.request import Trigger
from codestral_lsp.prompt.families import QWEN_CODER
from tests.completion.scene import Scene, in_virtual_time
from tests.plain_backend import PlainBackend

ASK = Sampling()


@dataclass
class Says(PlainBackend):
    """A backend that says these tokens, by the prompt's prefix."""

    answers: dict[str, list[str]]
    name: BackendName = "ollama"
    closed: list[str] = field(default_factory=list)

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """Its tokens, each half as probable as not."""
        tokens = self.answers[prompt.prefix]
        try:
            for count, token in enumerate(tokens, 1):
                yield Piece(token, usage=Usage(9, 0, count), logprob=math.log(0.5))
            yield Piece("", "stop", Usage(9, 0, len(tokens)))
        finally:
            self.closed.append(prompt.prefix)


async def heard(backend: Says, prompt: Prompt) -> list[Piece]:
    return [piece async for piece in healed(backend, prompt, ASK)]


async def test_what_stands_already_is_taken_off() -> None:
    says = Says({"x = ": ["r", "eturn", "ed", " + 1"]})
    pieces = await heard(says, Prompt("x = ", "", start="ret"))
    assert "".join(piece.text for piece in pieces) == "urned + 1"


async def test_a_word_that_is_whole_already_may_stay_so() -> None:
    pieces = await heard(Says({"": ["return", " x"]}), Prompt("", "", start="return"))
    assert "".join(piece.text for piece in pieces) == " x"


async def test_another_word_is_asked_for_with_the_half_one_and_all_tokens_are_counted() -> None:
    plain = Prompt("x = ret", "")
    says = Says({"x = ": ["re", "set", "()"], "x = ret": ["ries"]})
    pieces = await heard(says, Prompt("x = ", "", start="ret", plain=plain))
    assert "".join(piece.text for piece in pieces) == "ries"
    assert says.closed == ["x = ", "x = ret"], "the first stream is closed before the next one is opened"
    assert pieces[-1].usage == Usage(9, 0, 3), "two tokens in vain and one that is shown"


async def test_an_answer_that_ends_within_the_word_is_asked_for_again_too() -> None:
    says = Says({"x = ": ["r"], "x = ret": ["ries"]})
    pieces = await heard(says, Prompt("x = ", "", start="ret", plain=Prompt("x = ret", "")))
    assert "".join(piece.text for piece in pieces) == "ries"


async def test_a_server_that_says_something_else_though_it_was_held_has_said_nothing() -> None:
    assert not [piece.text for piece in await heard(Says({"": ["self"]}), Prompt("", "", start="re")) if piece.text]


async def test_of_a_token_that_is_half_typed_half_is_left_to_doubt() -> None:
    held, free = Prompt("", "", start="re"), Prompt("", "", start="re", plain=Prompt("re", ""))
    says = Says({"": ["retu", "rn"]})
    logs = [[piece.logprob for piece in await heard(says, prompt)][:2] for prompt in (held, free)]
    assert logs == [[math.log(0.5), math.log(0.5)], [math.log(0.5) / 2, math.log(0.5)]]


@in_virtual_time
async def test_half_a_word_is_finished_as_the_model_writes_it_whole() -> None:
    scene = Scene("total = 0\nx = tot█\n")
    scene.family = QWEN_CODER
    await scene.begin()
    scene.model.answer = lambda prompt: "total + 1\n"
    assert await scene.ghost(Trigger.INVOKED) == "al + 1"
    assert [call.prompt.prefix for call in scene.model.calls] == ["total = 0\nx = "]


@in_virtual_time
async def test_where_it_would_write_another_word_it_is_asked_with_the_half_one() -> None:
    scene = Scene("total = 0\nx = to█\n")
    scene.family = QWEN_CODER
    await scene.begin()
    scene.model.answer = lambda prompt: "other\n" if prompt.start else "day()\n"
    assert await scene.ghost(Trigger.INVOKED) == "day()"
    assert [call.prompt.prefix for call in scene.model.calls] == ["total = 0\nx = ", "total = 0\nx = to"]
    assert scene.model.calls[0].end == "closed"
