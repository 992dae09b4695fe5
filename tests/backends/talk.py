"""What the tests of all backends say and hear."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from codestral_lsp.backends.base import ChatRequest, Finish, Message, Piece, Prompt, Sampling, Segment, Usage

PREFIX = "def add(a, b):\n    "
SUFFIX = "\n\n\nprint(add(1, 2))\n"


def prompt(prefix: str = PREFIX, suffix: str = SUFFIX) -> Prompt:
    """A prompt in Codestral's layout."""
    segments = (Segment("[SUFFIX]", True), Segment(suffix), Segment("[PREFIX]", True), Segment(prefix))
    return Prompt(prefix, suffix, segments, path="src/add.py", language="python")


def question(text: str = "What does it do?", max_tokens: int = 64) -> ChatRequest:
    """A chat of two messages."""
    return ChatRequest([Message("system", "Be brief."), Message("user", text)], Sampling(max_tokens))


@dataclass(frozen=True)
class Heard:
    """A whole answer."""

    text: str
    finish: Finish | None
    usage: Usage | None
    pieces: list[Piece]


async def hear(generated: AsyncGenerator[Piece]) -> Heard:
    """Read an answer to its end."""
    pieces = [piece async for piece in generated]
    last = pieces[-1]
    assert [piece for piece in pieces[:-1] if piece.finish] == []
    return Heard("".join(piece.text for piece in pieces), last.finish, last.usage, pieces)


async def first(generated: AsyncGenerator[Piece]) -> str:
    """The first piece of an answer; the rest is not wanted."""
    async with aclosing(generated):
        return (await anext(generated)).text
