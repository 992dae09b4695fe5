"""The page: what is on it, from the top down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from importlib.resources import files

from codestral_lsp.insight.month import Month, Spent
from codestral_lsp.insight.page.plots import (
    LogScale,
    Mark,
    Series,
    axis,
    bar,
    columns,
    day,
    histogram,
    milliseconds,
    number,
    parts,
    percent,
    spread,
)
from codestral_lsp.insight.stats import LOOKS, TYPING_S, WAYS, Day, Group, Stats

_BINS = 48
_SCALE = LogScale(0.1, 10_000)
_PLACES = {"cache": "two", "embedded engine": "three", "model": "one"}
_MOST_ROWS = 12
_WAY_NAMES = {"whole": "whole", "line": "by line", "word": "by word"}
_REASONS = {"superseded": "the user typed on", "cancelled": "the editor did not want it any more"}
_LOOK_NAMES = {"30s": "30 s", "10min": "10 min"}


def statistics_page(stats: Stats, month: Month, spent: Sequence[Spent], days: float, made: datetime) -> str:
    """One HTML document. All that is counted in `stats`, and what each month cost."""
    style = files("codestral_lsp.insight.page").joinpath("style.css").read_text("utf-8")
    sections = "".join(_sections(stats, spent, month, days, made.date())) if stats.requests else _empty()
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Whatever a model or an editor calls itself, nothing on this page can run or be fetched.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>codestral-lsp: the last {days:g} days</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>What completion was worth</h1>"
        f'<p class="quiet">{_period(days, made)} · counted on this machine, sent nowhere</p></header>\n'
        f"{sections}{_footer(made)}</main>\n</body>\n</html>\n"
    )


def _period(days: float, made: datetime) -> str:
    first = made - timedelta(days=days)
    return f"{day(first)} {first.year} to {day(made)} {made.year}" if days >= 1 else f"the last {days * 24:.0f} hours"


def _empty() -> str:
    return (
        '<section class="empty"><h2>Nothing was asked yet</h2><p class="quiet">Open a file in an editor that uses '
        "codestral-lsp and type. If nothing happens there, <code>codestral-lsp doctor</code> says why.</p></section>\n"
    )


def _sections(stats: Stats, spent: Sequence[Spent], month: Month, days: float, today: date) -> Iterator[str]:
    yield f'<div class="tiles">{"".join(_tiles(stats, month))}</div>\n'
    yield _section(
        "Day by day",
        "Suggestions, and how many of them were taken over, wholly or in part.",
        _day_by_day(stats, days, today),
    )
    yield _section("From request to ghost", "How long it took until there was something to show.", _times(stats))
    yield '<div class="pair">'
    yield _section("What became of suggestions", "", parts(_fates(stats.suggestions)) + _kept(stats.suggestions))
    places = [(name, colour, len(stats.times_ms.get(name, ()))) for name, colour in _PLACES.items()]
    yield _section("Where answers came from", "", parts(places) + _type_through(stats))
    yield "</div>\n"
    for kind, groups in stats.by.items():
        yield _section(f"By {kind}", "", _groups(kind, list(groups.items())))
    if stats.reasons:
        yield _section("Why nothing was shown", "", _reasons(stats))
    yield _section(
        "Tokens", "What models read and wrote, warm-ups and prefetches included.", _tokens(stats, days, today)
    )
    if spent:
        yield _section(
            "Money", f"By the API's own count and the prices of {escape(month.dated)}.", _money(spent, month)
        )
    yield _section("How this is counted", "", _definitions())


def _section(title: str, says: str, content: str) -> str:
    said = f'<p class="quiet">{says}</p>' if says else ""
    return f"<section><h2>{escape(title)}</h2>{said}{content}</section>\n"


def _tiles(stats: Stats, month: Month) -> Iterator[str]:
    whole = stats.suggestions
    yield _tile(number(whole.shown), "suggestions", f"for {number(stats.requests)} requests")
    counts = (f"{_WAY_NAMES[way]} {number(whole.by[way])}" for way in WAYS if whole.by[way])
    ways = ", ".join(count.replace(" ", "\u00a0") for count in counts)
    yield _tile(percent(whole.accepted / whole.shown if whole.shown else None), "taken over", ways)
    for when in LOOKS:
        of = sum(kept.of for kept in whole.kept.get(when, {}).values())
        known = f"of {number(of)} characters" if of else "not known yet"
        yield _tile(percent(whole.kept_share(when)), f"still there after {_LOOK_NAMES[when]}", known)
    yield _tile(_duration(stats.saved_s), "of typing saved", "at 50 words a minute")
    if times := stats.latency_by_source.get("model"):
        says = f"median where a model was asked; 1 in 10 over {milliseconds(times.p90)}"
        yield _tile(milliseconds(times.p50), "from request to ghost", says)
    if month.cost or month.budget is not None:
        cost, budget = f"{month.cost:.2f} {escape(month.currency)}", month.budget
        yield _tile(cost, "this month", "no budget is set" if budget is None else f"of {budget:g}")


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _tile(figure: str, name: str, beside: str) -> str:
    return f'<div class="tile"><b>{figure}</b>{name}<span>{beside}</span></div>'


def _calendar(stats: Stats, days: float, today: date) -> list[tuple[date, Day]]:
    """Every day from the first one with a request on, so that days of rest are seen."""
    first = max(min(stats.days, default=today), today - timedelta(days=int(days)))
    span = [first + timedelta(days=each) for each in range((today - first).days + 1)]
    return [(each, stats.days.get(each, Day())) for each in span]


def _day_marks(calendar: Sequence[tuple[date, Day]]) -> list[Mark]:
    count = len(calendar)
    step = max(1, -(-count // 6))
    return [Mark((place + 0.5) / count, day(calendar[place][0])) for place in range(0, count, step)]


def _day_by_day(stats: Stats, days: float, today: date) -> str:
    calendar = _calendar(stats, days, today)
    groups = [each.suggestions for _, each in calendar]
    series = [
        Series("taken over", "one", [group.accepted for group in groups]),
        Series("typed", "three", [group.typed for group in groups]),
        Series("not taken", "rest", [group.shown - group.accepted - group.typed for group in groups]),
    ]
    labels = [f"{each:%A} {day(each)}" for each, _ in calendar]
    return columns(series, labels, _day_marks(calendar), "Suggestions by day")


def _times(stats: Stats) -> str:
    series = [
        Series(f"from the {name}", colour, histogram(_SCALE, _BINS, stats.times_ms[name]))
        for name, colour in _PLACES.items()
        if name in stats.times_ms
    ]
    edges = [_SCALE.least * (_SCALE.most / _SCALE.least) ** (place / _BINS) for place in range(_BINS + 1)]
    labels = [f"{milliseconds(edges[place])} to {milliseconds(edges[place + 1])}" for place in range(_BINS)]
    rows = []
    for stage, times in stats.latency.items():
        cells = "".join(f"<td>{milliseconds(value)}</td>" for value in (times.p50, times.p90, times.p99))
        rows.append(
            f"<tr><td>{escape(stage)}</td>{cells}<td>{number(times.count)}</td>"
            f'<td class="wide">{spread(_SCALE, times.p50, times.p90, times.p99)}</td></tr>'
        )
    head = f'<th>stage</th><th>p50</th><th>p90</th><th>p99</th><th>of</th><th class="wide">{axis(_SCALE.marks())}</th>'
    return columns(series, labels, _SCALE.marks(), "Answers by time") + _table(head, rows, many=True)


def _table(head: str, rows: Sequence[str], *, many: bool = False) -> str:
    """A table; one of `many` columns goes without its plot where there is no room."""
    kind = ' class="many"' if many else ""
    return (
        f'<div class="scroll"><table{kind}><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _fates(whole: Group) -> list[tuple[str, str, int]]:
    rest = whole.shown - whole.accepted - whole.typed - whole.dismissed
    return [
        ("taken over", "one", whole.accepted),
        ("typed", "three", whole.typed),
        ("sent away", "five", whole.dismissed),
        ("neither", "rest", rest),
    ]


def _kept(whole: Group) -> str:
    rows = []
    for way in WAYS:
        if whole.by[way]:
            cells = "".join(f"<td>{percent(whole.kept_share(when, way))}</td>" for when in LOOKS)
            rows.append(f"<tr><td>taken {_WAY_NAMES[way]}</td><td>{number(whole.by[way])}</td>{cells}</tr>")
    if not rows:
        return ""
    told = f"{number(whole.told)} of {number(whole.accepted)} by the editor’s word, the others inferred from its edits."
    head = f"<th></th><th>suggestions</th><th>kept {_LOOK_NAMES['30s']}</th><th>kept {_LOOK_NAMES['10min']}</th>"
    known = ", ".join(f"{number(whole.looked[when])} after {_LOOK_NAMES[when]}" for when in LOOKS)
    said = f"Taken over: {told} Kept: known of {known}; of the others not yet, or not at all."
    return f'{_table(head, rows)}<p class="quiet">{said}</p>'


def _type_through(stats: Stats) -> str:
    through, of = percent(stats.continued / stats.answered if stats.answered else None), number(stats.answered)
    return (
        f'<p class="quiet">{of} answers; {through} of them went on with a suggestion that the user was already typing '
        "or taking piece by piece.</p>"
    )


def _groups(kind: str, groups: list[tuple[str, Group]]) -> str:
    rows = []
    most = max((group.shown for _, group in groups), default=1)
    for name, group in groups[:_MOST_ROWS]:
        kept = "".join(f"<td>{percent(group.kept_share(when))}</td>" for when in LOOKS)
        taken = group.accepted / group.shown
        rows.append(
            f'<tr><td class="name">{escape(name)}</td><td>{number(group.shown)}</td><td>{percent(taken)}</td>{kept}'
            f'<td class="wide">{_shown_and_taken(group, most)}</td></tr>'
        )
    more = len(groups) - _MOST_ROWS
    said = f'<p class="quiet">and {more} more</p>' if more > 0 else ""
    head = (
        f"<th>{escape(kind)}</th><th>suggestions</th><th>taken</th><th>kept {_LOOK_NAMES['30s']}</th>"
        f'<th>{_LOOK_NAMES["10min"]}</th><th class="wide"></th>'
    )
    return _table(head, rows, many=True) + said


def _shown_and_taken(group: Group, most: int) -> str:
    shown, taken = 100 * group.shown / most, 100 * group.accepted / most
    return (
        f'<span class="bar of" title="{number(group.accepted)} of {number(group.shown)}">'
        f'<i class="one" style="width:{taken:.2f}%"></i><i class="rest" style="width:{shown - taken:.2f}%"></i></span>'
    )


def _reasons(stats: Stats) -> str:
    most = max(stats.reasons.values())
    rows = [
        f'<tr><td class="name">{escape(_REASONS.get(reason, reason))}</td><td>{number(count)}</td>'
        f'<td class="wide">{bar(count / most, "two")}</td></tr>'
        for reason, count in stats.reasons.items()
    ]
    return _table('<th>reason</th><th>requests</th><th class="wide"></th>', rows)


def _tokens(stats: Stats, days: float, today: date) -> str:
    calendar = _calendar(stats, days, today)
    series = [
        Series("read", "two", [each.evaluated_tokens for _, each in calendar]),
        Series("written", "three", [each.generated_tokens for _, each in calendar]),
    ]
    labels = [f"{each:%A} {day(each)}" for each, _ in calendar]
    return columns(series, labels, _day_marks(calendar), "Tokens by day")


def _money(spent: Sequence[Spent], month: Month) -> str:
    rows = [
        f'<tr><td>{escape(each.month)}</td><td class="name">{escape(f"{each.model} at {each.host}")}</td>'
        f"<td>{number(each.requests)}</td><td>{number(each.prompt_tokens)}</td><td>{number(each.answer_tokens)}</td>"
        f"<td>{each.cost:.4f} {escape(month.currency)}</td></tr>"
        for each in spent[:_MOST_ROWS]
    ]
    head = '<th>month</th><th class="name">model</th><th>requests</th><th>tokens read</th><th>written</th><th>cost</th>'
    return _table(head, rows)


def _definitions() -> str:
    terms = {
        "suggestion": "Handed to the editor to be shown. While it is typed or taken piece by piece it stays one.",
        "taken over": "Put into the text with a key, wholly, by line or by word. Where the editor does not say so, its "
        "edits do: several characters at once that are the next ones of the suggestion.",
        "typed": "Not taken over, but typed by hand, to the end or in part.",
        "still there": "Of the characters taken over, those in the longest common subsequence of words and signs with "
        "what stands there later, edits in between followed; blanks do not count. A file closed by then is read "
        "from the disk. If the editor was closed too, it is known only if the file has not changed since; if it was "
        "never saved, or was rewritten as a whole, nobody can say.",
        "typing saved": f"The characters taken over that were not seen to be gone after 30 s, at {1 / TYPING_S:.1f} a "
        "second. What it takes to read suggestions is not taken off.",
        "from the cache": "From an earlier answer: typed on, deleted back, a file opened again. No model was asked.",
        "p50, p90, p99": "50, 90 and 99 of 100 were no slower. A thick bar reaches from p50 to p90, a thin one to p99.",
    }
    return f"<dl>{''.join(f'<dt>{escape(term)}</dt><dd>{escape(said)}</dd>' for term, said in terms.items())}</dl>"


def _footer(made: datetime) -> str:
    return (
        f"<footer>Made {made:%Y-%m-%d %H:%M} by <code>codestral-lsp stats --html</code> from the last 100,000 requests "
        "on this machine. It holds counts, and no code.</footer>\n"
    )
