"""What the figures are measured for: each goal, what was seen, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Results = Mapping[str, Any]
"""All results: by benchmark, then by part, then by contender (a table's columns), then by figure."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal. `seen` gets the benchmark's parts and gives the figure, and the one beside it if there is one."""

    benchmark: str
    text: str
    seen: Callable[[Results], tuple[float, float | None]]
    holds: Callable[[float, float | None], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal and what became of it; `holds` is None where it was not measured."""

    text: str
    ours: str
    beside: str
    holds: bool | None


def verdicts(results: Results) -> list[Verdict]:
    """Every goal, measured or not."""
    return [_verdict(goal, results.get(goal.benchmark)) for goal in GOALS]


def _verdict(goal: Goal, parts: Results | None) -> Verdict:
    if parts is None:
        return Verdict(goal.text, "–", "–", None)
    try:
        ours, beside = goal.seen(parts)
    except (KeyError, StopIteration, TypeError):
        return Verdict(goal.text, "–", "–", None)
    return Verdict(goal.text, f"{ours:g}", "–" if beside is None else f"{beside:g}", goal.holds(ours, beside))


def _part(parts: Results, start: str) -> Results:
    """The part whose name starts so."""
    return next(part for name, part in parts.items() if name.startswith(start))


def _column(part: Results, start: str) -> Results:
    return next(column for name, column in part.items() if name.startswith(start))


def _of(part: str, column: str, figure: str, beside: str = "", times: str = "") -> Callable[[Results], Any]:
    """A figure of a column; beside it the same figure of another column."""

    def seen(parts: Results) -> tuple[float, float | None]:
        table = _part(parts, part)
        return _column(table, column)[figure], _column(table, beside)[times or figure] if beside else None

    return seen


def _at_most(limit: float) -> Callable[[float, float | None], bool]:
    return lambda ours, beside: ours <= limit


def _at_least(limit: float) -> Callable[[float, float | None], bool]:
    return lambda ours, beside: ours >= limit


def _share(limit: float) -> Callable[[float, float | None], bool]:
    return lambda ours, beside: beside is not None and ours <= limit * beside


def _times(limit: float) -> Callable[[float, float | None], bool]:
    return lambda ours, beside: beside is not None and ours >= limit * beside


_JUMPS, _APPENDS, _FIXED = "with jumps", "pure appends", "fixed"
_PACES = ("GPU", "slow laptop", "API")

_OURS, _BARE = "ours", "bare pygls"


def _memory(figure: str) -> Callable[[Results], tuple[float, float | None]]:
    def seen(parts: Results) -> tuple[float, float | None]:
        (column,) = _part(parts, "memory").values()
        return column[figure], None

    return seen


def _worst(figure: str, choose: Callable[[Iterable[float]], float]) -> Callable[[Results], tuple[float, float | None]]:
    """Of all repositories."""

    def seen(parts: Results) -> tuple[float, float | None]:
        rows = _part(parts, "repositories")
        return choose([row[figure] for name, row in rows.items() if name != "together"]), None

    return seen


def _spoken(parts: Results) -> tuple[float, float | None]:
    together = _part(parts, "repositories")["together"]
    return next(
        value for name, value in together.items() if name.endswith("(fallback) %") and "speaks at" in name
    ), None


GOALS: tuple[Goal, ...] = (
    *(
        Goal(
            "server",
            f"added latency, {name}: 1.4 times a bare pygls server's at most",
            _of("latency", _OURS, f"{name} ms", _BARE),
            _share(1.4),
        )
        for name in ("p50", "p99")
    ),
    Goal(
        "server",
        "answer from memory, p99: 3 ms at most",
        _of("latency", "ours, type-through", "p99 ms"),
        _at_most(3),
    ),
    Goal(
        "server",
        "didChange while a model hangs, p99: 5 ms at most",
        _of("under load", "didChange", "p99 ms"),
        _at_most(5),
    ),
    Goal(
        "server",
        "the longest stall of the event loop while indexing: 5 ms at most",
        _of("under load", "any message while indexing", "max ms"),
        _at_most(5),
    ),
    Goal(
        "server",
        "spawn to initialize answered, p50: 40 ms above a bare pygls server's at most",
        _of("start-up", _OURS, "spawn to initialize p50 ms", _BARE),
        lambda ours, beside: beside is not None and ours <= beside + 40,
    ),
    Goal("server", "memory after opening 140,000 lines: 150 MB settled at most", _memory("settled MB"), _at_most(150)),
    Goal("server", "memory while they are indexed: 250 MB at most", _memory("peak MB"), _at_most(250)),
    Goal(
        "embedded",
        "index, slowest repository: 50,000 lines a second or more",
        _worst("index lines/s", min),
        _at_least(50_000),
    ),
    Goal("embedded", "query p50, slowest repository: 3 ms at most", _worst("query p50 ms", max), _at_most(3)),
    Goal("embedded", "query p99, slowest repository: 15 ms at most", _worst("query p99 ms", max), _at_most(15)),
    Goal(
        "embedded",
        "rest of the line exact: 1.15 times a plain 12-gram's or more",
        _of("repositories", "together", "exact %", "together", "crude 12-gram %"),
        _times(1.15),
    ),
    Goal(
        "embedded",
        "right where it speaks: 60 % or more",
        _of("repositories", "together", "right where it speaks (fallback) %"),
        _at_least(60),
    ),
    Goal(
        "embedded",
        "speaks at 10 % of all holes or more",
        _spoken,
        _at_least(10),
    ),
    *(
        goal
        for kind in (_JUMPS, _APPENDS)
        for goal in (
            Goal(
                "traces",
                f"typing, {kind}: requests per 100 keys, warm-ups and prefetches counted, at most 10",
                _of(kind, "ours", "requests per 100 keys", _FIXED),
                _at_most(10),
            ),
            Goal(
                "traces",
                f"typing, {kind}: keys with a ghost per 100, no fewer than a fixed debounce shows",
                _of(f"as trained: {kind}", "ours", "keys with a ghost per 100", _FIXED),
                _times(1),
            ),
            Goal(
                "traces",
                f"typing, {kind}: prompt tokens newly read a request, median at most 14",
                _of(kind, "ours", "newly read tokens a request, median", _FIXED),
                _at_most(14),
            ),
            Goal(
                "traces",
                f"typing, {kind}: prompt tokens newly read a request, mean at most 60",
                _of(kind, "ours", "newly read tokens a request, mean", "ours", "prompt tokens a request, mean"),
                _at_most(60),
            ),
            Goal(
                "traces",
                f"typing, {kind}: characters newly read per 100 keys, a tenth of llama.vim's way at most",
                _of(kind, "ours", "newly read characters per 100 keys", "llama.vim"),
                _share(0.1),
            ),
        )
    ),
    *(
        goal
        for pace in _PACES
        for goal in (
            Goal(
                "commits",
                f"commits, {pace}: characters saved per minute, 1.3 times a fixed debounce or more",
                _of(pace, "ours", "characters saved per minute", _FIXED),
                _times(1.3),
            ),
            Goal(
                "commits",
                f"commits, {pace}: wrong ghosts, half of a fixed debounce's at most",
                _of(pace, "ours", "wrong", _FIXED),
                _share(0.5),
            ),
        )
    ),
    *(
        goal
        for kind in ("single-line", "multi-line", "random-span")
        for goal in (
            Goal(
                "infilling",
                f"infilling, {kind}: programs that pass, % no lower than of the bare model cut by an oracle",
                _of(kind, "ours, always", "pass@1 %", "bare, cut by an oracle"),
                _times(1),
            ),
            Goal(
                "infilling",
                f"infilling, {kind}: programs that pass, 8 points or more above llama.vim's way on a GPU",
                _of(kind, "ours, always", "pass@1 %", "llama.vim on a GPU"),
                lambda ours, beside: beside is not None and ours >= beside + 8,
            ),
        )
    ),
    Goal(
        "infilling",
        "infilling: tokens generated, 1.3 times those shown at most",
        _of("all kinds", "ours, always", "generated / shown"),
        _at_most(1.3),
    ),
    Goal(
        "infilling",
        "infilling: suggestions that break the parse: none",
        _of("all kinds", "ours, always", "break the parse"),
        _at_most(0),
    ),
    Goal(
        "infilling",
        "infilling: suggestions that repeat the suffix: none",
        _of("all kinds", "ours, always", "repeat the suffix"),
        _at_most(0),
    ),
    Goal(
        "actions",
        "findings: of 60 right claims, 95 % kept or more",
        _of("A scripted", "scripted", "right kept, %"),
        _at_least(95),
    ),
    Goal(
        "actions",
        "findings: of 240 wrong claims, 5 % shown at most",
        _of("A scripted", "scripted", "wrong shown, %"),
        _at_most(5),
    ),
    Goal(
        "actions",
        "tracebacks: guilty line found without a model, 90 % or more",
        _of("Tracebacks", "no model", "found, %"),
        _at_least(90),
    ),
    Goal(
        "insight",
        "the doctor: all of fifteen staged failures named by their true cause",
        _of("the doctor", "doctor", "named by their true cause", "doctor", "failures"),
        _times(1),
    ),
    *(
        Goal(
            "insight",
            f"tracing and ledger, {engine}: a request waits 0.3 ms at most (beside: processor time of all threads)",
            _of("what tracing", engine, "by the clock, median", engine, "processor, all threads, mean"),
            _at_most(0.3),
        )
        for engine in ("this machine", "another machine")
    ),
    Goal(
        "stats_page",
        "the page of statistics over 100,000 requests: open in Chromium within 1,000 ms",
        _of("a page", "ours", "first paint in Chromium, ms"),
        _at_most(1000),
    ),
)
