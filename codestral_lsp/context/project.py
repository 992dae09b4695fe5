"""The project's context as completion sees it: told of changes, asked for what may help at a place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codestral_lsp.backends.workspace.engine import Query
from codestral_lsp.backends.workspace.prediction import Likely
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.context.definitions import named
from codestral_lsp.context.gather import IN_TIME_S, Gathered, gather
from codestral_lsp.context.history import History
from codestral_lsp.context.place import Complaint, Place, SourceName
from codestral_lsp.context.store import index_file
from codestral_lsp.context.workspace import Workspace
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position
from codestral_lsp.indexing.background import Background
from codestral_lsp.privacy.ignore import RULE_FILES, IgnoreRules

log = logging.getLogger(__name__)

PATIENCE_S = 0.05
"""How long a prompt waits for its context; what comes later is for the next one."""


@dataclass(frozen=True, slots=True)
class Named:
    """A definition in another file: its lines are `lines[line:end]`."""

    name: str
    path: str
    line: int
    end: int
    lines: Sequence[str]


class ProjectContext:
    """For the event loop's thread; the looking is done in a thread of its own."""

    def __init__(
        self,
        index_dir: Path,
        settings: WorkspaceIndexSettings,
        ignore: IgnoreRules,
        likely: Callable[[Query], Sequence[Likely]] = lambda query: (),
    ) -> None:
        """`likely` says which lines of other files go on as the one at a cursor may, in a few milliseconds."""
        self.in_time_s = IN_TIME_S
        """When no further source is asked."""
        self._settings = settings
        self._ignore = ignore
        self._likely = likely
        self._index = Background("codestral_lsp.context.indexer", index_dir, self)
        self._history = History(ignore.allows)
        self._workspace = Workspace()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="context")
        self._roots: tuple[Path, ...] = ()

    async def open(self, roots: Sequence[Path]) -> None:
        """The workspace is these folders from now on; index them in the background."""
        self._roots = tuple(roots)
        self._look()

    async def configure(self, settings: WorkspaceIndexSettings) -> None:
        """Take in changed settings, and what the ignore rules have from them."""
        self._settings = settings
        self._look()

    def _look(self) -> None:
        self._index.look(self._roots, self._ignore.patterns, self._settings)
        files = [index_file(self._index.folder, root) for root in self._index.roots]
        old, self._workspace = self._workspace, Workspace(files, self._roots)
        self._worker.submit(old.close)

    def observe(self, change: Change) -> None:
        """Take in a change of an open document. Microseconds."""
        self._history.observe(change)

    def files_changed(self, paths: Iterable[Path]) -> None:
        """Files have changed on disk, which may be ones with ignore rules."""
        paths = list(paths)
        self._index.changed(None if any(path.name in RULE_FILES for path in paths) else paths)

    def heard(self, said: dict[str, Any]) -> None:
        """A folder has been indexed."""
        log.info("Indexed for context: %s files in %s", said["files"], said["root"])

    def failed(self, why: str) -> None:
        """The index cannot be kept where it should be: then there is no context but of open files."""
        log.warning("The workspace cannot be indexed for context in %s: %s", self._index.folder, why)

    def gave_up(self) -> None:
        """The index cannot be brought up to date."""
        log.warning("Indexing the workspace for context fails again and again")

    def complain(self, document: Document, complaints: Iterable[Complaint]) -> None:
        """These are the diagnostics of a document now."""
        self._history.complain(document, complaints)

    async def settled(self) -> None:
        """Return when the index is up to date, as far as is known."""
        await self._index.settled()

    @property
    def name(self) -> str:
        """What the workspace is called: its first folder."""
        return self._roots[0].name if self._roots else "workspace"

    def shown(self, path: str) -> str:
        """A path as models see it: below its workspace folder, with slashes."""
        return self._workspace.shown(path)

    async def gather(
        self,
        document: Document,
        cursor: Position,
        window: range,
        sources: Collection[SourceName],
        budget: int,
        tokens: Callable[[str], int],
    ) -> Gathered | None:
        """What may help at the cursor of a document of which the model sees the lines of `window` anyway.

        None if it was not found in time.
        """
        if document.path is None or not sources or budget <= 0:
            return Gathered()
        path = str(document.path)
        self._history.visit(path, cursor.line)
        place = Place(
            path,
            language_of(document.language, path),
            document.text.lines,
            cursor.line,
            cursor.column,
            window,
            {**self._history.opened(), path: document.text.lines},
            self._history.edits(),
            self._history.visits(),
            self._history.complaints(document),
            tuple(self._likely(Query(document, cursor))) if SourceName.SIMILAR in sources else (),
        )
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(
            self._worker, gather, place, self._workspace, sources, budget, tokens, self.in_time_s
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await work
        except TimeoutError:
            return None

    async def named(self, names: Sequence[str], document: Document) -> list[Named]:
        """What names stand for in other files of the workspace, as far as the index knows."""
        if document.path is None or not names:
            return []
        path, lines = str(document.path), document.text.lines
        opened = {**self._history.opened(), path: lines}
        place = Place(path, language_of(document.language, path), lines, 0, 0, range(0), opened, (), (), ())
        workspace = self._workspace

        def look() -> list[Named]:
            workspace.at(opened)
            return [
                Named(name, found.path, found.definition.line, found.definition.end, tuple(workspace.lines(found.path)))
                for name, found in named(names, place, workspace)
            ]

        return await asyncio.get_running_loop().run_in_executor(self._worker, look)

    async def aclose(self) -> None:
        """Stop indexing, and forget everything."""
        await self._index.aclose()
        with suppress(RuntimeError):  # it has been stopped before
            self._worker.submit(self._workspace.close)
        self._worker.shutdown(wait=False)
