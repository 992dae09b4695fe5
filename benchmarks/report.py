"""Figures as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def table(columns: Mapping[str, Mapping[str, Any]]) -> str:
    """A table with a column for each contender and a row for each figure that any of them has."""
    figures = list(dict.fromkeys(figure for column in columns.values() for figure in column))
    rows = [["", *columns]]
    rows += [[figure, *(_shown(column.get(figure)) for column in columns.values())] for figure in figures]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def markdown(columns: Mapping[str, Mapping[str, Any]]) -> str:
    """The same as a Markdown table."""
    figures = list(dict.fromkeys(figure for column in columns.values() for figure in column))
    head = ["", *columns]
    rows = [[figure, *(_shown(column.get(figure)) for column in columns.values())] for figure in figures]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count}" for name, count in sorted(value.items(), key=lambda item: -item[1]))
    return str(value)


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies; the values need not be sorted."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
