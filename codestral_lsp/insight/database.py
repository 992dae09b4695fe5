"""A SQLite file of the user's own, written by one thread, so that the event loop never waits for a disk.

Several servers may share a file. Whatever goes wrong with it, completions go on: what was to be kept is then lost, and
the reader is told why.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_WAIT_MS = 2000

Work = Callable[Concatenate[sqlite3.Connection, P], T]
"""Something to do with the open file."""


class Database:
    """The file `path`; `schema` makes its tables, and a file of another `version` is begun anew."""

    def __init__(self, path: Path, schema: str, version: int) -> None:
        self.path = path
        self.problem = ""
        """Why the file cannot be used; empty while it can."""
        self._schema = schema
        self._version = version
        self._worker = ThreadPoolExecutor(1, "insight")
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    async def ask(self, work: Work[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
        """Do `work` in the thread; None if the file cannot be used."""
        return await asyncio.get_running_loop().run_in_executor(
            self._worker, partial(self.now, work, *arguments, **named)
        )

    def later(self, work: Work[P, T], *arguments: P.args, **named: P.kwargs) -> None:
        """Have `work` done in the thread, in order, without waiting for it."""
        if not self._closed:
            self._worker.submit(partial(self.now, work, *arguments, **named))

    def now(self, work: Work[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
        """Do `work` here and now; None if the file cannot be used. For command lines, and for the thread itself."""
        if self.problem:
            return None
        for attempt in range(2):
            try:
                connection = self._connect()
                with connection:
                    return work(connection, *arguments, **named)
            except sqlite3.DatabaseError as error:
                if _is_contention(error):
                    return None
                self._disconnect()
                if isinstance(error, sqlite3.OperationalError) or attempt:
                    self.problem = str(error)
                    return None
                self._set_aside()
            except OSError as error:
                self.problem = error.strerror or str(error)
                return None
        return None

    def close(self) -> None:
        """Finish what is under way and close the file. Waits for the thread."""
        if not self._closed:
            self._closed = True
            self._worker.submit(self._disconnect)
            self._worker.shutdown(wait=True)

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its side files the mode of the main one.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            os.chmod(self.path, 0o600)
            connection = sqlite3.connect(self.path, timeout=_WAIT_MS / 1000, check_same_thread=False)
            self._connection = connection
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] != self._version:
                self._create(connection)
        return self._connection

    def _create(self, connection: sqlite3.Connection) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] == self._version:
                return  # another server was quicker
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                connection.execute(f'DROP TABLE "{name}"')
            for statement in filter(None, map(str.strip, self._schema.split(";"))):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {self._version}")

    def _set_aside(self) -> None:
        for ending in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + ending)
            if part.exists():
                part.replace(part.with_name(f"{part.name}.corrupt"))

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _is_contention(error: sqlite3.DatabaseError) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )
