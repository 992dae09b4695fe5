"""The page of statistics over 100,000 requests: how long it takes to make, and to open in Chromium.

Needs, to open it, what `make test-editors` has set up. `python -m benchmarks.stats_page [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.histories import history
from benchmarks.report import table
from codestral_lsp.insight.history import History
from codestral_lsp.insight.trace import Traces

_REQUESTS = 100_000
_TIMES = 5
_EDITORS = Path(__file__).parents[1] / "tests" / "editors"


def keep(folder: Path) -> None:
    """Write a history to disk, as the server does."""
    store, traces, now = History(folder), Traces(), time.time()
    for at_s, trace in history(_REQUESTS, now):
        trace.started_s = at_s - now
        traces.changed(trace)
        if trace.number % 1000 == 0:
            store.save(traces, 0.0)
    store.save(traces, 0.0)
    store.database.close()


def made(home: Path, file: Path) -> dict[str, float]:
    """Run the command that writes the page; what it took, ms."""
    command = [sys.executable, "-m", "codestral_lsp", "stats", "--days", "31", "--html", str(file)]
    environ = os.environ | {"XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home), "LC_ALL": "C"}
    before, started = _children_s(), time.perf_counter()
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    return {
        "codestral-lsp stats --html, ms": wall * 1000,
        "of that processor time, ms": (_children_s() - before) * 1000,
    }


def _children_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def opened(file: Path) -> dict[str, float] | None:
    """How long Chromium takes for it, ms; None where there is none."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    editors = Path(os.environ.get("CODESTRAL_EDITORS_DIR") or cache / "codestral-lsp-editors")
    command = [editors / "node/node_modules/.bin/node", _EDITORS / "lib/statsPage.ts", file]
    try:
        seen = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        return None
    return {"first paint in Chromium, ms": seen["paintedMs"], "loaded in Chromium, ms": seen["loadedMs"]}


def measured() -> dict[str, Any]:
    """Each figure, as the median of some tries; those of Chromium only where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        home, file = Path(folder), Path(folder) / "stats.html"
        keep(home / "codestral-lsp")
        seen = [{**made(home, file), **(opened(file) or {})} for _ in range(_TIMES)]
        size = file.stat().st_size
    figures: dict[str, Any] = {name: round(statistics.median(each[name] for each in seen)) for name in seen[0]}
    return {**figures, "size of the page, kB": round(size / 1000)}


def main() -> None:
    """Measure, and print the medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stats_page", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    figures = measured()
    results = {f"a page over {_REQUESTS:,} requests, median of {_TIMES}": {"ours": figures}}
    print(table({"ours": figures}))
    if "loaded in Chromium, ms" not in figures:
        print("NOT MEASURED: opening it needs Chromium and Node (tests/editors/setup.sh).")
    if options.json:
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
