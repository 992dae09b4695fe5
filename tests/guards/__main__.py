"""`python -m tests.guards [WORD …]`: removes each guard in turn, in a copy of the tree, and shows that a test fails.

With words: only the guards whose promise holds one of them. Exit status 1 if a guard does not apply any more, if its
tests fail with it in place, or if they pass without it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.guards.table import GUARDS, Guard

ROOT = Path(__file__).parents[2]
_MOST_S = 600


def copy(into: Path) -> None:
    """The tree as it stands, without what git ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("docs/", "editors/vscode/")):
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)


def tests_pass(tree: Path, arguments: str, *, each_s: int) -> bool | None:
    """Whether tests pass in a copy, each within so many seconds; None if none was run."""
    # No compiled modules: two changes within a second would not be told apart by their times.
    environ = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "CODESTRAL_TEST_KILLS": "2"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout", str(each_s)]
    try:
        done = subprocess.run(
            [*command, *shlex.split(arguments)], cwd=tree, env=environ, capture_output=True, timeout=_MOST_S
        )
    except subprocess.TimeoutExpired:
        return False
    return {0: True, 1: False}.get(done.returncode)


def verdict(tree: Path, guard: Guard) -> str:
    """What is wrong with a guard; empty if its removal is noticed."""
    file = tree / "codestral_lsp" / guard.file
    whole = file.read_text("utf-8")
    if whole.count(guard.text) != 1:
        return f"does not apply: its text stands {whole.count(guard.text)} times in {guard.file}"
    if not tests_pass(tree, guard.tests, each_s=120):
        return "its tests do not pass with the guard in place"
    file.write_text(whole.replace(guard.text, guard.without), "utf-8")
    try:
        passed = tests_pass(tree, guard.tests, each_s=25)  # many fail by waiting for what never comes
    finally:
        file.write_text(whole, "utf-8")
    return {True: "NOBODY NOTICES", None: "its tests cannot be run without it", False: ""}[passed]


def main(words: list[str]) -> int:
    """Try all guards, or those that `words` choose."""
    chosen = [guard for guard in GUARDS if not words or any(word in guard.promise for word in words)]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="codestral-guards-") as folder:
        tree = Path(folder)
        copy(tree)
        for guard in chosen:
            problem = verdict(tree, guard)
            wrong += bool(problem)
            print(
                f"{'FAILED ' if problem else 'noticed'} {guard.promise}{f': {problem}' if problem else ''}", flush=True
            )
    print(f"{len(chosen) - wrong} passed, {wrong} failed")
    return 1 if wrong or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
