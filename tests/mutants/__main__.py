"""`python -m tests.mutants [COUNT] [SEED]`: changes the product in small ways, one at a time, in a copy of the tree.

A change that no test notices survives; those are listed, and explained in `docs/reliability.md`. Drawn at random are
COUNT changes of `document/`, `completion/cache/` and `completion/filters/`, the same ones for the same SEED. Some
changes make no difference at all; only a reader can tell.
"""

from __future__ import annotations

import ast
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.guards.__main__ import ROOT, copy, tests_pass
from tests.mutants.mutate import Mutant, mutants

ROOMS = {
    "document": "tests/document/test_places.py tests/document/test_scopes.py tests/document/test_names.py",
    "completion/cache": "tests/completion/test_cache.py",
    "completion/filters": "tests/completion/test_filters.py tests/completion/test_service.py",
}
"""Rooms, and the tests that should notice a change in them."""
FILES = {
    **dict.fromkeys(("text", "position", "store", "document"), "tests/document/test_text.py"),
    "parsing": "tests/document/test_parsing.py",
    "keeper": "tests/document/test_keeper.py",
}
"""Files of `document/` that have tests of their own."""
_LEFT_OUT = ("document/languages/",)
"""Tables: what they say is tried by `tests/document/test_languages.py`, entry by entry."""
_EACH_S = 90


def drawn(count: int, seed: int) -> list[tuple[str, str, Mutant]]:
    """So many changes: room, file, change."""
    product = ROOT / "codestral_lsp"
    every = [
        (room, name, mutant)
        for room in ROOMS
        for file in sorted((product / room).rglob("*.py"))
        if not (name := file.relative_to(product).as_posix()).startswith(_LEFT_OUT)
        for mutant in mutants(file.read_text("utf-8"))
    ]
    print(f"{count} of {len(every)} changes, seed {seed}", flush=True)
    return random.Random(seed).sample(every, min(count, len(every)))


def main(words: list[str]) -> int:
    """Try them all; exit status 0 whatever comes of it, since some cannot be noticed."""
    count, seed = (*map(int, words), *(100, 1)[len(words) :])
    os.environ.setdefault("CODESTRAL_TEST_EXAMPLES", "10")
    survived = tried = 0
    with tempfile.TemporaryDirectory(prefix="codestral-mutants-") as folder:
        tree = Path(folder)
        copy(tree)
        for room, name, mutant in drawn(count, seed):
            file = tree / "codestral_lsp" / name
            whole = file.read_text("utf-8")
            changed = mutant.applied(whole)
            try:
                ast.parse(changed)
            except SyntaxError:
                continue
            tried += 1
            file.write_text(changed, "utf-8")
            try:
                passed = tests_pass(tree, FILES.get(file.stem, ROOMS[room]), each_s=_EACH_S)
            finally:
                file.write_text(whole, "utf-8")
            assert passed is not None, "the tests cannot be run"
            if passed:
                survived += 1
                line = whole.splitlines()[mutant.line]
                after = changed.splitlines()[mutant.line]
                print(f"SURVIVED {name}:{mutant.line + 1}\n  - {line.strip()}\n  + {after.strip()}", flush=True)
            elif tried % 10 == 0:
                print(f"{tried} tried, {survived} survived", flush=True)
    print(f"{tried} tried, {tried - survived} noticed, {survived} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
