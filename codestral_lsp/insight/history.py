"""The traces of the last requests, kept on this machine: what `why` and `stats` read. No code is in them."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from secrets import token_hex
from typing import Any

from codestral_lsp.database import Database
from codestral_lsp.insight.trace import Kept, Trace, Traces

_SCHEMA = """
CREATE TABLE traces (
  session TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, trace TEXT NOT NULL, UNIQUE (session, number)
);
CREATE INDEX traces_by_time ON traces (at);
"""
_ASKED = ('\'"trigger":"automatic"\'', '\'"trigger":"invoked"\'')
_FIELDS = frozenset(Trace.__slots__)
_MOST = 100_000
"""Traces that are kept."""


class History:
    """Keeps traces in the file `traces.db`, the last 100,000 of them."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "traces.db", _SCHEMA, 2)
        self._session = token_hex(8)

    def save(self, traces: Traces, now_s: float) -> None:
        """Keep the traces of requests that are over, as far as that is news; `now_s` is on the loop's clock."""
        clock = time.time() - now_s
        rows = [(self._session, trace.number, clock + trace.started_s, _text(trace)) for trace in traces.unsaved()]
        if rows:
            self.database.later(_insert, rows)


def last(connection: sqlite3.Connection, count: int, *, background: bool = True) -> list[tuple[float, Trace]]:
    """The last traces, oldest first, each with the seconds since the epoch when its request came.

    Without `background` only those that an editor asked for: no warm-ups, prefetches and alternatives.
    """
    asked = "" if background else f"WHERE {' OR '.join(f'instr(trace, {each})' for each in _ASKED)}"
    rows = connection.execute(f"SELECT at, trace FROM traces {asked} ORDER BY at DESC LIMIT ?", (count,)).fetchall()  # noqa: S608
    return [(at, _trace(text)) for at, text in reversed(rows)]


def since(connection: sqlite3.Connection, at_s: float) -> list[tuple[float, Trace]]:
    """All traces of requests that came after `at_s`, oldest first."""
    rows = connection.execute("SELECT at, trace FROM traces WHERE at >= ? ORDER BY at", (at_s,)).fetchall()
    return [(at, _trace(text)) for at, text in rows]


def _insert(connection: sqlite3.Connection, rows: list[tuple[str, int, float, str]]) -> None:
    connection.executemany("INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?)", rows)
    connection.execute("DELETE FROM traces WHERE rowid <= (SELECT max(rowid) FROM traces) - ?", (_MOST,))


def _text(trace: Trace) -> str:
    told = {name: value for name, value in trace.as_json().items() if value or name == "number"}
    return json.dumps(told, separators=(",", ":"))


def _trace(text: str) -> Trace:
    told: dict[str, Any] = json.loads(text)
    if not told.keys() <= _FIELDS:  # of a newer version
        told = {name: value for name, value in told.items() if name in _FIELDS}
    trace = Trace(told.pop("number", 0), told.pop("language", ""), told.pop("trigger", ""), 0.0)
    for name, value in told.items():
        setattr(trace, name, value)
    if trace.kept:
        trace.kept = {when: {way: Kept(*kept) for way, kept in ways.items()} for when, ways in trace.kept.items()}
    return trace
