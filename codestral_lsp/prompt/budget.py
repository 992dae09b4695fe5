"""How large a prompt may be: what settings allow, what the model's context holds, what the machine reads in time."""

from __future__ import annotations

from codestral_lsp.backends.base import ModelInfo, Usage
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.prompt.families import Family
from codestral_lsp.prompt.window import HIGH_WATER, WindowBudget

FIRST_READ_S = 0.4
"""Where the cursor has just come to, a prompt is no more than what the machine reads in this time: the first
suggestion waits for all of it, and many places are left again soon."""
COLD_READ_S = 1.5
"""Where the user stays, a prompt may grow to what is read in this time when the model has lost all of it."""
SMALLEST = 512
"""Tokens below which a window helps too little, however slow the machine."""
FIRST_GUESS_PER_S = 1500.0
"""How fast a server on this machine is taken to read before it was seen to."""
CONTEXT_SHARE = 0.4
"""Share of a prompt that other files may take."""
_RESERVE = 16
"""Tokens for control tokens and what servers add."""


class ReadingSpeed:
    """How fast a server reads prompts, in tokens per second, learnt from its own timings."""

    STICKY = 0.3
    """A new speed counts only when it differs by this share: a window that breathes is read again and again."""

    def __init__(self) -> None:
        self.tokens_per_s: float | None = None
        self._average: float | None = None

    def observe(self, usage: Usage) -> None:
        """Learn from a request. Short reads tell more of overhead than of speed and are passed over."""
        evaluated = usage.evaluated_tokens
        if evaluated is None or evaluated < 64 or not usage.prompt_ms:
            return
        seen = evaluated / usage.prompt_ms * 1000
        self._average = seen if self._average is None else 0.7 * self._average + 0.3 * seen
        if self.tokens_per_s is None or abs(self._average / self.tokens_per_s - 1) > self.STICKY:
            self.tokens_per_s = self._average


def answer_tokens(settings: CompletionSettings, info: ModelInfo) -> int:
    """The longest answer to ask for: never more than half of the model's context."""
    if info.context_tokens is None:
        return settings.max_tokens
    return max(1, min(settings.max_tokens, info.context_tokens // 2))


def prompt_tokens(settings: CompletionSettings, info: ModelInfo, speed: ReadingSpeed) -> int:
    """Tokens for the whole prompt; together with the answer it stays within the model's context."""
    tokens = settings.context_tokens
    if speed.tokens_per_s is not None:
        tokens = min(tokens, max(2 * SMALLEST, round(speed.tokens_per_s * COLD_READ_S)))
    if info.context_tokens is not None:
        tokens = min(tokens, info.context_tokens - answer_tokens(settings, info) - _RESERVE)
    return max(1, tokens)


def first_tokens(settings: CompletionSettings, info: ModelInfo, speed: ReadingSpeed) -> int:
    """Tokens for the whole prompt at a place that the model has not read; a remote one reads it each time anyway."""
    most = prompt_tokens(settings, info, speed)
    if info.remote:
        return most
    read = round((speed.tokens_per_s or FIRST_GUESS_PER_S) * FIRST_READ_S)
    return min(most, max(SMALLEST, read))


def context_budget(tokens: int) -> int:
    """Tokens for what is shown of other files, in a prompt of so many."""
    return round(tokens * CONTEXT_SHARE)


def window_budget(most: int, first: int, family: Family | None, taken: int = 0) -> WindowBudget:
    """Tokens for the window, in a prompt that may grow to `most` and at first has `first`, of which other files have
    `taken` some."""
    share = family.suffix_share if family else 0.25
    suffix = max(1, round(first * share / HIGH_WATER))
    reserved = taken + round(suffix * HIGH_WATER)
    # Other files take from the prefix only: what is below the cursor is short, and names much of what is wanted.
    suffix_first = family is None or family.suffix_first
    return WindowBudget(max(1, most - reserved), suffix, max(1, first - reserved), suffix_first)
