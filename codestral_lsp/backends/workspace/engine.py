"""The embedded engine as completion sees it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codestral_lsp.backends.workspace.index import Index
from codestral_lsp.backends.workspace.model import fitted
from codestral_lsp.backends.workspace.open_documents import OpenDocuments, path_of
from codestral_lsp.backends.workspace.place import Place, locate
from codestral_lsp.backends.workspace.prediction import Likely, Prediction, likely, predict
from codestral_lsp.backends.workspace.segment import Segment
from codestral_lsp.backends.workspace.source import Buffer
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position
from codestral_lsp.errors import IndexingError
from codestral_lsp.privacy.ignore import RULE_FILES, IgnoreRules

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Query:
    """A place to be continued."""

    document: Document
    cursor: Position


def _log(error: IndexingError) -> None:
    log.warning("%s", error.message)


class WorkspaceEngine:
    """Predicts from the open file, open files and the workspace."""

    def __init__(
        self,
        index_dir: Path,
        settings: WorkspaceIndexSettings,
        ignore: IgnoreRules,
        *,
        on_error: Callable[[IndexingError], None] = _log,
    ) -> None:
        self._ignore = ignore
        self._settings = settings
        self._documents = OpenDocuments()
        self._index = Index(index_dir, on_error)
        self._roots: tuple[Path, ...] | None = None

    @property
    def indexed(self) -> bool:
        """Whether all of the workspace has been looked at."""
        return self._roots is not None and self._index.complete

    @property
    def indexing(self) -> bool:
        """Whether the index is being brought up to date."""
        return self._index.busy

    @property
    def indexer(self) -> int | None:
        """Number of the process that indexes; None while there is none."""
        return self._index.process

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What is indexed."""
        return self._index.segments

    async def open(self, roots: Sequence[Path]) -> None:
        """Index these folders from now on, in the background."""
        self._roots = tuple(roots)
        self._look()

    async def configure(self, settings: WorkspaceIndexSettings) -> None:
        """Take in changed settings, and what the ignore rules have from them."""
        self._settings = settings
        if self._roots is not None:
            self._look()

    def _look(self) -> None:
        self._index.look(self._roots or (), self._ignore.patterns, self._settings)

    def observe(self, change: Change) -> None:
        """Take in a change of an open document. Microseconds."""
        document = change.after or change.before
        if document is not None and (document.path is None or self._ignore.allows(document.path)):
            self._documents.observe(change)

    def files_changed(self, paths: Iterable[Path]) -> None:
        """Files have changed on disk, which may be ones with ignore rules."""
        paths = list(paths)
        self._index.changed(None if any(path.name in RULE_FILES for path in paths) else paths)

    async def settled(self) -> None:
        """Return when the index is up to date, as far as is known."""
        await self._index.settled()

    async def searchable(self) -> None:
        """Return when the open documents have been read."""
        await self._documents.searchable()

    def predict(self, query: Query) -> Prediction | None:
        """What probably comes next; None if nothing like it was ever seen. A few milliseconds."""
        return predict(*self.surroundings(query), fitted())

    def likely(self, query: Query) -> list[Likely]:
        """Lines of other files that go on as the one at the cursor may, the likeliest first. A few milliseconds."""
        return likely(*self.surroundings(query), fitted())

    def surroundings(self, query: Query) -> tuple[Place, Sequence[Buffer], Sequence[Segment]]:
        """The place to be continued, the other open documents and what is indexed."""
        document, cursor = query.document, query.cursor
        self._documents.use(document)
        self._index.hide([each.path for each in (document, *self._documents.recent()) if each.path is not None])
        place = locate(document.text.lines, cursor.line, cursor.column, self._documents.parts, path_of(document))
        return place, self._documents.others(document), self._index.segments

    async def aclose(self) -> None:
        """Stop what runs in the background."""
        await self._documents.aclose()
        await self._index.aclose()
