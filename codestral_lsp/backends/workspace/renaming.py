"""The same code under other names: what was called `x` there is called `y` here.

A place elsewhere is laid beside ours and both are read backwards. Where they differ only in words, each pair tells
how names translate; parts of names count too (`test_parse` beside `test_format` makes `parser` a `formatter`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codestral_lsp.backends.workspace.place import CONTEXT, Place
from codestral_lsp.backends.workspace.source import Source
from codestral_lsp.backends.workspace.tokens import WORD

_PART = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\x80-\xff]+")
_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Renaming:
    """How the names of another place translate into ours."""

    names: dict[bytes, bytes]
    seen: dict[bytes, int]
    """How often each pair was met."""
    kept: frozenset[int]
    """Tokens that were the same in both places."""
    conflicts: int
    """Names that would need two translations."""

    def apply(self, text: bytes, *, first_word: bool) -> bytes:
        """`text` with the names translated; its first word only if told so."""
        parts = _parts(self.names)

        def translate(match: re.Match[bytes]) -> bytes:
            word = match.group()
            if word in self.names:
                return self.names[word]
            return _PART.sub(lambda part: parts.get(part.group(), part.group()), word) if parts else word

        start = 0
        if not first_word and (word := WORD.match(text)):
            start = word.end()
        return text[:start] + WORD.sub(translate, text[start:])


def compare(place: Place, source: Source, at: int) -> Renaming | None:
    """How the names before the place `at` translate into ours; None if they are the same, or too different."""
    names: dict[bytes, bytes] = {}
    seen: dict[bytes, int] = {}
    kept: set[int] = set()
    conflicts = 0
    for back, (there, here) in enumerate(zip(source.codes[at : at + CONTEXT], place.context, strict=False)):
        if there == here:
            kept.add(there)
            continue
        name, ours = source.token(at + back), place.tokens[back]
        if not (WORD.fullmatch(name) and WORD.fullmatch(ours)):
            break
        if names.setdefault(name, ours) == ours:
            seen[name] = seen.get(name, 0) + 1
        else:
            conflicts += 1
        if conflicts > 1 or len(names) > _MOST_NAMES:
            break
    return Renaming(names, seen, frozenset(kept), conflicts) if names else None


def _parts(names: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Translations of the parts in which names differ, in every way parts are written."""
    parts: dict[bytes, bytes] = {}
    for name, ours in names.items():
        there, here = _PART.findall(name), _PART.findall(ours)
        while there and here and there[0] == here[0]:
            del there[0], here[0]
        while there and here and there[-1] == here[-1]:
            del there[-1], here[-1]
        if len(there) == len(here) == 1 and (there[0], here[0]) != (name, ours):
            for write in (bytes, bytes.lower, bytes.capitalize, bytes.upper):
                parts.setdefault(write(there[0]), write(here[0]))
    return parts
