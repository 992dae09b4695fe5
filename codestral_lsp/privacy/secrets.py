"""Finds secrets in text: passwords, keys, tokens. Line by line.

Prompts repeat themselves from key to key, all but the line that is typed: what was found in blocks of lines and in
lines is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from codestral_lsp.privacy.secret_kind import SecretKind
from codestral_lsp.privacy.secret_places import ACROSS_LINES, LINES_ABOVE, PLACES, PRIVATE_KEY
from codestral_lsp.privacy.secret_tokens import TOKENS

_KINDS = (*TOKENS, *PLACES)

_LONG = re.compile("[A-Za-z0-9_+/=.~-]{24}")
"""What a line must have in which a kind without words may be."""
_LONGEST_LINE = 20_000
"""Characters; what is longer is data, and is looked at in pieces of this size."""
_BLOCK = 512
"""Characters of a block, up to the next end of a line."""


Found = tuple[str, int, int]
"""Kind, start and end."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text, by offsets in characters."""

    kind: str
    start: int
    end: int


def find_secrets(text: str) -> list[Secret]:
    """The secrets in `text`, in order, none within another."""
    found: list[Secret] = []
    if "PRIVATE KEY" in text or "Private-Lines" in text:
        for match in PRIVATE_KEY.finditer(text):
            assert match.lastgroup is not None
            found.append(Secret("private-key", *match.span(match.lastgroup)))
    keys = list(found)
    for base, above, block in _blocks(text):
        for kind, first, last in _in_block(block, above):
            if not any(key.start < base + last and base + first < key.end for key in keys):
                found.append(Secret(kind, base + first, base + last))
    return sorted(found, key=lambda secret: secret.start)


def hide_secrets(text: str) -> str:
    """The text with `…` for each secret, for what is only read."""
    for secret in reversed(find_secrets(text)):
        text = f"{text[: secret.start]}…{text[secret.end :]}"
    return text


def _blocks(text: str) -> Iterator[tuple[int, str, str]]:
    """The text in blocks of whole lines, each with its place and the lines right above it.

    Where a text only grows, all but its last ones stay.
    """
    start, above = 0, ""
    while start < len(text):
        end = text.find("\n", start + _BLOCK) + 1 or len(text)
        block = text[start:end]
        yield start, above, block
        start, above = end, "".join(block[-_BLOCK:].splitlines(keepends=True)[-LINES_ABOVE:])


@lru_cache(maxsize=2048)
def _in_block(block: str, above: str) -> tuple[Found, ...]:
    """The secrets in some lines."""
    found: list[Found] = []
    lowered = block.lower()
    kinds = tuple(number for number, kind in enumerate(_KINDS) if _may_be(kind, lowered))
    spread = tuple(kind for kind in ACROSS_LINES if _may_be(kind, lowered))
    lines, start = [*above.splitlines(keepends=True), *block.splitlines(keepends=True)], 0
    for number, line in enumerate(lines[above.count("\n") :], start=above.count("\n")):
        for at in range(start, start + len(line), _LONGEST_LINE):
            inside = _in_line(line[at - start : at - start + _LONGEST_LINE], kinds)
            found += [(kind, at + first, at + last) for kind, first, last in inside]
        before = "".join(lines[max(0, number - LINES_ABOVE) : number])
        if spread and len(before) + len(line) <= _LONGEST_LINE:
            found += [
                (kind, start + first, start + last)
                for kind, first, last in _matches(spread, before, line)
                if not any(one < start + last and start + first < other for _, one, other in found)
            ]
        start += len(line)
    return tuple(found)


@lru_cache(maxsize=8192)
def _in_line(line: str, kinds: tuple[int, ...]) -> tuple[Found, ...]:
    """The secrets in one line, of the kinds with these numbers."""
    return tuple(sorted(_matches((_KINDS[number] for number in kinds), "", line), key=lambda each: each[1]))


def _may_be(kind: SecretKind, lowered: str) -> bool:
    return not kind.words or any(word in lowered for word in kind.words)


def _matches(kinds: Iterable[SecretKind], above: str, line: str) -> list[Found]:
    """What is found of some kinds in a line, with the help of the lines above it; offsets are the line's."""
    lowered, text = line.lower(), above + line.rstrip("\r\n")
    is_long = _LONG.search(line) is not None
    found: list[Found] = []
    for kind in kinds:
        if not (_may_be(kind, lowered) if kind.words else is_long):
            continue
        group: str | int = "secret" if "secret" in kind.pattern.groupindex else 0
        for match in kind.pattern.finditer(text):
            start, end = match.start(group) - len(above), match.end(group) - len(above)
            if start < 0 or any(first < end and start < last for _, first, last in found):
                continue
            if kind.check(match[group]) and not (kind.unless and kind.unless.search(text[: match.start()])):
                found.append((kind.name, start, end))
    return found
