"""The index of one workspace folder on disk: files, definitions, imports, and which file uses which words.

One process writes, others read meanwhile (WAL). What is in it can be had from the files again, so a damaged or
outdated index is thrown away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import Any

from codestral_lsp.context.tags import Definition, FileTags, Import

_VERSION = 4
"""Of the tables and of what is put in them: another number makes the index anew."""

_SCHEMA = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path TEXT UNIQUE, folder TEXT, stem TEXT, language TEXT, modified INTEGER, size INTEGER
);
CREATE INDEX by_stem ON files (stem);
CREATE INDEX by_folder ON files (folder);
CREATE TABLE definitions (
    file INTEGER, number INTEGER, kind TEXT, name TEXT, container TEXT, line INTEGER, end INTEGER, signature TEXT,
    PRIMARY KEY (file, number)
) WITHOUT ROWID;
CREATE INDEX by_name ON definitions (name);
CREATE TABLE imports (file INTEGER, module TEXT, member TEXT, local TEXT);
CREATE INDEX of_file ON imports (file);
CREATE TABLE words (word INTEGER, file INTEGER, PRIMARY KEY (word, file)) WITHOUT ROWID;
CREATE INDEX words_of_file ON words (file);
"""

INDEX_STEMS = frozenset({"__init__", "index", "mod", "lib", "main"})
"""Files that stand for the folder they are in."""

FEW = 60
"""Files that share a word: a word in more tells little, and is not looked up further."""


@dataclass(frozen=True, slots=True)
class Found:
    """A definition and the file that it is in."""

    path: str
    definition: Definition


def index_file(index_dir: Path, root: Path) -> Path:
    """Where the index of a workspace folder lies."""
    return index_dir / f"tags-{blake2b(str(root).encode(), digest_size=10).hexdigest()}.sqlite"


def stem_of(path: PurePath) -> str:
    """By what a file is looked for when it is imported: its name without extension, or its folder's."""
    stem = path.name.partition(".")[0] or path.name
    return path.parent.name if stem in INDEX_STEMS else stem


