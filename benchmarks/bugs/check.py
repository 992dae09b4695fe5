"""Checks the cases themselves: each test passes on the clean version and fails on the buggy one, each crash raises."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.bugs.cases import Case, cases
from benchmarks.bugs.toolchains import run, runnable


def problems(case: Case) -> Iterator[str]:
    """What is wrong with a case that can be run."""
    if not (done := run(case, case.clean, case.test)).passed:
        yield f"{case.id}: the clean version fails: {done.output[-400:]}"
    if run(case, case.buggy, case.test).passed:
        yield f"{case.id}: the buggy version passes"
    if case.crash and run(case, case.buggy, case.crash).passed:
        yield f"{case.id}: it does not crash"
    if case.crash and not (done := run(case, case.clean, case.crash)).passed:
        yield f"{case.id}: the clean version crashes: {done.output[-400:]}"


def main() -> int:
    """Check all cases; those that cannot be run here are named."""
    found: list[str] = []
    skipped = 0
    for case in cases():
        if not case.test or not runnable(case.language):
            skipped += 1
            print(f"NOT RUN: {case.id} ({'no test' if not case.test else 'no tools for ' + case.language})")
            continue
        found += problems(case)
    for problem in found:
        print(problem)
    print(f"{len(cases())} cases, {skipped} not run, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
