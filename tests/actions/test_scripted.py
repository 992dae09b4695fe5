"""The seeded bugs' scripted model: one right claim and four wrong ones about each of 60 functions."""

from __future__ import annotations

import pytest

from benchmarks.bugs.cases import cases
from benchmarks.bugs.scripted import measure


def test_there_are_enough_cases_and_each_is_one() -> None:
    known = cases()
    assert len(known) >= 60
    assert len({case.id for case in known}) == len(known)
    for case in known:
        lines = case.buggy.splitlines()
        fixed = [*lines[: case.first], *case.fix.splitlines(), *lines[case.stop :]]
        assert "\n".join(fixed) + "\n" == case.clean, case.id
        assert all(line < len(lines) for line in case.guilty)


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_right_ones_are_kept_and_the_wrong_ones_are_not_shown(seed: int) -> None:
    figures = await measure(seed)
    assert sum(figures["claims"].values()) == 300
    assert figures["right kept"] >= 0.95
    assert figures["wrong shown"] <= 0.05
