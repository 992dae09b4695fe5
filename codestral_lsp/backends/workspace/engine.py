"""The embedded engine as completion sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codestral_lsp.backends.workspace.model import fitted
from codestral_lsp.backends.workspace.open_documents import OpenDocuments
from codestral_lsp.backends.workspace.place import locate
from codestral_lsp.backends.workspace.prediction import Prediction, predict
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position
from codestral_lsp.privacy.ignore import IgnoreRules


@dataclass(frozen=True, slots=True)
class Query:
    """A place to be continued."""

    document: Document
    cursor: Position


class WorkspaceEngine:
    """Predicts from the open file, open files and the workspace."""

    def __init__(self, index_dir: Path, settings: WorkspaceIndexSettings, ignore: IgnoreRules) -> None:
        self.indexed = False
        self._ignore = ignore
        self._documents = OpenDocuments()

    async def open(self, roots: Sequence[Path]) -> None:
        """Index these folders in the background."""
        self.indexed = True

    async def configure(self, settings: WorkspaceIndexSettings) -> None:
        """Take in changed settings."""

    def observe(self, change: Change) -> None:
        """Take in a change of an open document. Microseconds."""
        document = change.after or change.before
        if document is not None and (document.path is None or self._ignore.allows(document.path)):
            self._documents.observe(change)

    def files_changed(self, paths: Iterable[Path]) -> None:
        """Files have changed on disk."""

    async def settled(self) -> None:
        """Return when the index is up to date."""

    def predict(self, query: Query) -> Prediction | None:
        """What probably comes next; None if nothing like it was ever seen. A few milliseconds."""
        document, cursor = query.document, query.cursor
        self._documents.use(document)
        place = locate(document.text.lines, cursor.line, cursor.column, self._documents.lines)
        return predict(place, self._documents.others(document), (), fitted())

    async def aclose(self) -> None:
        """Stop what runs in the background."""
        await self._documents.aclose()
