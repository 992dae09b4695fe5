"""Puts a window, and what is shown of other files, into the layout of a model's family."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from codestral_lsp.backends.base import ModelInfo, Prompt, Segment, Source
from codestral_lsp.document.languages import language_of
from codestral_lsp.prompt.crossfile import COMMENTED, ContextFile, render
from codestral_lsp.prompt.families import Family, Hole
from codestral_lsp.prompt.sanitize import clean, neutralise
from codestral_lsp.prompt.tokens import TokenCounter
from codestral_lsp.prompt.window import Window

_BEGUN = re.compile(r"(?<!\w)[^\W\d]\w*\Z")
_LONGEST_WORD = 40
"""Characters of a word that is left to the model."""


def build(
    window: Window,
    family: Family | None,
    info: ModelInfo,
    counter: TokenCounter,
    *,
    path: str,
    language: str,
    context: Sequence[ContextFile] = (),
    repository: str = "",
) -> Prompt:
    """The prompt for `window`. A family is needed only where the whole prompt goes out as raw text."""

    def of(prefix: str) -> Prompt:
        return _build(replace(window, prefix=prefix), family, info, counter, path, language, context, repository)

    start = begun_word(window.prefix) if family is not None and family.heals_words and not info.remote else ""
    if not start:
        return of(window.prefix)
    plain = None if info.holds_start else of(window.prefix)
    return replace(of(window.prefix.removesuffix(start)), start=start, plain=plain)


def begun_word(prefix: str) -> str:
    """The word that a prefix ends in; empty if there is none, or it is too long to be a word that somebody writes."""
    found = _BEGUN.search(prefix[-_LONGEST_WORD - 1 :])
    return found[0] if found and len(found[0]) <= _LONGEST_WORD else ""


def _build(
    window: Window,
    family: Family | None,
    info: ModelInfo,
    counter: TokenCounter,
    path: str,
    language: str,
    context: Sequence[ContextFile],
    repository: str,
) -> Prompt:
    prefix, suffix = clean(window.prefix), clean(window.suffix)
    sources = (Source(path, window.first_line + 1, window.last_line), *(Source(file.path) for file in context))
    form = family.cross_file if family else COMMENTED
    raw = info.form == "raw" and family is not None
    if not (raw or form.inside):
        form = COMMENTED
    files = [replace(file, text=clean(file.text)) for file in context]
    if raw and family is not None:
        files = [ContextFile(neutralise(file.path, family), neutralise(file.text, family)) for file in files]
        prefix, suffix = neutralise(prefix, family), neutralise(suffix, family)
    others = render(form, files, path, repository, language_of(language, path).line_comment)
    if form.inside:
        prefix = others + prefix
    if not raw or family is None:
        return Prompt(prefix, suffix, (), counter.text(prefix) + counter.text(suffix), path, language, sources)
    holes = {Hole.PREFIX: prefix, Hole.SUFFIX: suffix}
    segments = (
        *(() if form.inside else _with_control(others, family)),
        *(Segment(holes[part]) if isinstance(part, Hole) else Segment(part, control=True) for part in family.layout),
    )
    tokens = sum(1 if segment.control else counter.text(segment.text) for segment in segments)
    return Prompt(prefix, suffix, segments, tokens, path, language, sources)


def _with_control(text: str, family: Family) -> Iterator[Segment]:
    """A text of our own making, with the family's control tokens as segments of their own."""
    either = "|".join(map(re.escape, sorted(family.control, key=len, reverse=True)))
    for part in re.split(f"({either})", text):
        if part:
            yield Segment(part, control=part in family.control)
