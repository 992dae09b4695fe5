"""Where answers are cut, in many languages and without a model: one that knows the file, and runs on.

A statement, the rest of a line or a span of characters is taken out of a file. The "model" writes what stood there, a
few characters at a time, and goes on: with the text that follows, as models do that see it, or with lines from
elsewhere in the file. A perfect cut brings the file back.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.completers import LANGUAGES
from benchmarks.holes import REPOS, repositories
from benchmarks.report import table
from codestral_lsp.backends.base import Piece
from codestral_lsp.completion.draft import Draft
from codestral_lsp.completion.extent import extent
from codestral_lsp.completion.item import suggestion
from codestral_lsp.completion.request import CompletionRequest, Trigger
from codestral_lsp.completion.seam import Seam
from codestral_lsp.completion.surroundings import surroundings
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.document.document import Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

SUFFIXES = {**LANGUAGES, ".vue": "vue", ".svelte": "svelte", ".html": "html", ".css": "css", ".yaml": "yaml"}
SETTINGS = CompletionSettings(multiline="always")
LEAST_BYTES, MOST_BYTES = 600, 40_000
PIECE = 4
"""Characters of a token."""
MOST_CHARACTERS = 1500
MOST_ROWS = 12
TRIES = 60

Span = tuple[Position, Position]


def statement(tree: SyntaxTree, dice: random.Random) -> Span | None:
    """The largest piece of syntax that begins on some line and has its lines for itself."""
    text, root = tree.text, tree.tree.root_node
    for _ in range(TRIES):
        row = dice.randrange(len(text.lines))
        line = text.line(row)
        start = (row, len(line) - len(line.lstrip()))
        node = root.descendant_for_point_range(start, start) if line.strip() and line.isascii() else None
        found = None
        while node is not None and node.parent is not None and node.start_point == start:
            end_row, column = node.end_point if node.end_point[1] else (node.end_point[0] - 1, 1 << 30)
            behind = text.line(end_row).encode()[column:].strip()
            if node.is_named and "comment" not in node.type and end_row - row < MOST_ROWS and behind in b";,":
                found = end_row
            node = node.parent
        if found is not None:
            return Position(*start), Position(found, len(text.line(found)))
    return None


def rest(tree: SyntaxTree, dice: random.Random) -> Span | None:
    """The rest of a line."""
    for _ in range(TRIES):
        row = dice.randrange(len(tree.text.lines))
        line = tree.text.line(row)
        if len(line.strip()) > PIECE:
            start = len(line) - len(line.lstrip())
            return Position(row, dice.randrange(start + 1, len(line))), Position(row, len(line))
    return None


def span(tree: SyntaxTree, dice: random.Random) -> Span | None:
    """Some characters, anywhere."""
    whole = str(tree.text)
    for _ in range(TRIES):
        start = dice.randrange(len(whole))
        end = start + dice.randrange(PIECE, 120)
        if end < len(whole) and whole[start:end].strip():
            return _position(whole[:start]), _position(whole[:end])
    return None


KINDS: dict[str, Callable[[SyntaxTree, random.Random], Span | None]] = {
    "statement": statement,
    "rest of the line": rest,
    "span": span,
}


@dataclass(frozen=True, slots=True)
class Cut:
    """What became of an answer."""

    exact: bool
    """The file is as it was."""
    breaks: bool
    """More of it fails to parse than with the hole empty."""
    read: int
    """Characters read of the answer."""
    shown: int


async def cut(path: Path, whole: str, language: str, kind: str, dice: random.Random, *, astray: bool) -> Cut | None:
    """Take something out of a file and have it written again; None if the file does not lend itself to that."""
    tree = _tree(Text.of(whole), language, path)
    if tree is None or tree.error_count() or (found := KINDS[kind](tree, dice)) is None:
        return None
    start, end = (len(tree.text.before(place)) for place in found)
    behind = whole[end:]
    if astray:
        behind = behind.partition("\n")[0] + "\n" + whole[dice.randrange(len(whole)) :].partition("\n")[2]
    answer = (whole[start:end] + behind)[:MOST_CHARACTERS]
    document = Document(path.as_uri(), language, 1, Text.of(whole[:start] + whole[end:]), path)
    request = CompletionRequest(document, found[0], Trigger.INVOKED)
    around, keeper = surroundings(request), SyntaxKeeper(DocumentStore())
    reach = extent(SETTINGS, (await keeper.syntax(document)).place(found[0]), around, Trigger.INVOKED)
    seam = Seam(keeper, document, found[0], around)
    draft = Draft(around.head, around, reach, seam, None, reads_on=False, patient=True)
    read = 0
    while read < len(answer):
        read += PIECE
        if await draft.add(Piece(answer[read - PIECE : read])):
            break
    await draft.finish(broken_off=False)
    keeper.close()
    item = suggestion(request, draft.answer(ended=True).text, 1)
    filled = document.text if item is None else document.text.replace(item.range, item.text)[0]
    before, after = _tree(document.text, language, path), _tree(filled, language, path)
    assert before is not None
    assert after is not None
    breaks = after.error_count() > before.error_count()
    return Cut(str(filled) == whole, breaks, min(read, len(answer)), len(item.ghost) if item else 0)


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace").replace("\r\n", "\n")


def _tree(text: Text, language: str, path: Path) -> SyntaxTree | None:
    return SyntaxTree.of(text, language_of(language, path))


def _position(before: str) -> Position:
    return Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


async def measure(files: dict[Path, str], language: str, count: int, seed: int) -> dict[str, Any]:
    """One language: all kinds."""
    row: dict[str, Any] = {}
    cuts: list[Cut] = []
    for kind in KINDS:
        for astray in (False, True):
            dice = random.Random(seed)
            kind_cuts: list[Cut] = []
            for path in dice.sample(list(files), len(files)):
                whole = files[path]
                if (made := await cut(path, whole, language, kind, dice, astray=astray)) is not None:
                    kind_cuts.append(made)
                if len(kind_cuts) == count:
                    break
            if kind_cuts:
                exact = round(100 * mean(each.exact for each in kind_cuts))
                row[f"{kind}, exact %{', going astray' if astray else ''}"] = exact
            cuts += kind_cuts
    row["holes"] = len(cuts)
    row["break the parse"] = sum(each.breaks for each in cuts)
    row["characters read / shown"] = round(
        sum(each.read for each in cuts) / max(1, sum(each.shown for each in cuts)), 2
    )
    return row


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="holes of each kind in each language")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    rows: dict[str, dict[str, Any]] = {}
    with repositories() as roots:
        paths = sorted(path for root in roots.values() for path in root.rglob("*") if path.suffix in SUFFIXES)
        files = [path for path in paths if path.is_file() and LEAST_BYTES < path.stat().st_size < MOST_BYTES]
        if not files:
            parser.exit(0, f"NOT MEASURED: cutting needs folders of code ({REPOS}).\n")
        for suffix, language in SUFFIXES.items():
            if of_language := {path: _read(path) for path in files if path.suffix == suffix}:
                rows[suffix] = asyncio.run(measure(of_language, language, options.count, options.seed))
                print(f"\n{table({suffix: rows[suffix]})}", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"all languages": rows}, indent=1))


if __name__ == "__main__":
    main()