class TagWriter:
    """Writes an index. Raises sqlite3.Error when the disk is full or broken."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._db = self._open(file)
        except sqlite3.DatabaseError:
            for each in file.parent.glob(file.name + "*"):
                each.unlink()
            self._db = self._open(file)

    @staticmethod
    def _open(file: Path) -> sqlite3.Connection:
        file.touch(mode=0o600)
        db = sqlite3.connect(file, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=OFF")
            db.execute("PRAGMA temp_store=MEMORY")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != _VERSION:
                for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
                    db.execute(f"DROP TABLE {table}")
                db.executescript(_SCHEMA)
                db.execute(f"PRAGMA user_version={_VERSION}")
        except sqlite3.Error:
            db.close()
            raise
        return db

    def known(self) -> dict[str, tuple[int, int]]:
        """When each file was last modified (ns) and its size, by path, as it was indexed."""
        rows = self._db.execute("SELECT path, modified, size FROM files")
        return {path: (modified, size) for path, modified, size in rows}

    def begin(self) -> None:
        """Start a batch: nothing of it is seen by readers before `commit`."""
        self._db.execute("BEGIN")

    def commit(self) -> None:
        """End a batch."""
        self._db.execute("COMMIT")

    def put(self, path: PurePath, language: str, stamp: tuple[int, int], tags: FileTags, words: Iterable[int]) -> None:
        """Take in a file, in place of what was known of it."""
        self.drop(str(path))
        row = (str(path), str(path.parent), stem_of(path), language, *stamp)
        number = self._db.execute(
            "INSERT INTO files (path, folder, stem, language, modified, size) VALUES (?, ?, ?, ?, ?, ?)", row
        ).lastrowid
        self._db.executemany(
            "INSERT INTO definitions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (number, at, each.kind, each.name, each.container, each.line, each.end, each.signature)
                for at, each in enumerate(tags.definitions)
            ),
        )
        self._db.executemany(
            "INSERT INTO imports VALUES (?, ?, ?, ?)",
            ((number, each.module, each.member, each.local) for each in tags.imports),
        )
        self._db.executemany("INSERT OR IGNORE INTO words VALUES (?, ?)", ((word, number) for word in words))

    def drop(self, path: str) -> None:
        """Forget a file."""
        row = self._db.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
        if row is None:
            return
        self._db.execute("DELETE FROM files WHERE id = ?", row)
        self._db.execute("DELETE FROM definitions WHERE file = ?", row)
        self._db.execute("DELETE FROM imports WHERE file = ?", row)
        self._db.execute("DELETE FROM words WHERE file = ?", row)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class TagReader:
    """Reads the indexes of the workspace's folders. For one thread, the one that first asks."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)
        self._open: dict[Path, sqlite3.Connection] = {}

    def _all(self, query: str, values: Sequence[object]) -> Iterator[Any]:
        for file in self._files:
            db = self._open.get(file)
            try:
                if db is None:
                    if not file.exists():
                        continue
                    db = self._open[file] = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
                yield from db.execute(query, values)
            except sqlite3.Error:
                if broken := self._open.pop(file, None):
                    broken.close()

    def _rows(self, query: str, *values: object) -> list[Any]:
        return list(self._all(query, values))

    def named(
        self, name: str, *, languages: Sequence[str] = (), kinds: Sequence[str] = (), most: int = 12
    ) -> list[Found]:
        """The definitions of a name, of these kinds and in files of these languages (any, if none is given).

        Empty if there are more than `most`: then it is nobody's in particular.
        """
        where = f"definitions.name = ?{_among('language', languages)}{_among('kind', kinds)}"
        rows = self._rows(f"{_FOUND} WHERE {where} LIMIT ?", name, *languages, *kinds, most + 1)
        return [_found(row) for row in rows] if len(rows) <= most else []

    def defined_in(self, path: str) -> list[Definition]:
        """A file's definitions in the order of their lines."""
        return [_found(row).definition for row in self._rows(f"{_FOUND} WHERE path = ? ORDER BY number", path)]

    def defined(self, path: str, name: str) -> list[Definition]:
        """A file's definitions of a name."""
        return [
            _found(row).definition
            for row in self._rows(f"{_FOUND} WHERE definitions.name = ? AND path = ?", name, path)
        ]

    def imports_of(self, path: str) -> list[Import]:
        """What a file imports."""
        query = "SELECT module, member, local FROM imports JOIN files ON files.id = file WHERE path = ?"
        return [Import(str(module), str(member), str(local)) for module, member, local in self._rows(query, path)]

    def with_stem(self, stem: str, languages: Sequence[str] = ()) -> list[str]:
        """The files of that name (see `stem_of`) and of these languages (any, if none is given)."""
        query = f"{_FILES} WHERE stem = ?{_among('language', languages)} LIMIT 200"
        return [str(path) for (path,) in self._rows(query, stem, *languages)]

    def in_folder(self, folder: str) -> list[str]:
        """The files of a folder."""
        return [str(path) for (path,) in self._rows("SELECT path FROM files WHERE folder = ? LIMIT 200", folder)]

    def folders_named(self, name: str) -> list[str]:
        """The folders with indexed files whose last part is `name`."""
        query = "SELECT DISTINCT folder FROM files WHERE folder LIKE ? LIMIT 50"
        rows = self._rows(query, f"%{name}")
        return [str(folder) for (folder,) in rows if PurePath(str(folder)).name == name]

    def using(self, word: int, languages: Sequence[str]) -> list[str]:
        """The files of these languages that use a word; no more than `FEW` and one more."""
        where = f"word = ?{_among('language', languages)}"
        return [str(path) for (path,) in self._rows(f"{_USING} WHERE {where} LIMIT ?", word, *languages, FEW + 1)]

    @property
    def size(self) -> int:
        """How many files are indexed."""
        return sum(int(str(count)) for (count,) in self._rows("SELECT count(*) FROM files"))

    def close(self) -> None:
        """Close the files."""
        for db in self._open.values():
            db.close()
        self._open.clear()


def _among(column: str, values: Sequence[str]) -> str:
    return f" AND {column} IN ({', '.join('?' * len(values))})" if values else ""


_FILES = "SELECT path FROM files"
_USING = "SELECT path FROM words JOIN files ON files.id = file"
_FOUND = (
    "SELECT path, kind, definitions.name, container, line, end, signature"
    " FROM definitions JOIN files ON files.id = definitions.file"
)


def _found(row: Any) -> Found:
    return Found(row[0], Definition(*row[1:]))
