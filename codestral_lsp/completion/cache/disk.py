"""The answers of other days and other editors, in one SQLite file.

SQLite lets several processes share the file; rows hold digests and suggested text, never an object that could be
executed, and of the user's own lines only digests.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from struct import Struct
from typing import Any

from codestral_lsp.completion.cache.entry import Answer
from codestral_lsp.completion.place import Place
from codestral_lsp.completion.sureness import Step
from codestral_lsp.database import Database, is_contention
from codestral_lsp.errors import CacheError

_VERSION = 2
_SCHEMA = """
CREATE TABLE answers (
  place BLOB NOT NULL, head_length INTEGER NOT NULL, head BLOB NOT NULL,
  request BLOB NOT NULL, text TEXT NOT NULL, whole INTEGER NOT NULL, by_line INTEGER NOT NULL, steps BLOB NOT NULL,
  used INTEGER NOT NULL,
  UNIQUE (place, head)
);
CREATE INDEX answers_by_request ON answers (request);
CREATE INDEX answers_by_use ON answers (used);
"""
_BY_PLACE = "SELECT rowid, head_length, head, text, whole, by_line, steps FROM answers WHERE place = ?"
_BY_REQUEST = "SELECT rowid, text, whole, by_line, steps FROM answers WHERE request = ? ORDER BY used DESC LIMIT 1"
_STEP = Struct("<id")
"""How a step is kept: its length, the logarithm of its probability."""
_TRIM_EVERY = 200
_DAY_S = 86400


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What the cache on disk holds."""

    path: str
    answers: int
    bytes: int
    oldest_use: float | None
    """Seconds since the epoch; None when empty."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, and the line the cursor was described from when it fitted."""

    place: Place
    answer: Answer


def head_digest(head: str) -> bytes:
    """What is kept of a line in place of the line."""
    return blake2b(head.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class DiskCache:
    """Answers in the SQLite file `folder/completions.db`, bounded in size and age.

    What takes a connection is for the file's own thread: `disk.database.ask(disk.find, ...)`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int,
        max_age_s: float,
        on_error: Callable[[CacheError], None],
        is_secret: Callable[[str], bool] = lambda text: False,
    ) -> None:
        """`is_secret` knows texts that must not be kept though nothing in themselves gives them away."""
        self.database = Database(
            folder / "completions.db",
            _SCHEMA,
            _VERSION,
            on_open=self._trim,
            on_set_aside=self._say_set_aside,
            on_given_up=self._say_given_up,
        )
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._on_error = on_error
        self._is_secret = is_secret
        self._puts = 0

    @property
    def path(self) -> Path:
        """The file."""
        return self.database.path

    def find(
        self, connection: sqlite3.Connection, places: Sequence[Place], request: bytes, everything: bool
    ) -> Found | None:
        """An answer that fits the cursor (its own line comes first in `places`), or one to the very same request.

        `everything`: answers that were broken off do not count.
        """
        for place in places:
            rows = connection.execute(_BY_PLACE, (place.key,)).fetchall()
            fitting = [
                (length, rowid, answer)
                for rowid, length, head, *columns in rows
                if length <= len(place.head)
                and head_digest(place.head[:length]) == head
                and (answer := _answer(place.head[:length], columns)).shown_at(place, everything=everything) is not None
            ]
            if fitting:
                _, rowid, answer = max(fitting, key=itemgetter(0))
                self._touch(connection, rowid)
                return Found(place, answer)
        row = connection.execute(_BY_REQUEST, (request,)).fetchone()
        if row is None:
            return None
        self._touch(connection, row[0])
        return Found(places[0], _answer(places[0].head, row[1:]))

    def put(self, connection: sqlite3.Connection, place: bytes, request: bytes, answer: Answer) -> None:
        """Keep an answer; the newest for the same text stands. One with a secret in it is not kept."""

        from codestral_lsp.privacy.secrets import find_secrets  # slow to import

        if find_secrets(answer.head + answer.text) or self._is_secret(answer.text):
            return
        connection.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                place,
                len(answer.head),
                head_digest(answer.head),
                request,
                answer.text.encode("utf-8", "replace").decode(),
                int(answer.whole),
                int(answer.by_line),
                b"".join(_STEP.pack(step.length, step.log) for step in answer.steps),
                int(time.time()),
            ),
        )
        self._puts += 1
        if self._puts % _TRIM_EVERY == 0:
            self._trim(connection)

    def stats(self, connection: sqlite3.Connection) -> CacheStats:
        """What is there now."""
        answers, oldest = connection.execute("SELECT count(*), min(used) FROM answers").fetchone()
        return CacheStats(str(self.path), answers, self._bytes(connection), oldest)

    @staticmethod
    def clear(connection: sqlite3.Connection) -> int:
        """Remove everything; returns how many answers there were."""
        removed = connection.execute("DELETE FROM answers").rowcount
        connection.execute("PRAGMA incremental_vacuum").fetchall()
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return removed

    @staticmethod
    def _touch(connection: sqlite3.Connection, rowid: int) -> None:
        # To the day is enough to know what is used least, and spares nearly all of these writes.
        today = int(time.time()) // _DAY_S * _DAY_S
        try:
            connection.execute("UPDATE answers SET used = ? WHERE rowid = ? AND used < ?", (today, rowid, today))
        except sqlite3.OperationalError as error:
            if not is_contention(error):
                raise

    def _trim(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM answers WHERE used < ?", (int(time.time() - self._max_age_s),))
        while (size := self._bytes(connection)) > self._max_bytes:
            total = connection.execute("SELECT count(*) FROM answers").fetchone()[0]
            share = min(total, max(1, int(total * (1 - 0.9 * self._max_bytes / size))))
            if not total:
                break
            connection.execute(
                "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers ORDER BY used, rowid LIMIT ?)", (share,)
            )
        connection.execute("PRAGMA incremental_vacuum").fetchall()

    @staticmethod
    def _bytes(connection: sqlite3.Connection) -> int:
        pages, free = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        return int((pages - free) * connection.execute("PRAGMA page_size").fetchone()[0])

    def _say_set_aside(self) -> None:
        self._on_error(
            CacheError(
                f"The completion cache {self.path} was corrupt.",
                cure="It was set aside as completions.db.corrupt and begun anew; nothing to do.",
            )
        )

    def _say_given_up(self, why: str) -> None:
        self._on_error(
            CacheError(
                f"The completion cache {self.path} cannot be used: {why}.",
                cure="Completions go on without it until the next start; check the folder's permissions and space.",
            )
        )


def _answer(head: str, columns: Sequence[Any]) -> Answer:
    """An answer from its columns."""
    text, whole, by_line, packed = columns
    steps = tuple(Step(length, log) for length, log in _STEP.iter_unpack(packed))
    return Answer(head, text, bool(whole), steps, bool(by_line))
