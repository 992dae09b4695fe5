"""What a kind of secret is: how it looks, and what must and must not stand around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class SecretKind:
    """A kind of secret. It hides the `secret` group of its pattern, or all that matches if there is none."""

    name: str
    pattern: re.Pattern[str]
    words: tuple[str, ...]
    """Lower-case texts of which a line must hold one to be looked at; none: every line is looked at."""
    check: Check = lambda secret: True
    """What the secret must be besides."""
    unless: re.Pattern[str] | None = None
    """What makes it none, right before the match."""


def kind(
    name: str, pattern: str, *words: str, check: Check = lambda secret: True, unless: re.Pattern[str] | None = None
) -> SecretKind:
    """A kind whose pattern is given as text, and its words in any case."""
    return SecretKind(name, re.compile(pattern), tuple(word.lower() for word in words), check, unless)


def token(name: str, pattern: str, *words: str) -> SecretKind:
    """A token that its own beginning gives away."""
    return kind(name, rf"(?<![A-Za-z0-9_]){pattern}(?![A-Za-z0-9_])", *words)
