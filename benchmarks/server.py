"""What the server itself costs: latency around an instant model, edits while a model hangs, start-up, memory.

Beside a bare pygls server with the same HTTP client and nothing else (`bare_server`), in turns in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import compileall
import contextlib
import json
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import benchmarks
import codestral_lsp
from benchmarks.report import percentile, table
from tests.lsp_client import LspClient
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

URI = "file:///big.py"
WORKSPACE_LINES = 140_000


def big_file(lines: int = 5000) -> str:
    """A Python file of so many lines."""
    block = (
        'def function_{0}(alpha, beta, gamma=None):\n    """Compute something about {0}."""\n    if alpha > {0}:\n'
        "        return beta\n    for index in range(alpha):\n        gamma = combine(gamma, index)\n"
        "    result_{0} = [alpha, beta, gamma]\n    return result_{0}\n\n\n"
    )
    return "".join(block.format(number) for number in range(lines // 10))


@contextlib.asynccontextmanager
async def server(
    kind: str, url: str, options: dict[str, Any] | None = None, root: Path | None = None
) -> AsyncIterator[LspClient]:
    """A running server: ours or the bare one."""
    with tempfile.TemporaryDirectory() as home:
        environ = {
            **os.environ,
            **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"), home),
        }
        client = LspClient()
        await client.start(command(kind, url), environ=environ)
        settings = {
            "backend": "ollama",
            "ollama": {"url": url},
            "completion": {"debounceMs": 0, "instant": False, "prefetch": False},
            **(options or {}),
        }
        await client.initialize(settings, root=root.as_uri() if root else None)
        if kind == "ours":
            await client.until(lambda: bool(client.notifications("codestral/didChangeStatus")))
        yield client
        await client.stop()


def command(kind: str, url: str) -> list[str]:
    """How to start a server."""
    program = (
        ["-m", "codestral_lsp", "--log-level", "error"] if kind == "ours" else ["-m", "benchmarks.bare_server", url]
    )
    return [sys.executable, *program]


async def answers(client: LspClient, count: int, *, disagree: bool) -> list[float]:
    """Type a character and ask, so many times; ms from sending the edit to the answer's arrival.

    `disagree`: what is typed is never what the model said, so that no answer can come from a cache.
    """
    client.open(URI, big_file())
    line, column, version, times = 2506, 0, 1, []
    said = "qbeta(gamma, delta)"
    for turn in range(count):
        if turn % 12 == 0:
            version += 1
            line += 1
            start = f"    value_{turn} = "
            client.change(URI, version, ((line, 0), (line, 0), start + "\n"))
            column = len(start)
            await asyncio.sleep(0.02)
        version += 1
        typed = "z" if disagree else said[turn % 12]
        began = time.perf_counter()
        client.change(URI, version, ((line, column), (line, column), typed))
        column += 1
        number, answer = client.complete(URI, line, column)
        message = await answer
        assert message["result"]["items"], message
        times.append((client.arrived[number] - began) * 1000)
        await asyncio.sleep(0.003)
    return times


async def latency(rounds: int, count: int) -> dict[str, dict[str, Any]]:
    """Around an instant model: bare, ours cold, ours from cache."""
    seen: dict[str, list[float]] = {"bare pygls": [], "ours": [], "ours, type-through": []}
    spent: dict[str, list[float]] = {name: [] for name in seen}
    async with OllamaStandIn(Script(answer="beta(gamma, delta)\nmore")) as model:
        for _ in range(rounds):
            for name, kind, disagree in (
                ("bare pygls", "bare", True),
                ("ours", "ours", True),
                ("ours, type-through", "ours", False),
            ):
                async with server(kind, model.url) as client:
                    before_ms = _cpu_ms(client.process.pid)
                    times = await answers(client, count, disagree=disagree)
                    spent[name].append((_cpu_ms(client.process.pid) - before_ms) / count)
                    # The first requests open connections and load what is loaded late.
                    seen[name] += [ms for turn, ms in enumerate(times) if turn >= 24 and (disagree or turn % 12)]
    return {
        name: {**_row(times), "CPU ms each": round(percentile(spent[name], 0.5), 2)} for name, times in seen.items()
    }


async def under_load(count: int, workspace: Path) -> dict[str, dict[str, Any]]:
    """Edits and pings while the model hangs, and while the workspace is indexed."""
    results = {}
    async with OllamaStandIn(Script(answer="beta\n")) as model:
        async with server("ours", model.url) as client:
            client.open(URI, big_file())
            await client.items(URI, 2506, 0)
            model.script = Script(first_token_ms=3_600_000)
            results["didChange while the model hangs"] = _row(await _edits(client, count))
        results["an edit disagrees: stream closed"] = _row(await closing(count // 5))
        model.script = Script(answer="beta\n")
        async with server("ours", model.url, root=workspace) as client:
            times = await _pings(client, 50)
            while not (await client.command("codestral.status"))["indexed"]:
                times += await _pings(client, 50)
            results["any message while indexing"] = _row(times)
            results["any message at rest"] = _row(await _pings(client, count))
    return results


async def closing(count: int) -> list[float]:
    """From sending an edit that disagrees with an answer on its way to the model's seeing its connection closed, ms."""
    times = []
    long = Script(answer="beta(" + "gamma, " * 500, token_ms=20)
    async with OllamaStandIn(long) as model, server("ours", model.url) as client:
        client.open(URI, big_file())
        for turn in range(count):
            start = f"    value_{turn} = "
            client.change(URI, 2 * turn + 2, ((2506 + turn, 0), (2506 + turn, 0), start + "\n"))
            asked = len(model.seen("/api/generate"))
            client.complete(URI, 2506 + turn, len(start))
            await _until_asked(model, asked + 1)
            await asyncio.sleep(0.2)  # the answer has begun, and its line is far from its end
            before, began = len(model.aborted), time.perf_counter()
            client.change(URI, 2 * turn + 3, ((2506 + turn, len(start)), (2506 + turn, len(start)), "z"))
            times.append(((await model.until_aborted(before + 1)).at - began) * 1000)
    return times[1:]  # the first one had the model loaded


