"""The ledger: everything that left this process, when, where to, and what of it was taken out before.

It holds names of files, lines and counts; text only if the user asks for it, and then as it was sent.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from codestral_lsp.backends.base import Source
from codestral_lsp.database import Database
from codestral_lsp.insight.month import Spent

_SCHEMA = """
CREATE TABLE sent (
  at REAL NOT NULL, purpose TEXT NOT NULL, backend TEXT NOT NULL, host TEXT NOT NULL, model TEXT NOT NULL,
  remote INTEGER NOT NULL, sources TEXT NOT NULL, prompt_tokens INTEGER, cached_tokens INTEGER, answer_tokens INTEGER,
  estimated INTEGER NOT NULL, redacted TEXT NOT NULL, cost REAL, text TEXT
);
CREATE INDEX sent_by_time ON sent (at);
CREATE TABLE spent (
  month TEXT NOT NULL, host TEXT NOT NULL, model TEXT NOT NULL, requests INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, answer_tokens INTEGER NOT NULL, cost REAL NOT NULL,
  PRIMARY KEY (month, host, model)
);
"""
_MOST = 20_000
"""Entries that are kept."""
_TRIM_EVERY = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was sent."""

    purpose: str
    """completion, chat or warm-up."""
    backend: str
    host: str
    model: str
    remote: bool
    """Whether it left the machine."""
    sources: Sequence[Source] = ()
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    answer_tokens: int | None = None
    estimated: bool = False
    """Whether the tokens are our own estimate: an answer that is broken off is not told its cost."""
    redacted: Mapping[str, int] = field(default_factory=dict)
    """How many secrets of each kind were taken out."""
    cost: float | None = None
    """In the price table's currency; None where nothing is charged or no price is known."""
    text: str | None = None
    at_s: float = field(default_factory=time.time)
    """Seconds since the epoch."""

    def as_json(self) -> dict[str, Any]:
        """The entry as plain JSON values."""
        return {
            "at": datetime.fromtimestamp(self.at_s, UTC).isoformat(timespec="milliseconds"),
            "purpose": self.purpose,
            "backend": self.backend,
            "host": self.host,
            "model": self.model,
            "remote": self.remote,
            "sources": [
                {"path": source.path, "firstLine": source.first_line, "lastLine": source.last_line}
                for source in self.sources
            ],
            "promptTokens": self.prompt_tokens,
            "cachedTokens": self.cached_tokens,
            "answerTokens": self.answer_tokens,
            "estimated": self.estimated,
            "redacted": dict(self.redacted),
            "cost": self.cost,
            "text": self.text,
        }

    def line(self) -> str:
        """The entry as one line for a person."""
        tokens = f"{self.prompt_tokens} + {self.answer_tokens} tokens{' (estimated)' if self.estimated else ''}"
        where = f"{self.host}{'' if self.remote else ' (this machine)'}"
        parts = [
            f"{datetime.fromtimestamp(self.at_s).astimezone():%Y-%m-%d %H:%M:%S}",
            self.purpose,
            f"{self.model} at {where}",
            ", ".join(map(_place, self.sources)) or "-",
            tokens,
        ]
        if self.redacted:
            parts.append("taken out: " + ", ".join(f"{count} {kind}" for kind, count in self.redacted.items()))
        if self.cost is not None:
            parts.append(f"{self.cost:.6f}")
        return " · ".join(parts)


def _place(source: Source) -> str:
    if source.first_line is None:
        return source.path
    return f"{source.path}:{source.first_line}-{source.last_line}"


def this_month() -> str:
    """The month that budgets are counted by, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m")


class Ledger:
    """Keeps entries in the file `ledger.db`, the last 20,000 of them, and each month's cost."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "ledger.db", _SCHEMA, 1)
        self._count = 0

    def enter(self, entry: Entry, *, keep: bool, charge: bool) -> None:
        """`keep` the entry in the list, add it to the month's cost (`charge`). Does not wait."""
        if keep or charge:
            self._count += keep
            trim = keep and self._count % _TRIM_EVERY == 1
            self.database.later(_enter, entry, keep, this_month() if charge else "", trim)

    async def cost(self, month: str) -> float:
        """What a month has cost, by all servers that use this file."""
        return await self.database.ask(_cost, month) or 0.0


def last(connection: sqlite3.Connection, count: int, *, remote_only: bool = False) -> list[Entry]:
    """The last entries, oldest first."""
    query = "SELECT * FROM sent WHERE remote >= ? ORDER BY rowid DESC LIMIT ?"
    rows = connection.execute(query, (remote_only, count)).fetchall()
    return [_entry(row) for row in reversed(rows)]


def months(connection: sqlite3.Connection) -> list[Spent]:
    """Every month's cost, the latest first."""
    return [Spent(*row) for row in connection.execute("SELECT * FROM spent ORDER BY month DESC, host, model")]


def clear(connection: sqlite3.Connection) -> int:
    """Forget all entries (not what they cost); tells how many there were."""
    return connection.execute("DELETE FROM sent").rowcount


def _enter(connection: sqlite3.Connection, entry: Entry, keep: bool, month: str, trim: bool) -> None:
    if keep:
        _insert(connection, entry)
    if trim:
        connection.execute("DELETE FROM sent WHERE rowid <= (SELECT max(rowid) FROM sent) - ?", (_MOST,))
    if month:
        _charge(connection, entry, month)


def _insert(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute(
        "INSERT INTO sent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.at_s,
            entry.purpose,
            entry.backend,
            entry.host,
            entry.model,
            entry.remote,
            json.dumps([[source.path, source.first_line, source.last_line] for source in entry.sources]),
            entry.prompt_tokens,
            entry.cached_tokens,
            entry.answer_tokens,
            entry.estimated,
            json.dumps(dict(entry.redacted)),
            entry.cost,
            entry.text,
        ),
    )


def _charge(connection: sqlite3.Connection, entry: Entry, month: str) -> None:
    values = (entry.prompt_tokens or 0, entry.cached_tokens or 0, entry.answer_tokens or 0, entry.cost or 0.0)
    connection.execute(
        "INSERT INTO spent VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET requests = requests + 1,"
        " prompt_tokens = prompt_tokens + excluded.prompt_tokens, cached_tokens = cached_tokens +"
        " excluded.cached_tokens, answer_tokens = answer_tokens + excluded.answer_tokens, cost = cost + excluded.cost",
        (month, entry.host, entry.model, *values),
    )


def _cost(connection: sqlite3.Connection, month: str) -> float:
    return float(connection.execute("SELECT total(cost) FROM spent WHERE month = ?", (month,)).fetchone()[0])


def _entry(row: Sequence[Any]) -> Entry:
    (at, purpose, backend, host, model, remote, sources, prompt, cached, answer, estimated, redacted, cost, text) = row
    return Entry(
        purpose=purpose,
        backend=backend,
        host=host,
        model=model,
        remote=bool(remote),
        sources=tuple(Source(*source) for source in json.loads(sources)),
        prompt_tokens=prompt,
        cached_tokens=cached,
        answer_tokens=answer,
        estimated=bool(estimated),
        redacted=json.loads(redacted),
        cost=cost,
        text=text,
        at_s=at,
    )
