"""Puts a window into the layout of a model's family."""

from __future__ import annotations

from codestral_lsp.backends.base import ModelInfo, Prompt, Segment
from codestral_lsp.prompt.families import Family, Hole
from codestral_lsp.prompt.sanitize import clean, neutralise
from codestral_lsp.prompt.tokens import TokenCounter
from codestral_lsp.prompt.window import Window


def build(
    window: Window, family: Family | None, info: ModelInfo, counter: TokenCounter, *, path: str, language: str
) -> Prompt:
    """The prompt for `window`. A family is needed only where the whole prompt goes out as raw text."""
    prefix, suffix = clean(window.prefix), clean(window.suffix)
    if info.form == "suffix" or family is None:
        return Prompt(prefix, suffix, (), counter.text(prefix) + counter.text(suffix), path, language)
    holes = {Hole.PREFIX: neutralise(prefix, family), Hole.SUFFIX: neutralise(suffix, family)}
    segments = tuple(
        Segment(holes[part]) if isinstance(part, Hole) else Segment(part, control=True) for part in family.layout
    )
    tokens = sum(1 if segment.control else counter.text(segment.text) for segment in segments)
    return Prompt(holes[Hole.PREFIX], holes[Hole.SUFFIX], segments, tokens, path, language)
