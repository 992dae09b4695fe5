"""The index behind the context: what building it costs, and how long looking in it takes.

The folders named (default: CODESTRAL_BENCH_REPOS) are copied side by side until there are as many files as asked for,
and indexed by the product's own process; then context is gathered at random places, with every source but those that
need a user's history.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.holes import REPOS, repositories
from benchmarks.report import percentile, table
from codestral_lsp.context.gather import IN_TIME_S, gather
from codestral_lsp.context.place import Place, SourceName
from codestral_lsp.context.store import index_file
from codestral_lsp.context.workspace import Workspace
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.text import split_lines
from codestral_lsp.indexing.job import Job
from codestral_lsp.prompt.tokens import TokenCounter

SUFFIXES = frozenset({".py", ".ts", ".tsx", ".js", ".go", ".rs", ".java", ".c", ".h", ".cpp", ".cs"})
BUDGET = 600
"""Tokens of context."""
AROUND = 40
"""Lines each way that the model sees of the file itself."""


def fill(root: Path, sources: Sequence[Path], count: int) -> int:
    """Copy source files until there are so many; how many there are then."""
    files = [
        (source, path)
        for source in sources
        for path in sorted(source.rglob("*"))
        if path.suffix in SUFFIXES and path.is_file() and path.stat().st_size < 512 << 10
    ]
    done = copies = 0
    while files and done < count:
        for source, path in files[: count - done]:
            target = root / f"copy{copies}" / source.name / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            done += 1
        copies += 1
    return done


def build(root: Path, index_dir: Path) -> dict[str, Any]:
    """Have the process index a folder; what that took."""
    started = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(Job(1, str(index_dir), (str(root),), (), 20_000, 512, None).as_line())
        child.stdin.flush()
        while b"finished" not in child.stdout.readline():
            pass
        wall_s = time.monotonic() - started
        child.stdin.close()
        _, child.returncode, used = os.wait4(child.pid, 0)
    return {
        "wall s": round(wall_s, 1),
        "CPU s": round(used.ru_utime + used.ru_stime, 1),
        "memory MB": used.ru_maxrss >> 10,
        "index MB": index_file(index_dir, root).stat().st_size >> 20,
    }


_CHILD = "from codestral_lsp.context.indexer import main; main()"


def look(root: Path, index_dir: Path, count: int, seed: int) -> dict[str, Any]:
    """Gather context at random places; how long it took."""
    workspace, counter = Workspace([index_file(index_dir, root)], [root]), TokenCounter()
    found = [
        gather(place, workspace, list(SourceName), BUDGET, counter.text, IN_TIME_S)
        for place in _places(root, count, seed)
    ]
    workspace.close()
    times = [each.ms for each in found]
    return {
        "places": len(times),
        "p50 ms": round(median(times), 1),
        "p95 ms": round(percentile(times, 0.95), 1),
        "most ms": round(max(times), 1),
        "cut short": f"{100 * sum(ms > 1000 * IN_TIME_S for ms in times) / len(times):.0f} %",
        "tokens, mean": round(sum(each.tokens for each in found) / len(found)),
    }


def _places(root: Path, count: int, seed: int) -> Iterator[Place]:
    order = random.Random(seed)
    paths = sorted(path for path in (root / "copy0").rglob("*") if path.suffix in SUFFIXES)
    for path in order.sample(paths, min(count, len(paths))):
        lines = split_lines(path.read_text("utf-8", "replace"))
        line = order.randrange(len(lines))
        column = order.randint(0, len(lines[line]))
        shown = range(max(0, line - AROUND), line + AROUND)
        yield Place(str(path), language_of("", path), lines, line, column, shown, {str(path): lines})


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repos", nargs="+", type=Path, help=f"folders of real code; default: {REPOS}")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--places", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with repositories() as named, tempfile.TemporaryDirectory() as name:
        root, index_dir = Path(name) / "house", Path(name) / "index"
        repos = [repo.resolve() for repo in options.repos or named.values()]
        count = fill(root, repos, options.files)
        results = {
            "building": {"indexing": {"files": count, **build(root, index_dir)}, "again": build(root, index_dir)},
            "looking": {f"{options.places} places": look(root, index_dir, options.places, options.seed)},
        }
    for columns in results.values():
        print(table(columns), "\n")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
