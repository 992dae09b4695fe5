"""A SQLite file of the user's own, used by one thread, so that the event loop never waits for a disk.

Several servers may share a file. Whatever goes wrong with it, completions go on: what was to be kept is then lost, and
the owner of the file is told why.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_WAIT_S = 3.0
_RETRY_S = 0.02

Work = Callable[Concatenate[sqlite3.Connection, P], T]
"""Something to do with the open file, in one transaction. It may be done again from the start if others are writing."""


class Database:
    """The file `path`; `schema` makes its tables, and a file of another `version` is begun anew."""

    def __init__(
        self,
        path: Path,
        schema: str,
        version: int,
        *,
        on_open: Callable[[sqlite3.Connection], None] = lambda _: None,
        on_set_aside: Callable[[], None] = lambda: None,
        on_given_up: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_open` is the first to use the file each time it is opened; the others are called once it has been done:
        a corrupt file was set aside and begun anew, or the file cannot be used and why. All in the thread.
        """
        self.path = path
        self.problem = ""
        """Why the file cannot be used; empty while it can."""
        self._schema = schema
        self._version = version
        self._on_open = on_open
        self._on_set_aside = on_set_aside
        self._on_given_up = on_given_up
        self._worker = ThreadPoolExecutor(1, path.stem)
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
        """Do `work` here and now; None if the file cannot be used. For command lines, and for the thread itself.

        Others that write at the same time are waited for, 3 s at most; a corrupt file is set aside, once.
        """
        set_aside = False
        give_way_until = time.monotonic() + _WAIT_S
        while not self.problem:
            opens = self._connection is None
            try:
                connection = self._connect()
                with connection:
                    return work(connection, *arguments, **named)
            except sqlite3.DatabaseError as error:
                if is_contention(error):
                    if opens:
                        self._disconnect()  # it is half set up
                    if time.monotonic() > give_way_until:
                        return None
                    time.sleep(_RETRY_S)  # SQLite does not always wait by itself: not where two files turn to WAL
                elif not opens:
                    self._disconnect()  # another server may have set the file aside already: look at it afresh
                elif set_aside or isinstance(error, sqlite3.OperationalError | sqlite3.IntegrityError):
                    self._give_up(str(error))
                else:
                    self._set_aside()
                    set_aside = True
            except OSError as error:
                self._give_up(error.strerror or str(error))
        return None

    def close(self) -> None:
        """Finish what is under way and close the file. Waits for the thread: call it off the event loop."""
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
            connection = sqlite3.connect(self.path, timeout=_WAIT_S, check_same_thread=False)
            self._connection = connection
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] != self._version:
                self._create(connection)
            with connection:
                self._on_open(connection)
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
        self._disconnect()
        for ending in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + ending)
            if part.exists():
                part.replace(part.with_name(f"{part.name}.corrupt"))
        self._on_set_aside()

    def _give_up(self, problem: str) -> None:
        self.problem = problem
        self._disconnect()
        self._on_given_up(problem)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sqlite3.Error:
                return


def is_contention(error: sqlite3.DatabaseError) -> bool:
    """Whether it only says that somebody else is using the file."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )
