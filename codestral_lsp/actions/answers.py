"""Answers kept for the same question about unchanged code: in memory, and on disk for other days.

On disk a question is a digest and nothing else. An answer in which a secret was found is kept in memory only.
"""

from __future__ import annotations

import sqlite3
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from codestral_lsp.backends.base import Message
from codestral_lsp.config.settings import CacheSettings
from codestral_lsp.database import Database

_SCHEMA = """
CREATE TABLE answers (
  question BLOB PRIMARY KEY, text TEXT NOT NULL, model TEXT NOT NULL, tokens INTEGER NOT NULL, used INTEGER NOT NULL
);
CREATE INDEX answers_by_use ON answers (used);
"""
_VERSION = 1
_FORGET = """
DELETE FROM answers WHERE question NOT IN (SELECT question FROM answers ORDER BY used DESC, rowid DESC LIMIT ?)
"""
_IN_MEMORY = 200
_ON_DISK = 1000
"""Answers; one has at most some kilobytes."""
_DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, whole."""

    text: str
    model: str
    prompt_tokens: int
    """What asking it cost."""


def digest(
    engine: str,
    messages: Sequence[Message],
    max_tokens: int,
    schema: Mapping[str, Any] | None,
    more: Sequence[str] = (),
) -> bytes:
    """Names a question to an engine; `more`: what else the answer depends on."""
    named = blake2b(digest_size=16)
    for part in (engine, str(max_tokens), repr(schema), *(message.content for message in messages), *more):
        encoded = part.encode("utf-8", "surrogatepass")
        named.update(len(encoded).to_bytes(8, "little") + encoded)
    return named.digest()


def database(folder: Path) -> Database:
    """The file of a cache folder; it is opened when it is first used."""
    return Database(folder / "answers.db", _SCHEMA, _VERSION)


class Answers:
    """Finds answers by their question's digest."""

    def __init__(self, folder: Path | None = None, settings: CacheSettings | None = None) -> None:
        """`folder`: where `answers.db` lies; none: in memory only."""
        self._memory: OrderedDict[bytes, Answer] = OrderedDict()
        self._database = database(folder) if folder is not None else None
        self._settings = settings or CacheSettings()

    def configure(self, settings: CacheSettings) -> None:
        """Follow the settings from now on."""
        self._settings = settings

    async def find(self, question: bytes) -> Answer | None:
        """The answer, if it is kept."""
        answer = self._memory.get(question)
        if answer is None and (disk := self._disk) is not None:
            answer = await disk.ask(_find, question)
        if answer is not None:
            self._remember(question, answer)
        return answer

    def put(self, question: bytes, answer: Answer) -> None:
        """Keep an answer."""
        self._remember(question, answer)
        if (disk := self._disk) is not None:
            disk.later(_put, question, answer, self._settings.max_age_days)

    async def clear(self) -> int:
        """Forget everything, on disk too; tells how many answers there were."""
        count = len(self._memory)
        self._memory.clear()
        if self._database is None or not self._database.path.exists():
            return count
        return await self._database.ask(clear) or 0

    def close(self) -> None:
        """Write what is waiting, and close the file. Waits for its thread."""
        if self._database is not None:
            self._database.close()

    @property
    def _disk(self) -> Database | None:
        return self._database if self._settings.enabled else None

    def _remember(self, question: bytes, answer: Answer) -> None:
        self._memory[question] = answer
        self._memory.move_to_end(question)
        while len(self._memory) > _IN_MEMORY:
            self._memory.popitem(last=False)


# ---- for the database's thread


def clear(connection: sqlite3.Connection) -> int:
    """Remove all answers; tells how many there were."""
    return connection.execute("DELETE FROM answers").rowcount


def count(connection: sqlite3.Connection) -> int:
    """How many answers there are."""
    return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])


def _find(connection: sqlite3.Connection, question: bytes) -> Answer | None:
    row = connection.execute("SELECT text, model, tokens FROM answers WHERE question = ?", (question,)).fetchone()
    if row is None:
        return None
    connection.execute("UPDATE answers SET used = ? WHERE question = ?", (int(time.time()), question))
    return Answer(*row)


def _put(connection: sqlite3.Connection, question: bytes, answer: Answer, max_age_days: int) -> None:
    from codestral_lsp.privacy.secrets import find_secrets  # slow to import

    if find_secrets(answer.text):
        return
    now = int(time.time())
    text = answer.text.encode("utf-8", "replace").decode()
    connection.execute(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
        (question, text, answer.model, answer.prompt_tokens, now),
    )
    connection.execute("DELETE FROM answers WHERE used < ?", (now - max_age_days * _DAY_S,))
    connection.execute(_FORGET, (_ON_DISK,))
