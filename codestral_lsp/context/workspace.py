"""The workspace's files as the sources read them: open documents as they are now, the others as they were indexed."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from codestral_lsp.context.store import Found, TagReader
from codestral_lsp.context.tags import Definition, FileTags, Import, read_tags
from codestral_lsp.document.languages import language_of

_KEPT_FILES = 64
_BIG = 200_000
"""Characters of an open document that is too big to be tagged again and again: as indexed will have to do."""


class Workspace:
    """For one thread."""

    def __init__(self, index_files: Sequence[Path] = (), roots: Sequence[Path] = ()) -> None:
        self.reader = TagReader(index_files)
        self.roots = tuple(str(root) for root in roots)
        self._texts: OrderedDict[str, tuple[int, list[str]]] = OrderedDict()
        self._tags: OrderedDict[str, tuple[list[str], FileTags]] = OrderedDict()
        self.modules: dict[tuple[str, ...], list[str]] = {}
        """The files that modules' names were found to mean, as `resolve` keeps them; until the next place."""
        self._until_s = float("inf")
        self._indexed: dict[str, FileTags] = {}
        self._open: Mapping[str, list[str]] = {}

    def at(self, opened: Mapping[str, list[str]], until_s: float = float("inf")) -> None:
        """From now on these documents are open, and there is time until then (`time.perf_counter`)."""
        self._open = opened
        self._until_s = until_s
        self._indexed.clear()
        self.modules.clear()

    @property
    def late(self) -> bool:
        """Whether time is up: what has been found has to do."""
        return time.perf_counter() > self._until_s

    def shown(self, path: str) -> str:
        """A path as models see it: below its workspace folder, with slashes."""
        for root in self.roots:
            if path.startswith(root + os.sep):
                return path[len(root) + 1 :].replace(os.sep, "/")
        return PurePath(path).name

    def lines(self, path: str) -> list[str]:
        """A file's lines with their ends; none if it cannot be read."""
        if (opened := self._open.get(path)) is not None:
            return opened
        try:
            modified = os.stat(path).st_mtime_ns
            kept = self._texts.get(path)
            if kept is None or kept[0] != modified:
                text = Path(path).read_text("utf-8", "replace")
                kept = self._texts[path] = modified, text.splitlines(keepends=True)
                if len(self._texts) > _KEPT_FILES:
                    self._texts.popitem(last=False)
            self._texts.move_to_end(path)
        except OSError:
            return []
        return kept[1]

    def beside(self, path: str) -> list[str]:
        """The indexed files in the folder of this one that are named alike at the end."""
        suffix = PurePath(path).suffix
        return [each for each in self.reader.in_folder(os.path.dirname(path)) if each != path and each.endswith(suffix)]

    def tags(self, path: str) -> FileTags:
        """What a file defines and imports."""
        lines = self._open.get(path)
        if lines is None or sum(map(len, lines)) > _BIG:
            if path not in self._indexed:
                definitions, imports = self.reader.defined_in(path), self.reader.imports_of(path)
                self._indexed[path] = FileTags(tuple(definitions), tuple(imports))
            return self._indexed[path]
        kept = self._tags.get(path)
        if kept is None or kept[0] is not lines:
            kept = self._tags[path] = lines, read_tags("".join(lines), language_of("", path))
            if len(self._tags) > _KEPT_FILES:
                self._tags.popitem(last=False)
        return kept[1]

    def definitions(self, path: str) -> Sequence[Definition]:
        """What a file defines, in the order of its lines."""
        return self.tags(path).definitions

    def imports(self, path: str) -> Sequence[Import]:
        """What a file imports."""
        return self.tags(path).imports

    def defined(self, path: str, name: str, container: str | None = None) -> list[Found]:
        """A file's definitions of a name."""
        known = path in self._open or path in self._indexed
        return [
            Found(path, each)
            for each in (self.definitions(path) if known else self.reader.defined(path, name))
            if each.name == name and each.kind != "impl" and container in (None, each.container)
        ]

    def close(self) -> None:
        """Close the index."""
        self.reader.close()
