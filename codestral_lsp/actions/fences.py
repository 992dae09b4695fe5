"""Code in an answer: in a fence, mostly."""

from __future__ import annotations

import re

from codestral_lsp.actions.reading import Audience

_OPEN = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n`]*\n", re.MULTILINE)


def code_in(text: str) -> str:
    """The code in the first fence of an answer that may be unfinished; all of an answer that has no fence."""
    opening = _OPEN.search(text)
    if opening is None:
        return "" if text.lstrip().startswith(("`", "~")) else text.strip("\n")
    rest = text[opening.end() :]
    closing = _closing(rest, opening[1])
    return rest if closing is None else rest[: closing.start()]


def is_closed(text: str) -> bool:
    """Whether the first fence is closed: nothing that comes after it is wanted."""
    opening = _OPEN.search(text)
    return opening is not None and _closing(text[opening.end() :], opening[1]) is not None


def _closing(rest: str, mark: str) -> re.Match[str] | None:
    return re.search(rf"^ {{0,3}}{re.escape(mark)}[ \t]*$", rest, re.MULTILINE)


class CodeHearer:
    """Hands on the code of an answer, without its fence."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience

    def heard(self, text: str) -> None:
        """The answer so far."""
        self._audience.heard(code_in(text))

    def waits(self, why: str) -> None:
        """The model is with somebody else."""
        self._audience.waits(why)
