"""Plots of the figures, as small SVG files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

Part = Mapping[str, Mapping[str, Any]]
_COLOURS = ("#1f6f8b", "#c9c9c9", "#e0a458", "#8f5d9c", "#6a994e", "#bc4749")

PANELS: Mapping[str, Mapping[str, str]] = {
    "server": {"p50 ms": "key to answer, p50 ms", "p99 ms": "key to answer, p99 ms"},
    "embedded": {"exact %": "rest of the line exact, % of all holes"},
    "traces": {
        "requests per 100 keys": "requests per 100 keys",
        "keys with a ghost per 100": "keys with a ghost per 100",
        "newly read characters per 100 keys": "characters newly read per 100 keys",
    },
    "commits": {
        "characters saved per minute": "net characters saved per minute",
        "wrong": "wrong ghosts shown",
        "key to ghost p50 ms": "key to ghost, p50 ms",
    },
}
"""What is drawn of which benchmark: a panel for each row, and what stands over it."""


def parts_of(benchmark: str, results: Mapping[str, Any]) -> Mapping[str, Part]:
    """What the groups of bars stand for: the benchmark's parts, unless something else tells more."""
    if benchmark == "server":
        return {"latency": results["latency"]}
    if benchmark == "embedded":
        return {
            name: {"ours": row, "a plain 12-gram": {"exact %": row.get("crude 12-gram %")}}
            for name, row in results["repositories"].items()
        }
    return results


def bars(parts: Mapping[str, Part], figures: Mapping[str, str], file: Path, title: str) -> None:
    """One group of bars for each part, one panel for each figure; `figures` maps names to what stands over them."""
    width = max(4.2, 1.1 * len(parts))
    figure, panels = plt.subplots(1, len(figures), figsize=(width * len(figures), 3.6), squeeze=False)
    for panel, (name, label) in zip(panels[0], figures.items(), strict=True):
        contenders = list(dict.fromkeys(contender for part in parts.values() for contender in part))
        contenders.sort(key=lambda contender: not contender.startswith("ours"))
        width = 0.8 / len(contenders)
        for place, contender in enumerate(contenders):
            heights = [part.get(contender, {}).get(name) or 0 for part in parts.values()]
            across = [group + place * width for group in range(len(parts))]
            drawn = panel.bar(across, heights, width, label=contender, color=_COLOURS[place % len(_COLOURS)])
            panel.bar_label(drawn, fmt="%g", fontsize=7)
        panel.set_xticks([group + 0.4 - width / 2 for group in range(len(parts))])
        panel.set_xticklabels([_short(part) for part in parts], fontsize=8)
        panel.set_title(label, fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(axis="y", labelsize=7)
    panels[0][0].legend(fontsize=7, frameon=False)
    figure.suptitle(title, fontsize=10)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def _short(part: str) -> str:
    return part.partition(",")[0].partition("(")[0].strip()
