"""The page of statistics: whole, by itself, and harmless whatever names it is made of."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from benchmarks.histories import history
from codestral_lsp.insight.counting import counted
from codestral_lsp.insight.history import in_memory
from codestral_lsp.insight.month import Month, Spent
from codestral_lsp.insight.page import statistics_page
from codestral_lsp.insight.page.plots import LogScale, histogram, nice, number

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MONTH = Month("2026-11", 0.5, "USD", 5.0, "2026-08-21")
SPENT = [Spent("2026-11", "api.mistral.ai", "codestral-2508", 12, 3400, 100, 560, 0.5)]
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Outline(HTMLParser):
    """Sees to it that every element ends, and collects elements and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Outline:
    """The page's outline."""
    outline = Outline()
    outline.feed(page)
    outline.close()
    assert outline.open == []
    return outline


def made(count: int, name: str = "") -> str:
    """A page of so many requests; `name` is what engines and languages call themselves."""
    traces = list(history(count, NOW.timestamp()))
    for _, trace in traces:
        trace.language, trace.model = name or trace.language, name or trace.model
        trace.reason = name or trace.reason
    return statistics_page(counted(in_memory(traces)), MONTH, SPENT if count else [], 30, NOW)


@pytest.mark.parametrize("count", [0, 1, 30, 3000])
def test_every_element_ends(count: int) -> None:
    outline = read(made(count))
    assert "What completion was worth" in outline.text


def test_it_needs_nothing_else() -> None:
    outline = read(made(500))
    assert {tag for tag, _ in outline.seen}.isdisjoint({"script", "link", "img", "iframe", "object", "form", "a"})
    for _, attributes in outline.seen:
        assert {"src", "href", "srcset"}.isdisjoint(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert not re.search(r"url\(|@import|://", made(500))
    policy = next(attributes for tag, attributes in outline.seen if attributes.get("http-equiv"))
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_names_are_shown_and_not_obeyed() -> None:
    outline = read(made(200, '<img src=x onerror="alert(1)">'))
    assert "img" not in {tag for tag, _ in outline.seen}
    assert 'onerror="alert(1)"' in outline.text


def test_what_it_says_is_what_was_counted() -> None:
    stats = counted(in_memory(history(3000, NOW.timestamp())))
    text = read(made(3000)).text
    whole = stats.suggestions
    assert f"{number(whole.shown)}suggestions" in text
    assert f"{100 * whole.accepted / whole.shown:.0f} %taken over" in text
    kept = whole.kept_share("10min")
    assert kept
    assert f"{100 * kept:.0f} %still there after 10 min" in text
    assert "0.50 USDthis month" in text


def test_an_empty_history_says_what_to_do() -> None:
    text = read(made(0)).text
    assert "Nothing was asked yet" in text
    assert "codestral-lsp doctor" in text


def test_columns_have_a_round_scale() -> None:
    assert [nice(value) for value in (0, 1, 3, 10, 11, 203, 900)] == [2, 2, 4, 10, 12, 240, 1000]


def test_times_outside_of_the_scale_are_counted_at_its_ends() -> None:
    assert histogram(LogScale(1, 100), 2, [0, 0.1, 1, 9, 11, 99, 5000]) == [4, 3]
