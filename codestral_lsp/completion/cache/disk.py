"""The answers of other days and other editors, in one SQLite file.

SQLite lets several processes share the file; rows hold digests and suggested text, never an object that could be
executed, and of the user's own lines only digests. Everything here runs in one worker thread: the event loop
never waits for a disk. Whatever goes wrong with the file, completions go on without it.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from struct import Struct
from typing import Any, TypeVar

from codestral_lsp.completion.cache.entry import Answer
from codestral_lsp.completion.place import Place
from codestral_lsp.completion.sureness import Step
from codestral_lsp.errors import CacheError

T = TypeVar("T")

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
_WAIT_S = 3.0
_RETRY_S = 0.02
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
    """Answers in the SQLite file `folder/completions.db`, bounded in size and age."""

    def __init__(
        self, folder: Path, *, max_bytes: int, max_age_s: float, on_error: Callable[[CacheError], None]
    ) -> None:
        self.path = folder / "completions.db"
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._on_error = on_error
        self._worker = ThreadPoolExecutor(1, "cache")
        self._connection: sqlite3.Connection | None = None
        self._broken = self._closed = False
        self._puts = 0

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Do `work` (one of the methods below) in the worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, partial(work, *arguments))

    def later(self, work: Callable[..., object], *arguments: object) -> None:
        """Have `work` (one of the methods below) done in the worker thread, in order, without waiting for it."""
        if not self._closed:
            self._worker.submit(work, *arguments)

    def close(self) -> None:
        """Finish what is under way and close the file. Waits for the worker: call it off the event loop."""
        if not self._closed:
            self._closed = True
            self._worker.submit(self._disconnect)
            self._worker.shutdown(wait=True)

    # ---- for the worker thread

    def find(self, places: Sequence[Place], request: bytes, everything: bool) -> Found | None:
        """An answer that fits the cursor (its own line comes first in `places`), or one to the very same request.

        `everything`: answers that were broken off do not count.
        """

        def ask(connection: sqlite3.Connection) -> Found | None:
            for place in places:
                rows = connection.execute(_BY_PLACE, (place.key,)).fetchall()
                fitting = [
                    (length, rowid, answer)
                    for rowid, length, head, *columns in rows
                    if length <= len(place.head)
                    and head_digest(place.head[:length]) == head
                    and (answer := _answer(place.head[:length], columns)).shown_at(place, everything=everything)
                    is not None
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

        return self._guarded(ask)

    def put(self, place: bytes, request: bytes, answer: Answer) -> None:
        """Keep an answer; the newest for the same text stands. One with a secret in it is not kept."""

        from codestral_lsp.privacy.secrets import find_secrets  # slow to import

        if find_secrets(answer.text):
            return

        def keep(connection: sqlite3.Connection) -> None:
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

        self._guarded(keep)

    def stats(self) -> CacheStats:
        """What is there now."""

        def count(connection: sqlite3.Connection) -> CacheStats:
            answers, oldest = connection.execute("SELECT count(*), min(used) FROM answers").fetchone()
            return CacheStats(str(self.path), answers, self._bytes(connection), oldest)

        return self._guarded(count) or CacheStats(str(self.path), 0, 0, None)

    def clear(self) -> int:
        """Remove everything; returns how many answers there were."""

        def empty(connection: sqlite3.Connection) -> int:
            removed = connection.execute("DELETE FROM answers").rowcount
            connection.execute("PRAGMA incremental_vacuum")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return removed

        return self._guarded(empty) or 0

    # ---- the file

    def _guarded(self, use: Callable[[sqlite3.Connection], T]) -> T | None:
        """Run `use` on the open file. A corrupt file is set aside and made anew, once.

        Other editors that write at the same time are waited for, 3 s at most; then this answer is let go.
        """
        set_aside = False
        give_way_until = time.monotonic() + _WAIT_S
        while not self._broken:
            opens = self._connection is None
            try:
                return use(self._connect())
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and _is_contention(error):
                    if opens:
                        self._disconnect()  # it is half set up
                    if time.monotonic() > give_way_until:
                        return None
                    time.sleep(_RETRY_S)  # SQLite does not always wait by itself: not where two files turn to WAL
                elif not opens:
                    self._disconnect()  # another editor may have set the file aside already: look at it afresh
                elif set_aside or isinstance(error, sqlite3.OperationalError | sqlite3.IntegrityError):
                    self._give_up(error)
                else:
                    self._set_aside()
                    set_aside = True
            except OSError as error:
                self._give_up(error)
        return None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            folder = self.path.parent
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its side files the mode of the main one.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            os.chmod(self.path, 0o600)
            connection = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            self._connection = connection
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                self._create(connection)
            self._trim(connection)
        return self._connection

    @staticmethod
    def _create(connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                connection.execute("DROP TABLE IF EXISTS answers")
                for statement in filter(None, map(str.strip, _SCHEMA.split(";"))):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        finally:
            connection.execute("COMMIT")

    @staticmethod
    def _touch(connection: sqlite3.Connection, rowid: int) -> None:
        # To the day is enough to know what is used least, and spares nearly all of these writes.
        today = int(time.time()) // _DAY_S * _DAY_S
        try:
            connection.execute("UPDATE answers SET used = ? WHERE rowid = ? AND used < ?", (today, rowid, today))
        except sqlite3.OperationalError as error:
            if not _is_contention(error):
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
        connection.execute("PRAGMA incremental_vacuum")

    @staticmethod
    def _bytes(connection: sqlite3.Connection) -> int:
        pages, free = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        return int((pages - free) * connection.execute("PRAGMA page_size").fetchone()[0])

    def _set_aside(self) -> None:
        self._disconnect()
        for part in _files(self.path):
            part.replace(part.with_name(f"{part.name}.corrupt"))
        self._on_error(
            CacheError(
                f"The completion cache {self.path} was corrupt.",
                cure="It was set aside as completions.db.corrupt and begun anew; nothing to do.",
            )
        )

    def _give_up(self, error: Exception) -> None:
        self._broken = True
        self._disconnect()
        self._on_error(
            CacheError(
                f"The completion cache {self.path} cannot be used: {error}.",
                cure="Completions go on without it until the next start; check the folder's permissions and space.",
            )
        )

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sqlite3.Error:
                return


def _answer(head: str, columns: Sequence[Any]) -> Answer:
    """An answer from its columns."""
    text, whole, by_line, packed = columns
    steps = tuple(Step(length, log) for length, log in _STEP.iter_unpack(packed))
    return Answer(head, text, bool(whole), steps, bool(by_line))


def _is_contention(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _files(path: Path) -> Iterable[Path]:
    return (part for ending in ("", "-wal", "-shm") if (part := path.with_name(path.name + ending)).exists())
