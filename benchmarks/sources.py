"""What each source of context finds, and what is missed without it: no model and no server, seconds for 100 holes.

The holes are those of `crossfile`. Looked for is, in what the sources give and not in the file itself, the name that is
needed, and what is wanted (its first line) just as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.crossfile import SUFFIXES, cut, pick
from benchmarks.crossfile_holes import Hole
from benchmarks.embedded import indexed
from benchmarks.report import percentile, table
from codestral_lsp.backends.workspace.engine import Query
from codestral_lsp.backends.workspace.prediction import Likely
from codestral_lsp.context.gather import gather
from codestral_lsp.context.place import Place, SourceName
from codestral_lsp.context.store import index_file
from codestral_lsp.context.workspace import Workspace
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text, split_lines
from codestral_lsp.prompt.tokens import TokenCounter

ABOVE, BELOW = 55, 15
"""Lines that the model sees anyway."""
BUDGET = 680
"""Tokens of context, by the server's own estimate."""
WITHOUT_HISTORY = (SourceName.DEFINITIONS, SourceName.SIMILAR, SourceName.TESTS, SourceName.SKELETON)


@dataclass(frozen=True, slots=True)
class Found:
    """What sources gave for a hole."""

    named: bool
    given: bool
    tokens: int
    cpu_ms: float
    """Of processor time, so that other work on the machine does not count."""


def arms() -> dict[str, tuple[SourceName, ...]]:
    """All that need no history of edits, each alone, and all but each."""
    alone = {f"{name} alone": (name,) for name in WITHOUT_HISTORY}
    but = {f"all but {name}": tuple(each for each in WITHOUT_HISTORY if each != name) for name in WITHOUT_HISTORY}
    return {"all": WITHOUT_HISTORY, **alone, **but}


async def expected(root: Path, holes: Sequence[Hole]) -> dict[str, tuple[Likely, ...]]:
    """What the embedded engine holds for the likeliest lines at each of a repository's holes."""
    found = {}
    async with indexed(root) as (engine, _):
        for hole in holes:
            path = root / hole.path
            before, after = cut(path.read_text("utf-8"), hole)
            language = language_of("", path).name
            document = Document(path.as_uri(), language, 1, Text.of(before + after), path)
            engine.observe(Change(None, document))
            found[hole.id] = tuple(engine.likely(Query(document, Position(hole.line, hole.column))))
            engine.observe(Change(document, None))
    return found


def look(
    root: Path,
    holes: Sequence[Hole],
    folder: Path,
    sources: Sequence[SourceName],
    likely: Mapping[str, tuple[Likely, ...]],
) -> Iterator[Found]:
    """Gather context for each of a repository's holes, with no limit of time."""
    workspace, counter = Workspace([index_file(folder / "holes", root)], [root]), TokenCounter()
    for hole in holes:
        before, after = cut((root / hole.path).read_text("utf-8"), hole)
        lines, line, path = split_lines(before + after), before.count("\n"), str(root / hole.path)
        shown = range(max(0, line - ABOVE), line + BELOW)
        language = language_of("", path)
        place = Place(path, language, lines, line, hole.column, shown, {path: lines}, likely=likely[hole.id])
        began = time.thread_time()
        found = gather(place, workspace, sources, BUDGET, counter.text, 60.0)
        cpu_ms = (time.thread_time() - began) * 1000
        text = "".join(snippet.text for snippet in found.snippets)
        named = re.search(rf"\b{re.escape(hole.name)}\b", text) is not None
        yield Found(named, hole.truth.split("\n")[0].strip() in text, found.tokens, cpu_ms)
    workspace.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repos", nargs="+", type=Path, required=True, help="folders of real code")
    parser.add_argument("--language", choices=SUFFIXES, default="python")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    rows: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roots = [root.resolve() for root in options.repos]
        wanted = pick(roots, SUFFIXES[options.language], options.count, options.seed, folder)
        likely = {root: asyncio.run(expected(root, holes)) for root, holes in wanted.items()}
        for arm, sources in arms().items():
            found = [
                each for root, holes in wanted.items() for each in look(root, holes, folder, sources, likely[root])
            ]
            rows[arm] = {
                "holes": len(found),
                "the name in it": f"{100 * sum(each.named for each in found) / len(found):.0f} %",
                "the line itself in it": f"{100 * sum(each.given for each in found) / len(found):.0f} %",
                "ms of processor time, p50 / p95": " / ".join(
                    f"{percentile([each.cpu_ms for each in found], share):.0f}" for share in (0.5, 0.95)
                ),
                "tokens, mean": round(sum(each.tokens for each in found) / len(found)),
            }
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps({options.language: rows}, indent=1))


if __name__ == "__main__":
    main()