async def _until_asked(model: OllamaStandIn, count: int) -> None:
    await model.until(lambda: len(model.seen("/api/generate")) >= count)


def _cpu_ms(pid: int) -> float:
    """Time that the process has spent on processors, which other programs' load does not change much; 0 if not told."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    return 0.0


async def _edits(client: LspClient, count: int) -> list[float]:
    times = []
    for turn in range(count):
        client.complete(URI, 2506, 0)
        began = time.perf_counter()
        client.change(URI, turn + 2, ((2506, 0), (2506, 0), "z"))
        await client.ask("codestral/ping", None)[1]
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.005)
    return times


async def _pings(client: LspClient, count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        await client.ask("codestral/ping", None)[1]
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.002)
    return times


async def start_up(count: int) -> dict[str, dict[str, Any]]:
    """From spawning the process to its answer to `initialize`, and to the first completion."""
    for package in (codestral_lsp, benchmarks):  # as a package that was installed is, whatever this machine's habits
        for folder in package.__path__:
            compileall.compile_dir(folder, quiet=1)
    hello: dict[str, list[float]] = {"bare pygls": [], "ours": []}
    first: dict[str, list[float]] = {"bare pygls": [], "ours": []}
    gone: dict[str, list[float]] = {"bare pygls": [], "ours": []}
    async with OllamaStandIn(Script(answer="beta\n")) as model:
        for _ in range(count):
            for name, kind in (("bare pygls", "bare"), ("ours", "ours")):
                began = time.perf_counter()
                async with server(kind, model.url) as client:
                    hello[name].append((client.arrived[1] - began) * 1000)
                    client.open(URI, "value = \n")
                    number, answer = client.complete(URI, 0, 8)
                    await answer
                    first[name].append((client.arrived[number] - began) * 1000)
                    assert client.process.stdin
                    left = time.perf_counter()
                    client.process.stdin.close()
                    await client.process.wait()
                    gone[name].append((time.perf_counter() - left) * 1000)
    return {
        name: {
            "spawn to initialize p50 ms": round(percentile(hello[name], 0.5)),
            "spawn to initialize best ms": round(min(hello[name])),
            "spawn to first completion p50 ms": round(percentile(first[name], 0.5)),
            "pipe closed to process gone, longest ms": round(max(gone[name])),
        }
        for name in hello
    }


async def memory(workspace: Path) -> dict[str, Any]:
    """PSS of the whole process tree after opening a workspace: highest seen, and settled."""
    peak = 0
    async with OllamaStandIn(Script(answer="beta\n")) as model, server("ours", model.url, root=workspace) as client:
        pid = client.process.pid
        client.open(URI, big_file())
        await client.items(URI, 2506, 0)
        while not (await client.command("codestral.status"))["indexed"]:
            peak = max(peak, _pss_kb(pid))
            await asyncio.sleep(0.02)
        for _ in range(100):
            peak = max(peak, _pss_kb(pid))
            await asyncio.sleep(0.1)
        return {"peak MB": round(peak / 1024), "settled MB": round(_pss_kb(pid) / 1024)}


def _pss_kb(pid: int) -> int:
    """Proportional set size of a process and all its children, in kB."""
    total = 0
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                total += _pss_kb(int(child))
    return total


def workspace_of(lines: int, folder: Path) -> Path:
    """A workspace of so many lines of real Python: the standard library's, as far as they go."""
    taken = 0
    library = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.rglob("*.py")):
        if taken >= lines or "site-packages" in path.parts or path.stat().st_size > 400_000:
            continue
        target = folder / path.relative_to(library)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
        taken += path.read_bytes().count(b"\n")
    return folder


def _row(times: list[float]) -> dict[str, Any]:
    return {
        "n": len(times),
        "p50 ms": round(percentile(times, 0.5), 2),
        "p99 ms": round(percentile(times, 0.99), 2),
        "max ms": round(max(times), 2),
    }


async def measure(rounds: int, count: int) -> dict[str, Any]:
    """Everything."""
    results: dict[str, Any] = {"latency": await latency(rounds, count)}
    print(table(results["latency"]), "\n", flush=True)
    results["start-up"] = await start_up(10)
    print(table(results["start-up"]), "\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        workspace = workspace_of(WORKSPACE_LINES, Path(folder))
        results["under load"] = await under_load(count * rounds, workspace)
        print(table(results["under load"]), "\n", flush=True)
        if sys.platform == "linux":
            results["memory"] = {f"{WORKSPACE_LINES:,} lines": await memory(workspace)}
            print(table(results["memory"]), "\n", flush=True)
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    results = asyncio.run(measure(options.rounds, options.count))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
