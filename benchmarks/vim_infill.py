"""llama.vim's way, replayed: its request to llama-server's /infill, and what it makes of the answer.

Facts from its source (autoload/llama.vim): up to 256 lines before the cursor's line, the rest of that line and 64
lines below; the line's beginning goes behind the middle token; on a blank line it starts from the line's beginning.
128 tokens, stopped by the server where indentation falls below the line's own (`n_indent`), and by time once a line
is whole (`t_max_predict_ms`, 250 for what is asked first). Its samplers, made to choose the likeliest token.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import httpx2

from benchmarks.model import Memory
from codestral_lsp.backends.base import Piece


@dataclass(frozen=True, slots=True)
class Question:
    """What llama.vim sends for a cursor."""

    prefix: str
    middle: str
    suffix: str
    indent: int

    @property
    def body(self) -> dict[str, Any]:
        """The request."""
        return {
            "input_prefix": self.prefix,
            "input_suffix": self.suffix,
            "input_extra": [],
            "prompt": self.middle,
            "n_predict": 128,
            "n_indent": self.indent,
            "top_k": 40,
            "top_p": 0.99,
            "stream": True,
            "samplers": ["top_k", "top_p", "infill", "temperature"],
            "temperature": 0,
            "cache_prompt": True,
        }

    @property
    def key(self) -> bytes:
        """Names it in the recording."""
        return blake2b(b"llama.vim" + json.dumps(self.body).encode(), digest_size=16).digest()


def question(before: str, after: str) -> Question:
    """What it asks with the cursor between `before` and `after`."""
    *above, head = before.split("\n")
    rest, *below = after.split("\n")
    line = head + rest
    blank = not line.strip()
    middle = "" if blank else head
    indent = 0 if blank else len(line) - len(line.lstrip())
    return Question(
        "\n".join(above[-256:]) + "\n",
        middle,
        ("" if blank else rest) + "\n" + "\n".join(below[:64]) + "\n",
        indent,
    )


async def record(url: str, memory: Memory, questions: Iterable[Question], at_once: int, most_tokens: int) -> None:
    """Ask what was not asked before, until a line is whole and there are so many tokens."""
    waiting = iter([asked for asked in questions if not memory.get(asked.key)])
    async with httpx2.AsyncClient(timeout=600) as client:

        async def work() -> None:
            for asked in waiting:
                tokens: list[str] = []
                async with client.stream("POST", f"{url}/infill", json=asked.body) as reply:
                    reply.raise_for_status()
                    async for line in reply.aiter_lines():
                        if line.startswith("data: "):
                            tokens.append(json.loads(line.removeprefix("data: "))["content"])
                        if len(tokens) >= most_tokens and any("\n" in token for token in tokens):
                            break
                memory.put(asked.key, list(map(Piece, tokens)))

        await asyncio.gather(*(work() for _ in range(at_once)))


@dataclass(frozen=True, slots=True)
class Shown:
    """What it would insert in place of everything on the cursor's line that is blank, and what that took."""

    text: str
    replaces_blanks: bool
    """Whether `text` brings the line's own indentation."""
    tokens: list[str]
    """What the model wrote until its time was up."""


def shown(memory: Memory, asked: Question, before: str, after: str, *, most_tokens: int) -> Shown | None:
    """Its suggestion; None if it was never asked. `most_tokens`: how many come before its time is up."""
    kept = memory.get(asked.key)
    if not kept:
        return None
    tokens = [piece.text for piece in kept]
    text, count = "", 0
    for token in tokens:
        text, count = text + token, count + 1
        if count >= most_tokens and "\n" in text:
            break
    else:
        # Where indentation fell below the line's own, the server takes the last line back.
        text = text.rstrip(" \t") if asked.indent else text
    blank = not (before.rpartition("\n")[2] + after.partition("\n")[0]).strip()
    return Shown(_accepted(text, before, after, blank=blank), blank, tokens[:count])


def _accepted(text: str, before: str, after: str, *, blank: bool) -> str:
    """What is left of an answer after its rules against saying again what stands below."""
    content = text.split("\n")
    while content and content[-1] == "":
        content.pop()
    if not content:
        return ""
    head, rest = before.rpartition("\n")[2], after.partition("\n")[0]
    lead = ""
    if blank:
        blanks = len(content[0]) - len(content[0].lstrip())
        lead = content[0][: min(blanks, len(head + rest))]
        content[0] = content[0][len(lead) :]
        head = lead
    below = after.split("\n")[1:]
    if len(content) > 1 and content[0] == "" and content[1:] == below[: len(content) - 1]:
        return ""
    if len(content) == 1 and content[0] == (rest if not blank else ""):
        return ""
    first = next((at for at, line in enumerate(below) if line.strip()), len(below))
    following = below[first:]
    if following and head + content[0] == following[0]:
        if len(content) == 1:
            return ""
        if len(content) == 2 and len(following) > 1 and following[1].startswith(content[1]):
            return ""
        if len(content) > 2 and content[1:] == following[1 : len(content)]:
            return ""
    return lead + "\n".join(content)
