"""Filters against golden files: a place, an answer, and what is left of it.

A file holds cases separated by `====`; in each, `----` separates the text around the cursor (█), the model's answer
and what may be shown (`(nothing)` if it is dropped). `→` stands for a tab, `␍` for a carriage return, `¶` keeps blanks
at a line's end in sight. The first line names the case, and after a colon, `line` for places where only one line is
asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from codestral_lsp.completion.filters import apply_filters
from codestral_lsp.completion.surroundings import Extent, surroundings
from tests.notation import asked

GOLDEN = Path(__file__).parent.parent / "golden" / "filters"


@dataclass(frozen=True)
class Case:
    name: str
    extent: Extent
    around: str
    answer: str
    left: str


def cases() -> list[Case]:
    found = []
    for file in sorted(GOLDEN.glob("*.txt")):
        for block in file.read_text("utf-8").replace("→", "\t").replace("␍", "\r").split("\n====\n"):
            title, around, answer, left = (
                block.rstrip("\n").split("\n----\n", 3) if "\n----\n" in block else [block] * 4
            )
            name, _, extent = title.partition(":")
            found.append(
                Case(
                    f"{file.stem}: {name.strip()}",
                    Extent(extent.strip() or "block"),
                    around,
                    answer.replace("¶", ""),
                    "" if left == "(nothing)" else left.replace("¶", ""),
                )
            )
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    left, report = apply_filters(case.answer, surroundings(asked(case.around)), case.extent)
    assert left == case.left
    assert bool(report) == (left != case.answer)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_filtering_twice_changes_nothing_more(case: Case) -> None:
    around = surroundings(asked(case.around))
    once, _ = apply_filters(case.answer, around, case.extent)
    assert apply_filters(once, around, case.extent)[0] == once
