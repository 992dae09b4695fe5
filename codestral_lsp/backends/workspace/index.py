"""The index as the server holds it: segments mapped from disk, kept up to date by a process of its own."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from codestral_lsp.backends.workspace.segment import BadSegment, Segment
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.errors import IndexingError
from codestral_lsp.indexing.background import Background

log = logging.getLogger(__name__)


class Index:
    """The searchable files of the workspace."""

    def __init__(self, folder: Path, on_error: Callable[[IndexingError], None]) -> None:
        """`folder` is where it is kept. Without a home there (disk full, not ours to write) it is built for once."""
        self.segments: tuple[Segment, ...] = ()
        self._background = Background("codestral_lsp.backends.workspace.indexer", folder, self)
        self._for_once: tempfile.TemporaryDirectory[str] | None = None
        self._on_error = on_error
        self._listed: dict[str, list[tuple[str, list[int]]]] = {}
        """By workspace folder: its segments' paths, and the files in them that do not count."""
        self._mapped: dict[str, Segment] = {}
        self._hidden: tuple[Path, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all of it has been looked at."""
        return self._background.complete

    @property
    def busy(self) -> bool:
        """Whether it is not up to date, as far as is known."""
        return self._background.busy

    @property
    def process(self) -> int | None:
        """Number of the process that indexes; None while there is none."""
        return self._background.process

    def look(self, roots: Sequence[Path], patterns: Sequence[str], settings: WorkspaceIndexSettings) -> None:
        """Index what is in these folders, unless `patterns` or ignore files speak against it."""
        self._background.look(roots, patterns, settings)
        for root in self._listed.keys() - set(map(str, self._background.roots)):
            del self._listed[root]
        self._map()

    def changed(self, paths: Iterable[Path] | None) -> None:
        """Look at these files again; None: at all."""
        self._background.changed(paths)

    def hide(self, paths: Sequence[Path]) -> None:
        """Find nothing in these files."""
        if (hidden := tuple(paths)) != self._hidden:
            self._hidden = hidden
            self._exclude()

    async def settled(self) -> None:
        """Return when it is up to date."""
        await self._background.settled()

    def heard(self, said: dict[str, Any]) -> None:
        """These segments count for a folder now."""
        if Path(said["root"]) in self._background.roots:
            self._listed[said["root"]] = said["segments"]
            self._map()

    def failed(self, why: str) -> None:
        """It cannot be kept where it should be."""
        if self._for_once is not None:
            return
        self._on_error(
            IndexingError(
                f"The workspace index cannot be kept in {self._background.folder}: {why}.",
                cure="Free or unlock that place; until then it is built anew at each start.",
            )
        )
        with suppress(OSError):
            self._for_once = tempfile.TemporaryDirectory(prefix="codestral-lsp-", ignore_cleanup_errors=True)
            self._background.folder = Path(self._for_once.name)
            self._background.changed(None)

    def gave_up(self) -> None:
        """It cannot be brought up to date."""
        self._on_error(
            IndexingError(
                "Indexing the workspace fails again and again; completions come from open files only.",
                cure="See the log (--log-file), and report it.",
            )
        )

    def _map(self) -> None:
        """Map the segments that count, and let go of the others."""
        mapped: dict[str, Segment] = {}
        for listed in self._listed.values():
            for path, _ in listed:
                try:
                    mapped[path] = self._mapped.get(path) or Segment(Path(path))
                except (OSError, BadSegment) as error:
                    # Another server has replaced it since; at the next change we hear of it.
                    log.info("Segment %s is gone: %r", path, error)
        for path, segment in self._mapped.items():
            if path not in mapped:
                segment.close()
        self._mapped = mapped
        self.segments = tuple(mapped.values())
        self._exclude()

    def _exclude(self) -> None:
        for root, listed in self._listed.items():
            names = [path.relative_to(root).as_posix() for path in self._hidden if path.is_relative_to(root)]
            for path, excluded in listed:
                if segment := self._mapped.get(path):
                    hidden = [number for name in names if (number := segment.find(name)) is not None]
                    segment.exclude({*excluded, *hidden})

    async def aclose(self) -> None:
        """Stop the process and unmap everything."""
        await self._background.aclose()
        self._listed.clear()
        self._map()
        if self._for_once is not None:
            self._for_once.cleanup()
