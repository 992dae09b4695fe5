"""Keeps control tokens that stand in the user's text from acting as control tokens.

Servers that take raw text turn `[PREFIX]` into the control token wherever it stands, so a source file that talks
about prompts (like this one) would break its own prompt. A zero-width space behind the first character stops that;
it is taken out of the answer again.
"""

from __future__ import annotations

import re
from functools import cache

from codestral_lsp.prompt.families import Family

_BREAK = "\u200b"


@cache
def _tokens(family: Family) -> re.Pattern[str]:
    longest_first = sorted(family.control, key=len, reverse=True)
    return re.compile("|".join(re.escape(token) for token in longest_first))


@cache
def _broken(family: Family) -> re.Pattern[str]:
    longest_first = sorted(family.control, key=len, reverse=True)
    return re.compile("|".join(re.escape(token[0]) + _BREAK + re.escape(token[1:]) for token in longest_first))


def clean(text: str) -> str:
    """`text` as any model may see it: LF line ends, no byte order mark, no lone surrogates."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def neutralise(text: str, family: Family) -> str:
    """`text` with every control token of the family broken."""
    return _tokens(family).sub(lambda match: match[0][0] + _BREAK + match[0][1:], text)


def restore(answer: str, family: Family) -> str:
    """An answer with the control tokens that it repeats from the user's text whole again."""
    if _BREAK not in answer:
        return answer
    return _broken(family).sub(lambda match: match[0].replace(_BREAK, "", 1), answer)
