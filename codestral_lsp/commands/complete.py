"""codestral-lsp complete FILE:LINE:COL: one suggestion, with the engine the settings choose."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codestral_lsp.commands.workplace import project_of, read_document
from codestral_lsp.completion.request import CompletionRequest, Suggestion, Trigger
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position
from codestral_lsp.errors import CodestralError, UsageError
from codestral_lsp.insight.trace import Trace
from codestral_lsp.server.app import App

_INDEX_S = 60.0
"""How long to wait for the index of a workspace that was never indexed."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the command line."""

    file: Path
    line: int
    column: int


def run(options: argparse.Namespace) -> int:
    """Print the suggestion. Exit code 1 if there is none. Raises UsageError for a place that does not exist."""
    return asyncio.run(_complete(_spot(options.place), UserPaths.default(options.config), as_json=options.json))


def _spot(place: str) -> Spot:
    name, *numbers = place.rsplit(":", 2)
    if len(numbers) != 2 or not all(number.isascii() and number.isdigit() and int(number) for number in numbers):
        raise UsageError(f"{place!r} is not a place.", cure="Write FILE:LINE:COL, line and column from 1.")
    return Spot(Path(name), int(numbers[0]) - 1, int(numbers[1]) - 1)


def _document(spot: Spot) -> Document:
    document = read_document(spot.file)
    text = document.text
    if text.clamp(Position(spot.line, spot.column)) != Position(spot.line, spot.column):
        lines, columns = len(text.lines), len(text.line(spot.line)) + 1
        there = f"line {spot.line + 1} has {columns} columns" if spot.line < lines else f"it has {lines} lines"
        raise UsageError(f"{spot.file} has no place {spot.line + 1}:{spot.column + 1}.", cure=f"Note: {there}.")
    return document


async def _complete(spot: Spot, paths: UserPaths, *, as_json: bool) -> int:
    document = _document(spot)
    assert document.path is not None
    app = App(paths)
    app.roots = project_of(document.path)
    app.begin()
    try:
        await app.reload()
        app.engines.choose(app.settings)
        await app.embedded.open(app.roots)
        app.documents.open(document)
        await app.engines.chosen()
        async with asyncio.timeout(_INDEX_S):
            await app.embedded.settled()
        cursor = Position(spot.line, spot.column)
        suggestion = await app.completion.complete(CompletionRequest(document, cursor, Trigger.INVOKED))
        if as_json:
            print(_as_json(app, spot, suggestion))
        else:
            _show(app, document, cursor, suggestion)
    except TimeoutError:
        raise CodestralError(
            f"Indexing {app.roots[0] if app.roots else 'the file'} takes longer than {_INDEX_S:.0f} s.",
            cure="Lower workspaceIndex.maxFiles.",
        ) from None
    finally:
        await app.aclose()
    return 0 if suggestion else 1


def _trace(app: App) -> Trace:
    """What became of the one thing that was asked; the model may have been loaded for it before."""
    return next(trace for trace in app.traces if trace.trigger == Trigger.INVOKED.value)


def _as_json(app: App, spot: Spot, suggestion: Suggestion | None) -> str:
    status, trace = app.engines.status, _trace(app)
    answer: dict[str, Any] = {
        "file": str(spot.file),
        "line": spot.line + 1,
        "column": spot.column + 1,
        "engine": trace.engine or status.engine,
        "model": trace.model if trace.engine else status.model,
        "status": {"kind": status.kind, "message": status.message, "detail": status.detail, "cure": status.cure},
        "suggestion": None,
        "trace": trace.as_json(),
    }
    if suggestion is not None:
        start, end = suggestion.range.start, suggestion.range.end
        answer["suggestion"] = {
            "ghost": suggestion.ghost,
            "insertText": suggestion.text,
            "replaces": {"line": start.line + 1, "fromColumn": start.column + 1, "toColumn": end.column + 1},
        }
    return json.dumps(answer, indent=2)


def _show(app: App, document: Document, cursor: Position, suggestion: Suggestion | None) -> None:
    """The line with the suggestion in it goes to standard output, what there is to say of it to standard error."""
    status, trace = app.engines.status, _trace(app)
    if suggestion is None:
        print(f"No suggestion: {trace.reason}.", file=sys.stderr)
    else:
        line = document.text.line(cursor.line)
        head, rest = line[: cursor.column], line[suggestion.range.end.column :]
        dim, plain = ("\x1b[2m", "\x1b[0m") if sys.stdout.isatty() else ("⟦", "⟧")
        print(f"{head}{dim}{suggestion.ghost}{plain}{rest}")
    by = f"{trace.model} through {trace.engine}" if trace.model else trace.engine or status.engine
    print(f"({by}, {trace.source or 'nothing asked'}, {trace.total_ms:.0f} ms)", file=sys.stderr)
    if status.kind != "Normal":
        print(f"codestral-lsp: {status.message} {status.cure}".rstrip(), file=sys.stderr)
