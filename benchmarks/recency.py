"""What the user's own doings tell of what comes next: commits replayed, with the edits and visits before each line.

No model is asked. A line that a commit adds counts if it needs a name that the model would not see around it; looked
for are that name, and the rest of the line as it is, in what each source shows. Commits say nothing of the order in
which they were made, so files and their changes come in the order of the diff.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.commits import is_repository
from benchmarks.holes import REPOS
from benchmarks.report import table
from benchmarks.sessions import Session, commits
from codestral_lsp.context.gather import gather
from codestral_lsp.context.history import History
from codestral_lsp.context.place import Place, SourceName
from codestral_lsp.context.words import STOP, WORD
from codestral_lsp.context.workspace import Workspace
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.prompt.tokens import TokenCounter

ABOVE, BELOW = 55, 15
"""Lines that the model sees anyway."""
BUDGET = 500
_SHORTEST = 5
SOURCES = (SourceName.EDITS, SourceName.VISITED, SourceName.SKELETON)
"""Those that need no index; the file's own outline beside the others."""


@dataclass(frozen=True, slots=True)
class Added:
    """A place where a commit adds something, and what the line goes on with."""

    place: Place
    truth: str
    names: frozenset[str]
    """Those of it that do not stand in what the model sees."""


def added(session: Session) -> Iterator[Added]:
    """The places of a commit that need a name, each with what was done before it."""
    history = History(lambda path: True)
    documents: dict[str, Document] = {}
    for job in session.jobs:
        path = Path("/") / job.path
        document = documents.get(job.path)
        if document is None:
            document = Document(path.as_uri(), "", 1, Text.of(session.files[job.path]), path)
            history.observe(Change(None, document))
        document, cursor = _edited(history, document, Position(job.line, job.column), job.removed, "")
        truth = job.added.split("\n")[0]
        shown = range(max(0, cursor.line - ABOVE), cursor.line + BELOW)
        seen = set(WORD.findall("".join(document.text.lines[shown.start : shown.stop])))
        names = frozenset(name for name in WORD.findall(truth) if len(name) >= _SHORTEST and name not in STOP | seen)
        if names and documents:
            opened = {**history.opened(), str(path): document.text.lines}
            history.visit(str(path), cursor.line)
            language = language_of("", job.path)
            lines = document.text.lines
            doings = history.edits(), history.visits()
            yield Added(
                Place(str(path), language, lines, cursor.line, cursor.column, shown, opened, *doings), truth, names
            )
        documents[job.path], _ = _edited(history, document, cursor, "", job.added)


def _edited(
    history: History, document: Document, at: Position, removed: str, inserted: str
) -> tuple[Document, Position]:
    if not removed and not inserted:
        return document, at
    rows = removed.split("\n")
    end = Position(at.line + len(rows) - 1, len(rows[-1]) + (at.column if len(rows) == 1 else 0))
    text, edit = document.text.replace(Range(at, end), inserted)
    after = Document(document.uri, document.language, document.version + 1, text, document.path)
    history.observe(Change(document, after, (edit,)))
    return after, at


def measure(repositories: Sequence[Path], count: int, seed: int) -> dict[str, dict[str, Any]]:
    """Each source's figures."""
    workspace, counter = Workspace(), TokenCounter()
    places = [
        place for root in repositories for session in commits(root, seed=seed, count=count) for place in added(session)
    ]
    rows = {}
    for source in SOURCES:
        named = whole = tokens = 0
        for each in places:
            found = gather(each.place, workspace, [source], BUDGET, counter.text, 60.0)
            text = "".join(snippet.text for snippet in found.snippets)
            named += any(re.search(rf"\b{name}\b", text) for name in each.names)
            whole += each.truth.strip() in text
            tokens += found.tokens
        rows[source.value] = {
            "places": len(places),
            "a name in it": f"{100 * named / len(places):.0f} %",
            "the rest of the line in it": f"{100 * whole / len(places):.0f} %",
            "tokens, mean": round(tokens / len(places)),
        }
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repos", nargs="*", type=Path, help=f"git repositories; default: {REPOS}")
    parser.add_argument("--count", type=int, default=20, help="commits of each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    named = os.environ.get(REPOS, "").split(os.pathsep)
    repos = options.repos or [Path(name) for name in named if name and is_repository(Path(name))]
    if not repos:
        parser.exit(0, f"NOT MEASURED: this needs git repositories ({REPOS}).\n")
    rows = measure(repos, options.count, options.seed)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps({"commits": rows}, indent=1))


if __name__ == "__main__":
    main()
