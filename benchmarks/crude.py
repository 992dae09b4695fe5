"""The plain way: the longest match of the last tokens, at most twelve, anywhere in the repository but the hole."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.holes import Hole, Repository

LONGEST = 12
_MOST_TOKENS = 120
_TOKEN = re.compile(r"[ \t]*(?:\w+|[^\w\s])|\n")
_CODE = 4


class Crude:
    """A 12-gram model with back-off: the next token is what followed most often after the longest match."""

    def __init__(self, repository: Repository) -> None:
        self._tokens: list[str] = [""]
        self._codes: dict[str, int] = {"": 0}
        self._files = {path: self._encode("".join(_bare(text.lines))) for path, text in repository.texts.items()}

    def rest(self, hole: Hole) -> str:
        """What the rest of the line is taken to be."""
        assert hole.document.path is not None
        lines = hole.document.text.lines
        row = hole.cursor.line
        head = _TOKEN.findall(lines[row][: hole.cursor.column].lstrip())
        part = head.pop() if head else ""
        if lines[row][: hole.cursor.column].endswith((" ", "\t")) and (head or part):
            head, part = [*head, part], " "
        before = self._encode("".join(_bare(lines[:row])))
        context = before + self._encode_tokens(head)
        raw = (
            b"".join(self._others(hole.document.path))
            + context
            + bytes(4)
            + self._encode("".join(_bare(lines[row + 1 :])))
        )
        said: list[str] = []
        while len(said) < _MOST_TOKENS:
            token = self._next(raw, context, part)
            if token is None or token == "\n":
                break
            said.append(token[len(part) :] if not said else token)
            context += self._encode_tokens([token])
            part = ""
        return "".join(said)

    def _next(self, raw: bytes, context: bytes, part: str) -> str | None:
        for length in range(LONGEST, 0, -1):
            needle = context[-_CODE * length :]
            follows = Counter(
                token
                for at in _all(needle, raw)
                if (token := self._tokens[int.from_bytes(raw[at + len(needle) : at + len(needle) + _CODE], "little")])
                and token.startswith(part)
            )
            if follows:
                return follows.most_common(1)[0][0]
        return None

    def _others(self, path: Path) -> Iterator[bytes]:
        for other, codes in self._files.items():
            if other != path:
                yield codes
                yield bytes(_CODE)

    def _encode(self, text: str) -> bytes:
        return self._encode_tokens(_TOKEN.findall(text))

    def _encode_tokens(self, tokens: list[str]) -> bytes:
        codes = array("I")
        for token in tokens:
            if token not in self._codes:
                self._codes[token] = len(self._tokens)
                self._tokens.append(token)
            codes.append(self._codes[token])
        return codes.tobytes()


def _bare(lines: list[str]) -> list[str]:
    """Lines without indentation, none of them blank."""
    return [f"{bare}\n" for line in lines if (bare := line.strip())]


def _all(needle: bytes, raw: bytes) -> Iterator[int]:
    at = raw.find(needle)
    while at >= 0:
        if at % _CODE == 0 and at + len(needle) < len(raw):
            yield at
        at = raw.find(needle, at + 1)
