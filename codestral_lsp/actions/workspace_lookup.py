"""Finds names in the workspace's files by looking at their text: bounded, in a worker thread, no index needed.

Open documents are looked at as they are in the editor, the others as they lie on disk; ignored files not at all.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codestral_lsp.actions.definitions import Definition, Use
from codestral_lsp.actions.grounding import LONGEST, first_lines
from codestral_lsp.context.project import Named, ProjectContext
from codestral_lsp.document.document import Document
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.outline import definitions
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from codestral_lsp.privacy.ignore import IgnoreRules

_MOST_S = 0.6
"""How long one search may take; what has been found until then counts."""
_MOST_FILES = 4000
_LARGEST = 256 << 10
"""Bytes of a file that is looked at."""
_MOST_USES = 40
_PASSED_OVER = frozenset(
    (".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", "dist", "build", "target")
)
_NO_TYPE = (
    r"(?:return|await|yield|throw|raise|new|delete|assert|else|elif|if|in|is|not|and|or|go|defer|case|when|unless)\b"
)
"""A word before a name that is no type: what follows is a call."""
_DEFINES = (
    r"\b(?:def|class|func|function|fn|struct|interface|trait|enum|type|const|let|var|static|record|module|impl)\s+"
    r"(?:\([^)]*\)\s*)?(?:{0})\b|^\s*(?:(?!"
    + _NO_TYPE
    + r")[\w<>\[\],.]+\s+)+(?:{0})\s*\([^;]*$|^(?:{0})\s*(?::[^=]+)?=[^=]"
)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the workspace, read."""

    uri: str
    shown: str
    language: str
    text: str


class WorkspaceLookup:
    """A `Lookup` over the folders of the workspace."""

    def __init__(
        self,
        documents: DocumentStore,
        ignore: IgnoreRules,
        roots: Callable[[], tuple[Path, ...]],
        index: ProjectContext | None = None,
    ) -> None:
        """`roots` tells the workspace's folders; what `index` knows is not looked for in the files."""
        self._index = index
        self._roots = roots
        self._documents = documents
        self._ignore = ignore

    async def definitions(self, names: Sequence[str], document: Document) -> Sequence[Definition]:
        """Definitions of these names in other files of the same language, in the order of the names."""
        indexed = await self._index.named(names, document) if self._index is not None else []
        found = {each.name: self._definition(each) for each in indexed if self._ignore.allows(Path(each.path))}
        missing = tuple(name for name in names if name not in found)
        if missing:
            others = await asyncio.to_thread(self._definitions, missing, document, tuple(self._documents))
            found |= {each.name: each for each in others}
        return [found[name] for name in names if name in found]

    async def uses(self, name: str, document: Document) -> Sequence[Use]:
        """Lines that call a name."""
        return await asyncio.to_thread(self._uses, name, document, tuple(self._documents))

    def shown(self, document: Document) -> str:
        """A document's path as shown: relative to its workspace folder."""
        return self._relative(document.path) if document.path is not None else document.uri

    def _definition(self, known: Named) -> Definition:
        lines = known.lines[known.line : known.end]
        text = "".join(lines[:LONGEST]) + ("" if len(lines) <= LONGEST else "…")
        return Definition(known.name, self._relative(Path(known.path)), known.line, text.rstrip())

    # ---- for the worker thread

    def _definitions(self, names: tuple[str, ...], document: Document, opened: Sequence[Document]) -> list[Definition]:
        wanted = set(names)
        found: dict[str, Definition] = {}
        pattern = re.compile(_DEFINES.format("|".join(map(re.escape, sorted(names)))), re.MULTILINE)
        for file in self._files(document, opened):
            if file.uri == document.uri or not _is_meant(file, document) or not pattern.search(file.text):
                continue
            text, language = Text.of(file.text), language_of(file.language, file.shown)
            tree = SyntaxTree.of(text, language)
            for scope in definitions(tree) if tree is not None else ():
                if scope.name in wanted and scope.name not in found:
                    line = scope.range.start.line
                    found[scope.name] = Definition(scope.name, file.shown, line, first_lines(text, scope))
            if len(found) == len(wanted):
                break
        return [found[name] for name in names if name in found]

    def _uses(self, name: str, document: Document, opened: Sequence[Document]) -> list[Use]:
        call = re.compile(rf"(?<![\w$]){re.escape(name)}\s*(?:<[^<>()]*>)?(?:::<[^>]*>)?!?\(")
        defines = re.compile(_DEFINES.format(re.escape(name)))
        found: list[Use] = []
        for file in self._files(document, opened):
            if name not in file.text:
                continue
            for number, line in enumerate(file.text.splitlines()):
                if len(line) < 1000 and call.search(line) and not defines.search(line):
                    found.append(Use(file.shown, number, line.strip()[:120], file.uri))
                    if len(found) >= _MOST_USES:
                        return found
        return found

    def _files(self, document: Document, opened: Sequence[Document]) -> Iterator[_File]:
        """The document itself, open documents of its language, then files: its folder's first, then the roots'."""
        end = time.monotonic() + _MOST_S
        # Rules of its own: those of the event loop's thread are being used there meanwhile.
        rules = IgnoreRules(self._ignore.patterns)
        language = language_of(document.language, document.path or document.uri)
        seen = set()
        for other in (document, *(other for other in opened if other.uri != document.uri)):
            is_kin = other.uri == document.uri or language_of(other.language, other.path or other.uri) is language
            if is_kin and (other.path is None or rules.allows(other.path)):
                seen.add(other.path)
                yield _File(other.uri, self.shown(other), other.language, str(other.text))
        home = document.path.parent if document.path is not None else None
        roots = [root for root in self._roots() if home is None or home.is_relative_to(root)] or list(self._roots())
        count = 0
        for folder in dict.fromkeys([*([home] if home is not None and self._is_ours(home) else []), *roots]):
            for path in _walk(folder, language.extensions, rules, deep=folder in self._roots()):
                if path in seen:
                    continue
                seen.add(path)
                count += 1
                if count > _MOST_FILES or time.monotonic() > end:
                    return
                if (text := _read(path, rules)) is not None:
                    yield _File(path.as_uri(), self._relative(path), document.language, text)

    def _is_ours(self, folder: Path) -> bool:
        return any(folder.is_relative_to(root) for root in self._roots())

    def _relative(self, path: Path) -> str:
        for root in self._roots():
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return path.name


def _is_meant(file: _File, document: Document) -> bool:
    """Whether a document may mean what is defined in a file: it lies in the same folder, or the document names it or
    its folder, as imports do. A name alone proves little: half of all classes have a method `get`."""
    if file.uri.rpartition("/")[0] == document.uri.rpartition("/")[0]:
        return True
    path = PurePosixPath(file.shown)
    named = {path.name.split(".")[0], path.parent.name} - {"", "src", "lib", "__init__", "index", "mod", "main"}
    text = str(document.text)
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in named)


def _read(path: Path, rules: IgnoreRules) -> str | None:
    try:
        if path.stat().st_size > _LARGEST or not rules.allows(path):
            return None
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _walk(folder: Path, extensions: tuple[str, ...], rules: IgnoreRules, *, deep: bool) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if deep and name not in _PASSED_OVER and rules.enters(Path(parent, name))
        )
        for name in sorted(files):
            if name.lower().endswith(extensions):
                yield Path(parent, name)
