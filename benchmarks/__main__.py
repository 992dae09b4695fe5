"""All figures in one run: tables on the screen; JSON, one page of tables and plots into docs/numbers/.

Each benchmark is a module of its own that can be run alone (`python -m benchmarks.traces --help`). What one needs
and this machine lacks (a real model, repositories) is said loudly, and what it would have shown stays as it was.
The pages that say what the figures mean are written by hand, and are not touched.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.goals import Verdict, verdicts
from benchmarks.report import markdown, table

PAGE = "bench.md"
DATA = "bench.json"
NOT_MEASURED = "NOT MEASURED"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A module of this package; with `--json FILE` it writes its tables: by part, then by column, then by row."""

    title: str
    remembers: bool = False
    """Whether it keeps the model's answers (`--memory FILE`), so that none is asked for twice."""


BENCHMARKS: dict[str, Benchmark] = {
    "server": Benchmark("What the server itself costs"),
    "embedded": Benchmark("The embedded engine, no model"),
    "traces": Benchmark("Typing traces: what a keystroke costs", remembers=True),
    "commits": Benchmark("Real commits typed again: what completion is worth", remembers=True),
    "infilling": Benchmark("HumanEval infilling: what is shown, and whether it runs", remembers=True),
    "programs": Benchmark("Small programs typed in: characters kept, wrong suggestions", remembers=True),
    "cutting": Benchmark("Where answers are cut, in many languages, no model"),
    "crossfile": Benchmark("The project's context: what each source brings", remembers=True),
    "recency": Benchmark("What the user's own edits and visits bring"),
    "tags": Benchmark("The index behind the context"),
    "actions": Benchmark("Explain and find the bug"),
    "insight": Benchmark("The doctor, the cost of keeping books, secrets"),
    "stats_page": Benchmark("The page of statistics"),
}


def measure(name: str, arguments: Sequence[str]) -> dict[str, Any] | str:
    """The tables of one benchmark, run in a process of its own; a line that says why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(file), *arguments]
        said = ""
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                print(line, end="", flush=True)
                said = line.strip() or said
        if process.returncode == 0 and file.exists():
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


def load_average() -> float | None:
    """How many programs wanted a processor during the last minute; None where the system does not say."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def goal_table(found: Sequence[Verdict]) -> dict[str, dict[str, Any]]:
    """The goals as one table: a row each."""
    said = {True: "yes", False: "NO", None: "not measured"}
    return {
        "ours": {verdict.text: verdict.ours for verdict in found},
        "beside": {verdict.text: verdict.beside for verdict in found},
        "holds": {verdict.text: said[verdict.holds] for verdict in found},
    }


def page(kept: Mapping[str, Any]) -> str:
    """The page of tables."""
    lines = [
        "# All figures",
        "",
        f"Written by `make bench`; do not edit. All data are in [{DATA}]({DATA}). How they come about is said at the "
        "head of each module in `benchmarks/`, what they mean on the [other pages](README.md).",
        "",
        "## Goals",
        "",
        markdown(goal_table(verdicts(kept["results"]))),
    ]
    for name, benchmark in BENCHMARKS.items():
        lines += ["", f"## {benchmark.title}", ""]
        if name not in kept["results"]:
            lines.append("Not measured.")
            continue
        taken = kept["taken"][name]
        where = ", ".join(f"{key} {value}" for key, value in taken["machine"].items())
        lines += [f"`{taken['command']}` ({taken['minutes']:g} min): {where}"]
        for part, columns in kept["results"][name].items():
            lines += ["", f"### {part}", "", markdown(columns)]
        if (plot := f"{name}.svg") in kept["plots"]:
            lines += ["", f"![{benchmark.title}]({plot})"]
    return "\n".join(lines) + "\n"


def draw(results: Mapping[str, Any], folder: Path) -> list[str]:
    """Draw what there is to draw; the files' names."""
    from benchmarks import plots

    drawn = []
    for name, panels in plots.PANELS.items():
        if name in results:
            file = folder / f"{name}.svg"
            plots.bars(plots.parts_of(name, results[name]), panels, file, BENCHMARKS[name].title)
            drawn.append(file.name)
    return drawn


def main() -> None:
    """Measure what can be measured here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("benchmarks", nargs="*", help=f"which: {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "docs" / "numbers")
    parser.add_argument(
        "--memory",
        type=Path,
        default=user_cache_path("codestral-lsp-bench"),
        help="a folder that keeps a real model's answers, so that none is asked for twice",
    )
    options, rest = parser.parse_known_args()
    chosen = options.benchmarks or list(BENCHMARKS)
    if unknown := set(chosen) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    options.out.mkdir(parents=True, exist_ok=True)
    options.memory.mkdir(parents=True, exist_ok=True)
    file = options.out / DATA
    kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"results": {}, "taken": {}}
    missing = []
    for name in chosen:
        benchmark = BENCHMARKS[name]
        print(f"\n=== {benchmark.title}\n", flush=True)
        began, load = time.monotonic(), load_average()
        remembered = ["--memory", str(options.memory / f"{name}.sqlite")] if benchmark.remembers else []
        results = measure(name, [*rest, *remembered])
        minutes = round((time.monotonic() - began) / 60, 1)
        print(f"\n({minutes:g} min)", flush=True)
        if isinstance(results, str):
            missing.append(f"{benchmark.title}: {results}")
            continue
        kept["results"][name] = results
        kept["taken"][name] = {
            "command": " ".join(["python -m benchmarks", name, *rest]),
            "minutes": minutes,
            "machine": {**machine(), "load average before": load},
        }
        kept["plots"] = draw(kept["results"], options.out)
        file.write_text(json.dumps(kept, indent=1) + "\n")
        (options.out / PAGE).write_text(page(kept))
    print(f"\n=== Goals\n\n{table(goal_table(verdicts(kept['results'])))}\n\nWritten to {options.out / PAGE}.")
    for line in missing:
        print(f"\n!!! {line}")


if __name__ == "__main__":
    main()
