"""Finds secrets in text: passwords, keys, tokens. Line by line.

Prompts repeat themselves from key to key, all but the line that is typed: what was found in blocks of lines and in
lines is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from codestral_lsp.privacy.secret_kinds import KINDS, PRIVATE_KEY

_SUSPECT = re.compile(
    "|".join([r"[a-z0-9_+/=.~-]{24}", *sorted({re.escape(word) for kind in KINDS for word in kind.words})])
)
"""What every line with a secret has, in lower case; most lines of code have none of it."""
_LONGEST_LINE = 20_000
"""Characters; what is longer is data, and is looked at in pieces of this size."""
_BLOCK = 512
"""Characters of a block, up to the next end of a line."""


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
    for base, block in _blocks(text):
        for kind, first, last in _in_block(block):
            if not any(key.start < base + last and base + first < key.end for key in keys):
                found.append(Secret(kind, base + first, base + last))
    return sorted(found, key=lambda secret: secret.start)


def hide_secrets(text: str) -> str:
    """The text with `…` for each secret, for what is only read."""
    for secret in reversed(find_secrets(text)):
        text = f"{text[: secret.start]}…{text[secret.end :]}"
    return text


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The text in blocks of whole lines, each with its place. Where a text only grows, all but its last ones stay."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BLOCK) + 1 or len(text)
        yield start, text[start:end]
        start = end


@lru_cache(maxsize=2048)
def _in_block(block: str) -> tuple[tuple[str, int, int], ...]:
    """The secrets in some lines: kind, start, end."""
    found: list[tuple[str, int, int]] = []
    start = 0
    for line in block.splitlines(keepends=True):
        for at in range(start, start + len(line), _LONGEST_LINE):
            inside = _in_line(line[at - start : at - start + _LONGEST_LINE])
            found += [(kind, at + first, at + last) for kind, first, last in inside]
        start += len(line)
    return tuple(found)


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
