"""Plots as bits of HTML and SVG. Shapes stretch with the page, so no text is ever inside of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, and how they are drawn."""

    name: str
    colour: str
    """A class of the style sheet."""
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A label of the horizontal axis."""

    at: float
    """Share of the width."""
    text: str


def columns(series: Sequence[Series], labels: Sequence[str], marks: Sequence[Mark], unit: str) -> str:
    """Columns side by side, the series stacked; `labels` name the columns for whoever points at one."""
    count = len(labels)
    heights = [sum(each.values[place] for each in series) for place in range(count)]
    most = nice(max(heights, default=0))
    bars = []
    for place, label in enumerate(labels):
        told = [f"{number(each.values[place])} {each.name}" for each in series if each.values[place]]
        bars.append(f"<g><title>{escape(label)}: {escape(', '.join(told) or 'nothing')}</title>")
        bars.append(f'<rect class="hover" x="{place}" y="0" width="1" height="100"/>')
        top = 100.0
        for each in series:
            height = 100 * each.values[place] / most
            top -= height
            if height:
                shape = f'x="{place + 0.12:g}" y="{top:.2f}" width="0.76" height="{height:.2f}"'
                bars.append(f'<rect class="{each.colour}" {shape}/>')
        bars.append("</g>")
    lines = "".join(f'<line x1="0" x2="{count}" y1="{y}" y2="{y}"/>' for y in (0, 50, 100))
    drawn = (
        f'<svg viewBox="0 0 {count} 100" preserveAspectRatio="none" role="img" aria-label="{escape(unit)}">'
        f'<g class="grid">{lines}</g>{"".join(bars)}</svg>'
    )
    scale = "".join(f"<span>{number(value)}</span>" for value in (most, most / 2, 0))
    return (
        f'<div class="plot"><div class="scale">{scale}</div><div class="area">{drawn}</div>{axis(marks)}</div>'
        + legend(series)
    )


def axis(marks: Sequence[Mark]) -> str:
    """The labels under a plot."""
    texts = (
        f'<span class="{_side(mark.at)}" style="left:{100 * mark.at:.2f}%">{escape(mark.text)}</span>' for mark in marks
    )
    return f'<div class="axis" aria-hidden="true">{"".join(texts)}</div>'


def _side(at: float) -> str:
    """At the ends a label must not stand out of the plot."""
    return "first" if at < 0.03 else "last" if at > 0.97 else "middle"


def legend(series: Sequence[Series]) -> str:
    """Which colour is which, with the sums."""
    keys = (
        f'<li><i class="{each.colour}"></i>{escape(each.name)} <b>{number(sum(each.values))}</b></li>'
        for each in series
        if sum(each.values)
    )
    return f'<ul class="legend">{"".join(keys)}</ul>'


def parts(shares: Sequence[tuple[str, str, int]]) -> str:
    """What a whole is made of, as one bar: names, colours, counts."""
    shares = [share for share in shares if share[2]]
    of = sum(count for _, _, count in shares) or 1
    pieces = "".join(
        f'<i class="{colour}" style="flex-grow:{count}" title="{escape(name)}: {number(count)}"></i>'
        for name, colour, count in shares
    )
    keys = "".join(
        f'<li><i class="{colour}"></i>{escape(name)} <b>{percent(count / of)}</b></li>'
        for name, colour, count in shares
    )
    return f'<div class="parts" aria-hidden="true">{pieces}</div><ul class="legend">{keys}</ul>'


def bar(part: float, colour: str = "one") -> str:
    """A share of a whole as a bar that fills its cell."""
    return f'<span class="bar"><i class="{colour}" style="width:{100 * part:.1f}%"></i></span>'


class LogScale:
    """Places times from `least` to `most` ms by their logarithm."""

    def __init__(self, least: float, most: float) -> None:
        self.least, self.most = least, most
        self._span = math.log10(most / least)

    def at(self, value: float) -> float:
        """Share of the width."""
        return min(1.0, max(0.0, math.log10(max(value, self.least) / self.least) / self._span))

    def marks(self) -> list[Mark]:
        """A label at each power of ten."""
        powers = range(round(math.log10(self.least)), round(math.log10(self.most)) + 1)
        return [Mark(self.at(10.0**power), milliseconds(10.0**power)) for power in powers]


def spread(scale: LogScale, p50: float, p90: float, p99: float) -> str:
    """From the median to the 99th of a hundred, with the 90th between."""
    middle, ninety, end = (100 * scale.at(value) for value in (p50, p90, p99))
    return (
        f'<svg class="spread" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<line class="thin" x1="{middle:.1f}" x2="{end:.1f}" y1="5" y2="5"/>'
        f'<line class="thick" x1="{middle:.1f}" x2="{ninety:.1f}" y1="5" y2="5"/>'
        f'<line class="tick" x1="{middle:.1f}" x2="{middle:.1f}" y1="1" y2="9"/></svg>'
    )


def histogram(scale: LogScale, bins: int, values: Sequence[float]) -> list[int]:
    """How many values fall into each part of the scale; what lies outside counts at its ends."""
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(scale.at(value) * bins))] += 1
    return counts


def nice(value: float) -> float:
    """The next round number that is no smaller, and of which a half is round too."""
    if value <= 10:
        return max(2.0, 2.0 * math.ceil(value / 2))
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10) if value <= step * power)


def number(value: float) -> str:
    """For a person: 950, 12.3k, 4.1M."""
    if value >= 999_500:
        return f"{value / 1e6:.1f}M"
    if value >= 9_995:
        return f"{value / 1e3:.1f}k"
    return f"{value:,.0f}".replace(",", "\u202f") if value == int(value) else f"{value:.1f}"


def day(moment: date) -> str:
    """A date for a person, without its year. (`%-d` is not known everywhere.)"""
    return f"{moment.day} {moment:%b}"


def percent(part: float | None) -> str:
    """A share; a dash where it is not known."""
    if part is None:
        return "–"
    return f"{100 * part:.1f} %" if 0 < part < 0.1 else f"{100 * part:.0f} %"


def milliseconds(value: float) -> str:
    """A time for a person."""
    if value >= 1000:
        return f"{value / 1000:.3g} s"
    return f"{value:.0f} ms" if value >= 10 or value == int(value) else f"{value:.1f} ms"
