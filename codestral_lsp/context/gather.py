"""Asks every source that is switched on, and keeps the best of what they find, as much as fits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from codestral_lsp.context.complaints import diagnostics
from codestral_lsp.context.definitions import definitions
from codestral_lsp.context.place import Place, Snippet, SourceName
from codestral_lsp.context.recent import edits, visited
from codestral_lsp.context.similar import similar
from codestral_lsp.context.skeleton import skeleton
from codestral_lsp.context.tests_beside import tests
from codestral_lsp.context.workspace import Workspace

log = logging.getLogger(__name__)

Source = Callable[[Place, Workspace], Iterator[Snippet]]

SOURCES: Mapping[SourceName, Source] = {
    SourceName.DEFINITIONS: definitions,
    SourceName.EDITS: edits,
    SourceName.DIAGNOSTICS: diagnostics,
    SourceName.SKELETON: skeleton,
    SourceName.SIMILAR: similar,
    SourceName.TESTS: tests,
    SourceName.VISITED: visited,
}
"""All sources, in the order in which they are asked: what costs little and gives much comes first."""

IN_TIME_S = 0.04
"""When no further source is asked: what has been found by then has to do."""
_LEAST = 0.15
"""A snippet worth less is not worth its tokens, even if there is room."""
_HEADER_TOKENS = 10
_NO_PART = frozenset({SourceName.EDITS, SourceName.DIAGNOSTICS})
"""Sources whose snippets are no lines of the file."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found for a place, the least valuable first, and what it cost to find."""

    snippets: tuple[Snippet, ...] = ()
    tokens: int = 0
    ms: float = 0.0
    by_source: Mapping[str, int] = field(default_factory=dict)
    """Tokens that each source got."""


def gather(
    place: Place,
    workspace: Workspace,
    sources: Collection[SourceName],
    budget: int,
    tokens: Callable[[str], int],
    in_time_s: float,
) -> Gathered:
    """The best snippets for `place`, within a budget of tokens and a time in seconds."""
    started = time.perf_counter()
    workspace.at(place.open, started + in_time_s)
    found: list[Snippet] = []
    for name, source in SOURCES.items():
        if name not in sources:
            continue
        try:
            for snippet in source(place, workspace):
                found.append(snippet)
                if workspace.late:
                    break
        except Exception:
            log.exception("Bug in the context source %s", name)
        if workspace.late:
            break
    chosen, by_source, total = _choose(found, budget, tokens)
    return Gathered(tuple(reversed(chosen)), total, (time.perf_counter() - started) * 1000, by_source)


def whole_files(snippets: Sequence[Snippet]) -> list[Snippet]:
    """The snippets of a file as one, where its most valuable one is: models know files that come once, in order.

    What is no part of a file (a diff, a message) stays by itself.
    """
    pieces: dict[tuple[str, str], list[Snippet]] = {}
    for each in snippets:
        key = each.path, each.source if each.source in _NO_PART else ""
        pieces[key] = [*pieces.pop(key, ()), each]
    ordered = (sorted(found, key=lambda each: each.line) for found in pieces.values())
    return [replace(found[0], text="\n".join(each.text for each in found)) for found in ordered]


def _choose(
    found: list[Snippet], budget: int, tokens: Callable[[str], int]
) -> tuple[list[Snippet], dict[str, int], int]:
    """The best ones first; what is mostly there already, or does not fit any more, is left out."""
    chosen: list[Snippet] = []
    by_source: dict[str, int] = {}
    spent = 0
    for snippet in sorted(found, key=lambda each: -each.score):
        if snippet.score < _LEAST:
            break
        cost = tokens(snippet.text) + _HEADER_TOKENS
        if spent + cost > budget or snippet.covers(chosen):
            continue
        chosen.append(snippet)
        spent += cost
        by_source[snippet.source] = by_source.get(snippet.source, 0) + cost
    return chosen, by_source, spent
