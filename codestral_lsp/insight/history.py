"""The traces of the last requests, kept on this machine: what `why` and `stats` read. No code is in them."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

from codestral_lsp.database import Database
from codestral_lsp.insight import unseen
from codestral_lsp.insight.trace import Kept, Trace, Traces
from codestral_lsp.insight.unseen import Unseen

_COUNTED = {
    **dict.fromkeys(("trigger", "outcome", "reason", "source", "language", "engine", "model"), "TEXT"),
    **dict.fromkeys(("continues", "evaluated_tokens", "generated_tokens", "estimated"), "INTEGER"),
    **dict.fromkeys(("debounce_ms", "context_ms", "first_token_ms", "backend_ms", "total_ms"), "REAL"),
}
"""What of a trace is a column too, since reading 100,000 of them whole takes a second."""
_COLUMNS = "".join(f"{name} {kind} AS (json_extract(trace, '$.{name}')) STORED,\n  " for name, kind in _COUNTED.items())
_FOLLOWED = " OR ".join(f"json_type(trace, '$.{name}') IS NOT NULL" for name in ("fate", "taken", "told"))
_SCHEMA = f"""
CREATE TABLE traces (
  session TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL,
  {_COLUMNS}followed INTEGER AS ({_FOLLOWED}) STORED,
  trace TEXT NOT NULL, UNIQUE (session, number)
);
CREATE INDEX traces_by_time ON traces (at);
{unseen.SCHEMA}"""
ASKED = "trigger IN ('automatic', 'invoked')"
"""What an editor asked for: no warm-ups, prefetches and alternatives."""
_FIELDS = frozenset(Trace.__slots__)
_MOST = 100_000
"""Traces that are kept."""


class History:
    """Keeps traces in the file `traces.db`, the last 100,000 of them."""

    def __init__(self, folder: Path, *, now_s: Callable[[], float] = time.time) -> None:
        """Whoever opens the file makes the looks that are due `now_s`, in seconds since the epoch."""

        def settle_here(connection: sqlite3.Connection) -> None:
            settle(connection, now_s())

        self.database = Database(folder / "traces.db", _SCHEMA, 3, on_open=settle_here)
        self._session = token_hex(8)

    def save(self, traces: Traces, now_s: float) -> None:
        """Keep the traces of requests that are over, as far as that is news; `now_s` is on the loop's clock."""
        clock = time.time() - now_s
        rows = [(self._session, trace.number, clock + trace.started_s, _text(trace)) for trace in traces.unsaved()]
        if rows:
            self.database.later(_insert, rows)

    def postpone(self, looks: Sequence[Unseen]) -> None:
        """Have looks made by whoever opens the file when they are due."""
        if looks:
            self.database.later(unseen.postpone, self._session, looks)


def last(connection: sqlite3.Connection, count: int, *, background: bool = True) -> list[tuple[float, Trace]]:
    """The last traces, oldest first, each with the seconds since the epoch when its request came.

    Without `background` only those that an editor asked for: no warm-ups, prefetches and alternatives.
    """
    asked = "" if background else f"WHERE {ASKED}"
    rows = connection.execute(f"SELECT at, trace FROM traces {asked} ORDER BY at DESC LIMIT ?", (count,)).fetchall()  # noqa: S608
    return [(at, trace_of(text)) for at, text in reversed(rows)]


def settle(connection: sqlite3.Connection, now_s: float) -> None:
    """Make the looks that are due, `now_s` being the seconds since the epoch. Reads the files that they are about."""
    for session, number, look, way, kept in unseen.due(connection, now_s):
        place = (session, number)
        row = connection.execute("SELECT trace FROM traces WHERE session = ? AND number = ?", place).fetchone()
        if row is not None:
            trace = trace_of(row[0])
            trace.keep(look, way, kept)
            connection.execute("UPDATE traces SET trace = ? WHERE session = ? AND number = ?", (_text(trace), *place))


def in_memory(traces: Iterable[tuple[float, Trace]]) -> sqlite3.Connection:
    """A history that is on no disk, each trace with the seconds since the epoch of its request."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(_SCHEMA)
    _insert(connection, [("", place, at, _text(trace)) for place, (at, trace) in enumerate(traces)])
    return connection


def _insert(connection: sqlite3.Connection, rows: list[tuple[str, int, float, str]]) -> None:
    connection.executemany("INSERT OR REPLACE INTO traces (session, number, at, trace) VALUES (?, ?, ?, ?)", rows)
    connection.execute("DELETE FROM traces WHERE rowid <= (SELECT max(rowid) FROM traces) - ?", (_MOST,))


def _text(trace: Trace) -> str:
    told = {name: value for name, value in trace.as_json().items() if value or name == "number"}
    return json.dumps(told, separators=(",", ":"))


def trace_of(text: str) -> Trace:
    """A trace as it is kept."""
    told: dict[str, Any] = json.loads(text)
    if not told.keys() <= _FIELDS:  # of a newer version
        told = {name: value for name, value in told.items() if name in _FIELDS}
    trace = Trace(told.pop("number", 0), told.pop("language", ""), told.pop("trigger", ""), 0.0)
    for name, value in told.items():
        setattr(trace, name, value)
    if trace.kept:
        trace.kept = {when: {way: Kept(*kept) for way, kept in ways.items()} for when, ways in trace.kept.items()}
    return trace
