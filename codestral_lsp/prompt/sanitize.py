"""Keeps control tokens that stand in the user's text from acting as control tokens.

Servers that take raw text turn `[PREFIX]` into the control token wherever it stands, so a source file that talks
about prompts (like this one) would break its own prompt. A zero-width space behind the first character stops that;
it is taken out of the answer again. Where a model's family is not known (it only chats), the tokens of all are broken.
"""

from __future__ import annotations

import re
from functools import cache

from codestral_lsp.prompt.families import FAMILIES, Family

_BREAK = "\u200b"
_CHAT_TOKENS = (
    *("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"),
    *("<|start_header_id|>", "<|end_header_id|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"),
    *("<|start|>", "<|message|>", "<|channel|>", "<|return|>", "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>"),
)
"""What the chat templates in use put between turns."""


@cache
def _control(family: Family | None) -> tuple[str, ...]:
    """The control tokens that a model may have, the longest first."""
    if family is not None:
        tokens = set(family.control)
    else:
        tokens = {token for each in FAMILIES for token in each.control}.union(_CHAT_TOKENS)
    return tuple(sorted(tokens, key=lambda token: (-len(token), token)))


@cache
def _tokens(family: Family | None) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _control(family))))


@cache
def _broken(family: Family | None) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(token[0]) + _BREAK + re.escape(token[1:]) for token in _control(family)))


def clean(text: str) -> str:
    """`text` as any model may see it: LF line ends, no byte order mark, no lone surrogates."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def neutralise(text: str, family: Family | None) -> str:
    """`text` with every control token of the family broken."""
    return _tokens(family).sub(lambda match: match[0][0] + _BREAK + match[0][1:], text)


def restore(answer: str, family: Family | None) -> str:
    """An answer with the control tokens that it repeats from the user's text whole again."""
    if _BREAK not in answer:
        return answer
    return _broken(family).sub(lambda match: match[0].replace(_BREAK, "", 1), answer)
