"""What the infilling benchmark takes for a pass."""

from __future__ import annotations

from benchmarks.humaneval import Hole, Judge

HOLE = Hole(
    "x", "single-line", "def double(n):\n    ", "\n", "return 2 * n", "\nassert double(3) == 6\nassert double(0) == 0\n"
)


def test_a_program_passes_only_if_it_stands_its_test() -> None:
    answers = ["return 2 * n", "return n + n", "return n", "pass", "return (", "raise SystemExit(1)"]
    programs = [HOLE.filled(answer) for answer in answers]
    assert Judge().passes([HOLE] * len(programs), programs) == [True, True, False, False, False, False]


def test_the_oracle_knows_how_many_lines_are_missing() -> None:
    assert HOLE.cut_by_oracle("return n\n    more") == "return n"
