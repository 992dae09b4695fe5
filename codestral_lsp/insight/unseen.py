"""Looks at what was kept that are due only when nobody is there to look: the editor was closed before.

What such a look would see is known if the file is still as it was when the editor was closed; else nobody can say. So
all that is kept until then is what stood there at the end, the file's path and a salted digest of its text: no code.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codestral_lsp.insight.trace import Kept, Way

SCHEMA = """
CREATE TABLE unseen (
  session TEXT NOT NULL, number INTEGER NOT NULL, look TEXT NOT NULL, way TEXT NOT NULL, due REAL NOT NULL,
  characters INTEGER NOT NULL, of INTEGER NOT NULL, path TEXT NOT NULL, salt BLOB NOT NULL, digest BLOB NOT NULL
);
"""
_LARGEST = 4 << 20
"""Bytes of a file that is looked at."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A look that is due at `due_s`, in seconds since the epoch."""

    number: int
    """Of the trace that it is about."""
    look: str
    way: Way
    due_s: float
    kept: Kept
    """What it will see if the file stays as it is."""
    path: Path
    salt: bytes
    digest: bytes
    """Of the file's text."""


def on_disk(path: Path) -> str | None:
    """The text of a file; None if it is not there, too large, or no text. For a thread."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return None


def digest(text: str, salt: bytes) -> bytes:
    """What tells whether a text is the same."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=salt, digest_size=16).digest()


def new_salt() -> bytes:
    """Digests of two files, or of two days, cannot be compared."""
    return secrets.token_bytes(16)


def postpone(connection: sqlite3.Connection, session: str, looks: Sequence[Unseen]) -> None:
    """Keep looks for later; `session` is the one that their traces are of."""
    rows = [
        (session, each.number, each.look, each.way, each.due_s, *each.kept, str(each.path), each.salt, each.digest)
        for each in looks
    ]
    connection.executemany("INSERT INTO unseen VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def due(connection: sqlite3.Connection, now_s: float) -> list[tuple[str, int, str, Way, Kept]]:
    """Forget the looks that are due, and tell what those see whose file is unchanged. Reads these files."""
    rows = connection.execute(
        "DELETE FROM unseen WHERE due <= ? RETURNING session, number, look, way, characters, of, path, salt, digest",
        (now_s,),
    ).fetchall()
    texts = {name: on_disk(Path(name)) for name in {row[6] for row in rows}}
    return [
        (session, number, look, way, Kept(characters, of))
        for session, number, look, way, characters, of, name, salt, seen in rows
        if (text := texts[name]) is not None and digest(text, salt) == seen
    ]
