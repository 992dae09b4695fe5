"""The process that indexes for the context: parsing holds the interpreter's lock."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from codestral_lsp.context.store import TagWriter, index_file
from codestral_lsp.context.tags import FileTags, has_tags, read_tags
from codestral_lsp.context.words import code, words
from codestral_lsp.document.language import Language
from codestral_lsp.document.languages import language_of
from codestral_lsp.indexing.child import busy_with, serve
from codestral_lsp.indexing.files import Files, Stamp, names_in
from codestral_lsp.indexing.job import Job
from codestral_lsp.privacy.ignore import IgnoreRules

MAX_WORDS = 400
"""Words kept of one file, its most frequent ones."""
BATCH_S = 0.5
"""How long a batch grows before readers may see it."""


class Indexer:
    """Brings the index of one folder up to date."""

    def __init__(
        self, root: Path, job: Job, rules: IgnoreRules, before: Callable[[str], None] = lambda path: None
    ) -> None:
        """`before` is told the path of every file that is about to be parsed."""
        self._root = root
        self._deadly = frozenset(job.deadly)
        self._before = before
        self._most = job.max_files
        self._files = Files(root, rules, job.max_files, job.max_file_kb)
        self._writer = TagWriter(index_file(Path(job.index_dir), root))
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
        self._writer.put(path, language.name, stamp, self._tags(path, text, language), frequent)
        self._known[str(path)] = stamp

    def _tags(self, path: Path, text: str, language: Language) -> FileTags:
        """A file's tags; none if a process has died over it."""
        if str(path) in self._deadly:
            return FileTags((), ())
        self._before(str(path))
        return read_tags(text, language)

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
    return has_tags(language_of("", name))


def main() -> None:
    """Do what standard input says."""
    serve(partial(work, before=busy_with))


def work(job: Job, rules: IgnoreRules, before: Callable[[str], None] = lambda path: None) -> Iterator[dict[str, Any]]:
    """Bring the folders' indexes up to date. Raises OSError where the disk is full or not ours to write."""
    try:
        for root in map(Path, job.roots):
            with closing(Indexer(root, job, rules, before)) as indexer:
                if job.changed is None:
                    indexer.scan()
                else:
                    indexer.changed(job.changed)
                yield {"root": str(root), "files": indexer.count}
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
