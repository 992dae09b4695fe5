"""All figures in one run: tables on the screen, JSON, Markdown and plots into docs/numbers/.

Each benchmark is a module of its own that can be run alone (`python -m benchmarks.traces --help`). What one needs
and this machine lacks (a real model, repositories) is said loudly, and what it would have shown stays as it was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.goals import Verdict, verdicts
from benchmarks.report import markdown, table

BENCHMARKS: dict[str, str] = {
    "server": "What the server itself costs",
    "embedded": "The embedded engine, no model",
    "traces": "Typing traces: what a keystroke costs",
    "commits": "Real commits typed again: what completion is worth",
    "actions": "Explain and find the bug",
    "stats_page": "The page of statistics",
}
"""Modules of this package, each with `--json FILE`, by what they show."""
NOT_MEASURED = "NOT MEASURED"


def measure(name: str, arguments: Sequence[str]) -> dict[str, Any] | str:
    """The results of one benchmark, run in a process of its own; a line that says why there are none."""
    if find_spec(f"benchmarks.{name}") is None:
        return f"{NOT_MEASURED}: there is no benchmarks/{name}.py."
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(file), *arguments]
        said = ""
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                print(line, end="", flush=True)
                said = line.strip() or said
        if file.exists():
            results: dict[str, Any] = json.loads(file.read_text())
            return results
        return said if said.startswith(NOT_MEASURED) else f"{NOT_MEASURED}: it failed (exit {process.returncode})."


def machine() -> dict[str, Any]:
    """Where and when the figures were taken."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    return {
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "taken": time.strftime("%Y-%m-%d"),
    }


def goal_table(found: Sequence[Verdict]) -> dict[str, dict[str, Any]]:
    """The goals as one table: a row each."""
    said = {True: "yes", False: "NO", None: "not measured"}
    return {
        "ours": {verdict.text: verdict.ours for verdict in found},
        "beside": {verdict.text: verdict.beside for verdict in found},
        "holds": {verdict.text: said[verdict.holds] for verdict in found},
    }


def document(kept: Mapping[str, Any]) -> str:
    """docs/numbers/README.md."""
    lines = [
        "# Figures",
        "",
        "Written by `make bench`; do not edit. All data are in [bench.json](bench.json). How they come about is said "
        "at the head of each module in `benchmarks/`.",
        "",
        "## Goals",
        "",
        markdown(goal_table(verdicts(kept["results"]))),
    ]
    for name, title in BENCHMARKS.items():
        lines += ["", f"## {title}", ""]
        if name not in kept["results"]:
            lines.append("Not measured.")
            continue
        taken = kept["taken"][name]
        where = ", ".join(f"{key} {value}" for key, value in taken["machine"].items())
        lines += [f"`{taken['command']}`", "", where]
        for part, columns in kept["results"][name].items():
            lines += ["", f"### {part}", "", markdown(columns)]
        if (plot := f"{name}.svg") in kept["plots"]:
            lines += ["", f"![{title}]({plot})"]
    return "\n".join(lines) + "\n"


def draw(results: Mapping[str, Any], folder: Path) -> list[str]:
    """Draw what there is to draw; the files' names."""
    from benchmarks import plots

    drawn = []
    if "traces" in results:
        figures = {
            "requests per 100 keys": "requests per 100 keys",
            "keys with a ghost per 100": "keys with a ghost per 100",
            "newly read characters per 100 keys": "characters newly read per 100 keys",
        }
        plots.bars(results["traces"], figures, folder / "traces.svg", BENCHMARKS["traces"])
        drawn.append("traces.svg")
    if "commits" in results:
        figures = {
            "characters saved per minute": "net characters saved per minute",
            "wrong": "wrong ghosts shown",
            "key to ghost p50 ms": "key to ghost, p50 ms",
        }
        plots.bars(results["commits"], figures, folder / "commits.svg", BENCHMARKS["commits"])
        drawn.append("commits.svg")
    if latency := results.get("server", {}).get("latency"):
        figures = {"p50 ms": "p50 ms", "p99 ms": "p99 ms"}
        plots.bars({"latency": latency}, figures, folder / "server.svg", BENCHMARKS["server"])
        drawn.append("server.svg")
    return drawn


def main() -> None:
    """Measure what can be measured here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("benchmarks", nargs="*", help=f"which: {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "docs" / "numbers")
    options, rest = parser.parse_known_args()
    chosen = options.benchmarks or list(BENCHMARKS)
    if unknown := set(chosen) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "bench.json"
    kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"results": {}, "taken": {}}
    missing = []
    for name in chosen:
        print(f"\n=== {BENCHMARKS[name]}\n", flush=True)
        results = measure(name, rest)
        if isinstance(results, str):
            missing.append(f"{BENCHMARKS[name]}: {results}")
            continue
        command = " ".join(["python -m", f"benchmarks.{name}", *rest])
        kept["results"][name], kept["taken"][name] = results, {"command": command, "machine": machine()}
    kept["plots"] = draw(kept["results"], options.out)
    file.write_text(json.dumps(kept, indent=1) + "\n")
    (options.out / "README.md").write_text(document(kept))
    print(f"\n=== Goals\n\n{table(goal_table(verdicts(kept['results'])))}\n\nWritten to {options.out}.")
    for line in missing:
        print(f"\n!!! {line}")


if __name__ == "__main__":
    main()
