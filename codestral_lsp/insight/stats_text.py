"""The sums for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codestral_lsp.insight.stats import LOOKS, TYPING_S, WAYS, Group, Stats

_WIDTH = 28


def stats_text(stats: Stats, days: float, month: str) -> str:
    """All of it; `month` says what the month has cost."""
    return "\n".join([*_head(stats, days, month), *_times(stats), *_groups(stats)])


def _head(stats: Stats, days: float, month: str) -> Iterator[str]:
    whole = stats.suggestions
    ways = ", ".join(f"{_WAY_NAMES[way]} {whole.by[way]}" for way in WAYS)
    yield f"last {days:g} days"
    yield f"requests      {stats.requests}, {stats.answered} answered with something to show"
    yield f"suggestions   {whole.shown}"
    yield f"accepted      {whole.accepted} ({share(whole.accepted, whole.shown)}): {ways}"
    yield f"              {whole.told} by the editor's word, {whole.accepted - whole.told} inferred from its edits"
    yield f"typed         {whole.typed} not taken but typed, wholly or in part; {whole.dismissed} sent away"
    yield f"kept          {'; '.join(_kept(whole, when) for when in LOOKS)}"
    if whole.accepted:
        known = ", ".join(f"{whole.looked[when]} after {when}" for when in LOOKS)
        yield f"              known of {known}, of {whole.accepted} accepted; of the others not yet, or not at all"
    saved = f"{stats.saved_s / 60:.1f} min: {whole.saved_characters:.0f} characters at {1 / TYPING_S:.1f} a second"
    yield f"time saved    {saved}"
    yield "              (taken over and not gone after 30 s; the time to read suggestions is not taken off)"
    estimated = f" ({share(stats.estimated, stats.counted)} of the answers by estimate: they were broken off)"
    tokens = f"{stats.evaluated_tokens} read, {stats.generated_tokens} written"
    yield f"tokens        {tokens}{estimated if stats.estimated else ''}"
    yield f"cost          {month}"


_WAY_NAMES = {"whole": "whole", "line": "by line", "word": "by word"}


def _kept(group: Group, when: str) -> str:
    kept = group.kept_share(when)
    if kept is None:
        return f"after {when} not known yet"
    ways = [f"{_WAY_NAMES[way]} {part:.0%}" for way in WAYS if (part := group.kept_share(when, way)) is not None]
    return f"after {when} {kept:.0%}" + (f" ({', '.join(ways)})" if len(ways) > 1 else "")


def _times(stats: Stats) -> Iterator[str]:
    yield ""
    yield f"{'times in ms':<{_WIDTH}}{'p50':>9}{'p90':>9}{'p99':>9}{'of':>9}"
    spreads = dict(stats.latency) | {f"  {name}": each for name, each in stats.latency_by_source.items()}
    for name, spread in spreads.items():
        yield f"{name:<{_WIDTH}}{spread.p50:>9.0f}{spread.p90:>9.0f}{spread.p99:>9.0f}{spread.count:>9}"
    yield ""
    yield "came from     " + _counts({place: len(times) for place, times in stats.times_ms.items()}, stats.answered)
    yield f"              {share(stats.continued, stats.answered)} were the rest of a suggestion that is being typed"
    yield "not shown     " + (", ".join(f"{reason} {count}" for reason, count in stats.reasons.items()) or "-")


def _counts(counts: Mapping[str, int], of: int) -> str:
    return ", ".join(f"{name} {share(count, of)}" for name, count in counts.items()) or "-"


def _groups(stats: Stats) -> Iterator[str]:
    for kind, groups in stats.by.items():
        yield ""
        yield f"{'by ' + kind:<{_WIDTH}}{'shown':>9}{'accepted':>9}{'kept 30s':>9}{'10min':>9}"
        for name, group in groups.items():
            kept = "".join(f"{percent(group.kept_share(when)):>9}" for when in LOOKS)
            yield f"{name:<{_WIDTH}}{group.shown:>9}{share(group.accepted, group.shown):>9}{kept}"


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent."""
    return f"{100 * part / whole:.0f} %" if whole else "-"


def percent(part: float | None) -> str:
    """A share in per cent; a dash where it is not known."""
    return "-" if part is None else f"{100 * part:.0f} %"
