"""The embedded engine as completion sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position
from codestral_lsp.privacy.ignore import IgnoreRules


@dataclass(frozen=True, slots=True)
class Query:
    """A place to be continued."""

    document: Document
    cursor: Position


@dataclass(frozen=True, slots=True)
class Prediction:
    """What probably comes next."""

    text: str
    probability: float

    def sure(self, bar: float) -> str:
        """The text as far as it is sure enough."""
        return self.text if self.probability >= bar else ""


class WorkspaceEngine:
    """Predicts from the open file, open files and the workspace."""

    def __init__(self, index_dir: Path, settings: WorkspaceIndexSettings, ignore: IgnoreRules) -> None:
        self.indexed = False

    async def open(self, roots: Sequence[Path]) -> None:
        """Index these folders in the background."""
        self.indexed = True

    async def configure(self, settings: WorkspaceIndexSettings) -> None:
        """Take in changed settings."""

    def observe(self, change: Change) -> None:
        """Take in a change of an open document."""

    def files_changed(self, paths: Iterable[Path]) -> None:
        """Files have changed on disk."""

    async def settled(self) -> None:
        """Return when the index is up to date."""

    def predict(self, query: Query) -> Prediction | None:
        """What probably comes next."""
        return None

    async def aclose(self) -> None:
        """Stop indexing."""
