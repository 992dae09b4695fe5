"""How large a prompt may be: what settings allow, what the model's context holds, what the machine reads in time."""

from __future__ import annotations

from codestral_lsp.backends.base import ModelInfo, Usage
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.prompt.families import Family
from codestral_lsp.prompt.window import WindowBudget

COLD_READ_S = 1.5
"""A window is at most what the machine reads in this time when nothing of it is cached (a cursor jump)."""
SMALLEST = 512
"""Tokens below which a window helps too little, however slow the machine."""
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
        tokens = min(tokens, max(SMALLEST, round(speed.tokens_per_s * COLD_READ_S)))
    if info.context_tokens is not None:
        tokens = min(tokens, info.context_tokens - answer_tokens(settings, info) - _RESERVE)
    return max(1, tokens)


def context_budget(settings: CompletionSettings, info: ModelInfo, speed: ReadingSpeed) -> int:
    """Tokens of a prompt for what is shown of other files."""
    return round(prompt_tokens(settings, info, speed) * CONTEXT_SHARE)


def window_budget(
    settings: CompletionSettings, info: ModelInfo, family: Family | None, speed: ReadingSpeed, taken: int = 0
) -> WindowBudget:
    """Tokens for the window, in a prompt of which other files have `taken` some."""
    tokens = prompt_tokens(settings, info, speed)
    share = family.suffix_share if family else 0.25
    suffix = max(1, round(tokens * share / 1.5))
    # Other files take from the prefix only: what is below the cursor is short, and names much of what is wanted.
    return WindowBudget(max(1, tokens - taken - round(suffix * 1.5)), suffix)
