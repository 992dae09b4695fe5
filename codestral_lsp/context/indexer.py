"""The indexer: a process of its own, for parsing holds the interpreter's lock.

It is told what to do in one line of JSON on standard input (see `Orders`), says `{"indexed": N}` on standard output
when it has done that, and ends then, or when its standard input does.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from codestral_lsp.backends.workspace.files import Files, Stamp, names_in
from codestral_lsp.context.store import TagWriter, index_file
from codestral_lsp.context.tags import read_tags
from codestral_lsp.context.words import code, words
from codestral_lsp.document.languages import language_of
from codestral_lsp.privacy.ignore import IgnoreRules

MAX_WORDS = 400
"""Words kept of one file, its most frequent ones."""
BATCH_S = 0.5
"""How long a batch grows before readers may see it."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What to index, and how much of it."""

    roots: tuple[Path, ...]
    index_dir: Path
    max_files: int
    max_file_kb: int
    ignore: tuple[str, ...]
    changed: tuple[str, ...] | None
    """Files that may have changed, if no others have; None: look at everything."""

    def as_line(self) -> bytes:
        """The orders as they go through the pipe."""
        changed = None if self.changed is None else list(self.changed)
        values = {
            "roots": list(map(str, self.roots)),
            "index_dir": str(self.index_dir),
            "max_files": self.max_files,
            "max_file_kb": self.max_file_kb,
            "ignore": list(self.ignore),
            "changed": changed,
        }
        return json.dumps(values).encode() + b"\n"

    @staticmethod
    def of_line(line: str) -> Orders:
        """The orders that came through the pipe."""
        values: dict[str, Any] = json.loads(line)
        return Orders(
            tuple(map(Path, values["roots"])),
            Path(values["index_dir"]),
            values["max_files"],
            values["max_file_kb"],
            tuple(values["ignore"]),
            None if values["changed"] is None else tuple(values["changed"]),
        )


class Indexer:
    """Brings the index of one folder up to date."""

    def __init__(self, root: Path, orders: Orders, rules: IgnoreRules) -> None:
        self._root = root
        self._most = orders.max_files
        self._files = Files(root, rules, orders.max_files, orders.max_file_kb)
        self._writer = TagWriter(index_file(orders.index_dir, root))
        self._known = self._writer.known()

    @property
    def count(self) -> int:
        """How many files are indexed."""
        return len(self._known)

    def scan(self) -> None:
        """Index what is new or changed and forget what is gone."""
        now = {name: stamp for name, stamp in self._files.all().items() if _is_code(name)}
        gone = [path for path in self._known if self._name(path) not in now]
        self._update(now, gone)

    def changed(self, paths: Sequence[str]) -> None:
        """Look at these files again; if there is a folder among them, at everything."""
        names = names_in(self._root, paths)
        if any(self._files.is_folder(name) for name in names):
            self.scan()
            return
        now: dict[str, Stamp] = {}
        gone: list[str] = []
        for name in names:
            path = str(self._root / name)
            stamp = self._files.stamp(name) if _is_code(name) and self._files.reaches(name) else None
            if stamp is None:
                gone += [known for known in self._known if known == path or known.startswith(path + os.sep)]
            elif path in self._known or len(self._known) < self._most:
                now[name] = stamp
        self._update(now, gone)

    def _name(self, path: str) -> str:
        return path[len(str(self._root)) + 1 :].replace(os.sep, "/")

    def _update(self, now: dict[str, Stamp], gone: Sequence[str]) -> None:
        with self._batches() as breathe:
            for path in gone:
                del self._known[path]
                self._writer.drop(path)
                breathe()
            for name, stamp in now.items():
                self._take(name, stamp)
                breathe()

    def _take(self, name: str, stamp: Stamp) -> None:
        path = self._root / name
        if self._known.get(str(path)) == stamp or (data := self._files.read(name)) is None:
            return
        text = data.decode("utf-8", "replace")
        language = language_of("", name)
        frequent = (code(word) for word, _ in words(text).most_common(MAX_WORDS))
        self._writer.put(path, language.name, stamp, read_tags(text, language), frequent)
        self._known[str(path)] = stamp

    @contextmanager
    def _batches(self) -> Iterator[Any]:
        started = time.monotonic()

        def breathe() -> None:
            nonlocal started
            if time.monotonic() - started > BATCH_S:
                self._writer.commit()
                self._writer.begin()
                started = time.monotonic()

        self._writer.begin()
        try:
            yield breathe
        finally:
            self._writer.commit()

    def close(self) -> None:
        """Close the index."""
        self._writer.close()


def _is_code(name: str) -> bool:
    """Whether a file's language is one whose definitions are known by their looks."""
    return bool(language_of("", name).headers)


def main() -> None:
    """Do what standard input says, and end."""
    if sys.platform != "win32":
        os.nice(15)
    orders = Orders.of_line(sys.stdin.readline())
    Thread(target=_end_with_input, daemon=True).start()
    rules = IgnoreRules(orders.ignore)
    count = 0
    try:
        for root in orders.roots:
            indexer = Indexer(root, orders, rules)
            if orders.changed is None:
                indexer.scan()
            else:
                indexer.changed(orders.changed)
            count += indexer.count
            indexer.close()
    except (sqlite3.Error, OSError) as error:
        answer: dict[str, object] = {"failed": str(error)}
    else:
        answer = {"indexed": count}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)  # whoever reads the index has gone; SQLite survives that


if __name__ == "__main__":
    main()
