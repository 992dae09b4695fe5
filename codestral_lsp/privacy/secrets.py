"""Finds secrets in text: passwords, keys, tokens. Line by line, and remembers lines, since prompts repeat them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from codestral_lsp.privacy.secret_kinds import KINDS, PRIVATE_KEY

_SUSPECT = re.compile(
    "|".join([r"[a-z0-9_+/=.~-]{24}", *sorted({re.escape(word) for kind in KINDS for word in kind.words})])
)
"""What every line with a secret has, in lower case; most lines of code have none of it."""
_LONGEST_LINE = 20_000
"""Characters; what is longer is data, and is looked at in pieces of this size."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text, by offsets in characters."""

    kind: str
    start: int
    end: int


def find_secrets(text: str) -> list[Secret]:
    """The secrets in `text`, in order, none within another."""
    found: list[Secret] = []
    if "PRIVATE KEY" in text:
        for match in PRIVATE_KEY.finditer(text):
            group = "secret" if match["secret"] is not None else "tail"
            found.append(Secret("private-key", *match.span(group)))
    keys = list(found)
    start = 0
    for line in text.splitlines(keepends=True):
        for at in range(0, len(line), _LONGEST_LINE):
            base = start + at
            for kind, first, last in _in_line(line[at : at + _LONGEST_LINE]):
                if not any(key.start < base + last and base + first < key.end for key in keys):
                    found.append(Secret(kind, base + first, base + last))
        start += len(line)
    return sorted(found, key=lambda secret: secret.start)


def hide_secrets(text: str) -> str:
    """The text with `…` for each secret, for what is only read."""
    for secret in reversed(find_secrets(text)):
        text = f"{text[: secret.start]}…{text[secret.end :]}"
    return text


@lru_cache(maxsize=8192)
def _in_line(line: str) -> tuple[tuple[str, int, int], ...]:
    """The secrets in one line: kind, start, end."""
    lowered = line.lower()
    if not _SUSPECT.search(lowered):
        return ()
    found: list[tuple[str, int, int]] = []
    for kind in KINDS:
        if kind.words and not any(word in lowered for word in kind.words):
            continue
        group: str | int = "secret" if "secret" in kind.pattern.groupindex else 0
        for match in kind.pattern.finditer(line.rstrip("\r\n")):
            start, end = match.span(group)
            if kind.check(line[start:end]) and not any(first < end and start < last for _, first, last in found):
                found.append((kind.name, start, end))
    return tuple(sorted(found, key=lambda each: each[1]))
