"""What a setting's value may be: checked, explained to the user, and described as JSON Schema for editors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value. `parse` returns the value to keep or raises ValueError saying what was expected."""

    parse: Callable[[Any], Any]
    schema: Mapping[str, Any]
    merges: bool = False
    """Whether a later source adds to this value (a table, a list) instead of replacing it."""


_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


def _expected(what: str, value: object) -> ValueError:
    shown = repr(value)
    return ValueError(f"expected {what}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")


def flag() -> Kind:
    """True or false."""

    def parse(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise _expected("true or false", value)

    return Kind(parse, {"type": "boolean"})


def whole(minimum: int, maximum: int) -> Kind:
    """A whole number between two bounds, both included."""

    def parse(value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and minimum <= value <= maximum:
            return value
        raise _expected(f"a whole number from {minimum} to {maximum}", value)

    return Kind(parse, {"type": "integer", "minimum": minimum, "maximum": maximum})


def amount() -> Kind:
    """A sum of money, or none of it: a number that is not negative."""

    def parse(value: Any) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
            return float(value)
        raise _expected("a number that is not negative", value)

    return Kind(parse, {"type": "number", "minimum": 0})


def text() -> Kind:
    """A text that is not empty."""

    def parse(value: Any) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        raise _expected("a text", value)

    return Kind(parse, {"type": "string"})


def variable() -> Kind:
    """The name of an environment variable. What else stands there may be a key put in the wrong place: never shown."""

    def parse(value: Any) -> str:
        if isinstance(value, str) and _VARIABLE.fullmatch(value.strip()):
            return value.strip()
        raise ValueError("expected the name of an environment variable in capitals, not what it holds")

    return Kind(parse, {"type": "string", "pattern": f"^{_VARIABLE.pattern}$"})


def one_of(*choices: str) -> Kind:
    """One of a few words."""

    def parse(value: Any) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise _expected("one of " + ", ".join(choices), value)

    return Kind(parse, {"type": "string", "enum": list(choices)})


def either(word: str, other: Kind) -> Kind:
    """A certain word, or a value of another kind."""

    def parse(value: Any) -> Any:
        if value == word:
            return word
        try:
            return other.parse(value)
        except ValueError as error:
            raise ValueError(str(error).replace("expected ", f'expected "{word}" or ', 1)) from None

    return Kind(parse, {"anyOf": [{"enum": [word]}, other.schema]})


def optional(other: Kind) -> Kind:
    """A value of another kind, or none."""
    return Kind(other.parse, {"anyOf": [other.schema, {"type": "null"}]})


def url() -> Kind:
    """An http or https address, without a query and without a user name or password in it."""

    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise _expected("an address like http://127.0.0.1:8080", value)
        try:
            parts = urlsplit(value.strip())
            port = parts.port
        except ValueError:
            raise _expected("an address like http://127.0.0.1:8080", value) from None
        if "@" in value or parts.query:
            # Not shown back: what stands there is likely a secret.
            raise ValueError("expected an address without a user name, a password or a query in it")
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.fragment:
            raise _expected("an address like http://127.0.0.1:8080", value)
        return value.strip().rstrip("/")

    return Kind(parse, {"type": "string", "format": "uri"})


_DURATION = re.compile(r"-?\d+(?:\.\d+)?(?:ms|s|m|h)(?:\d+(?:ms|s|m|h))*")


def duration() -> Kind:
    """A time as Ollama writes it (30m, 1h30m), or a number of seconds; negative means for ever."""

    def parse(value: Any) -> str | int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and _DURATION.fullmatch(value):
            return value
        raise _expected("a time like 30m, or a number of seconds", value)

    return Kind(parse, {"type": ["string", "integer"]})


def flags_by_name() -> Kind:
    """A table of names to true or false; a later source overrides single names."""

    def parse(value: Any) -> dict[str, bool]:
        if isinstance(value, Mapping) and all(
            isinstance(key, str) and isinstance(flag, bool) for key, flag in value.items()
        ):
            return dict(value)
        raise _expected("a table of names to true or false", value)

    return Kind(parse, {"type": "object", "additionalProperties": {"type": "boolean"}}, merges=True)


def texts() -> Kind:
    """A list of texts; a later source adds to it."""

    def parse(value: Any) -> tuple[str, ...]:
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise _expected("a list of texts", value)

    return Kind(parse, {"type": "array", "items": {"type": "string"}}, merges=True)


def command() -> Kind:
    """A command as a list of arguments, run without a shell."""

    def parse(value: Any) -> tuple[str, ...]:
        if isinstance(value, list | tuple) and value and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        raise _expected('a command as a list of arguments, like ["pass", "show", "mistral"]', value)

    return Kind(parse, {"type": "array", "items": {"type": "string"}, "minItems": 1})
