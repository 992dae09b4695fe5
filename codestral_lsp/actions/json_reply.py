"""Reads JSON from an answer, as a model wrote it: in a fence, amid prose, with a comma too many, cut off half way.

Where a backend promises JSON (Ollama's `format`, `response_format`), none of this is needed; the others do what they
can. Only the form is mended, never the content: what cannot be read is left out.
"""

from __future__ import annotations

import json
import re
from typing import Any

_DEEPEST = 30
_BLANK = re.compile(r"(?:\s|//[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?")
_WORD = re.compile(r"[^\s,:\[\]{}\"']+")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_CLOSES_STRING = re.compile(r"\s*(?:[,:}\]]|$)")


def read_json(text: str) -> Any:
    """The first object in `text` that can be made out, or the first list; None if there is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    return _Reader(text, min(starts)).value(0) if starts else None


def is_whole(text: str) -> bool:
    """Whether the first object in `text` is closed: nothing that comes after it is wanted."""
    start = text.find("{")
    if start < 0 or "}" not in text:
        return False
    try:
        json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return False
    return True


class _Reader:
    """A lenient recursive reader. Whatever it meets, it comes to an end."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at

    def value(self, depth: int) -> Any:
        self._skip()
        mark = self._peek()
        if depth > _DEEPEST or not mark:
            return None
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self._list(depth)
        if mark in "\"'`":
            return self._string(mark)
        if number := _NUMBER.match(self._text, self._at):
            self._at = number.end()
            return _number(number[0])
        if word := _WORD.match(self._text, self._at):
            self._at = word.end()
            return _WORDS.get(word[0], word[0])
        self._at += 1
        return None

    def _object(self, depth: int) -> dict[str, Any]:
        self._at += 1
        found: dict[str, Any] = {}
        while True:
            self._skip(",")
            if self._ends("}"):
                return found
            before = self._at
            key = self.value(depth + 1)
            self._skip()
            if self._peek() == ":":
                self._at += 1
                self._skip()
                if self._peek():
                    found[str(key)] = self.value(depth + 1)
            elif self._at == before:
                self._at += 1

    def _list(self, depth: int) -> list[Any]:
        self._at += 1
        found: list[Any] = []
        while True:
            self._skip(",")
            if self._ends("]"):
                return found
            before = self._at
            found.append(self.value(depth + 1))
            if self._at == before:
                self._at += 1

    def _string(self, quote: str) -> str:
        triple = self._text.startswith(quote * 3, self._at)
        mark = quote * 3 if triple else quote
        self._at += len(mark)
        parts: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == "\\":
                parts.append(self._escape())
                continue
            if self._text.startswith(mark, self._at):
                behind = self._at + len(mark)
                # A quotation mark that nothing fitting follows is one that the model forgot to escape.
                if triple or _CLOSES_STRING.match(self._text, behind):
                    self._at = behind
                    break
            parts.append(character)
            self._at += 1
        # Two escapes may make one character.
        return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _escape(self) -> str:
        mark = self._text[self._at + 1 : self._at + 2]
        code = self._text[self._at + 2 : self._at + 6]
        if mark == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", code):
            self._at += 6
            return chr(int(code, 16))
        self._at += 2
        # `\d` in a regular expression that was not escaped twice stays what it is.
        return _ESCAPES.get(mark) or (mark if mark in "\"'/\\`" else "\\" + mark)

    def _skip(self, also: str = "") -> None:
        while True:
            blank = _BLANK.match(self._text, self._at)
            assert blank is not None
            self._at = blank.end()
            if also and self._peek() == also:
                self._at += 1
            else:
                return

    def _ends(self, closer: str) -> bool:
        """Whether an object or list ends here: with its closer, with another's, or because the text does."""
        mark = self._peek()
        if mark == closer:
            self._at += 1
        return mark in ("", "}", "]")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def _number(text: str) -> float | int:
    value = float(text.rstrip("%"))
    if text.endswith("%"):
        return value / 100
    return int(value) if value.is_integer() and "." not in text and abs(value) < 1e15 else value
