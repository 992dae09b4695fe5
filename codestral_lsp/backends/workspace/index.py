"""The index as the server holds it: segments mapped from disk, kept up to date by a process of its own."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import codestral_lsp
from codestral_lsp.backends.workspace.files import concerns
from codestral_lsp.backends.workspace.job import Job
from codestral_lsp.backends.workspace.segment import BadSegment, Segment
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.errors import IndexingError

log = logging.getLogger(__name__)

_PAUSE_S = 0.3
"""Changed files are waited for so long, as they seldom change alone."""
_MOST_CHANGED = 200
"""When more files than these have changed, everything is looked at."""
_MOST_DEATHS = 3
"""How often in a row the process may die over its work before it is given up."""
_LONGEST_LINE = 1 << 26

_COMMAND = ("-P", "-c", "from codestral_lsp.backends.workspace.indexer import main; main()")
"""`-P`: what lies in the folder the server was started in is never imported."""


class _Died(Exception):
    """The process ended in the middle of its work."""


class Index:
    """The searchable files of the workspace."""

    def __init__(self, folder: Path, on_error: Callable[[IndexingError], None]) -> None:
        """`folder` is where it is kept. Without a home there (disk full, not ours to write) it is built for once."""
        self.segments: tuple[Segment, ...] = ()
        self._folder = folder
        self._for_once: tempfile.TemporaryDirectory[str] | None = None
        self._on_error = on_error
        self._roots: tuple[str, ...] = ()
        self._patterns: tuple[str, ...] = ()
        self._settings = WorkspaceIndexSettings()
        self._listed: dict[str, list[tuple[str, list[int]]]] = {}
        """By workspace folder: its segments' paths, and the files in them that do not count."""
        self._mapped: dict[str, Segment] = {}
        self._hidden: tuple[Path, ...] = ()
        self._changed: set[str] | None = set()
        """Files to be looked at; None: all."""
        self._work: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._jobs = 0

        self.complete = False
        """Whether all of it has been looked at."""

    @property
    def busy(self) -> bool:
        """Whether it is not up to date, as far as is known."""
        return self._work is not None and not self._work.done()

    @property
    def process(self) -> int | None:
        """Number of the process that indexes; None while there is none."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def look(self, roots: Sequence[Path], patterns: Sequence[str], settings: WorkspaceIndexSettings) -> None:
        """Index what is in these folders, unless `patterns` or ignore files speak against it."""
        self._roots = tuple(map(str, roots)) if settings.enabled else ()
        self._patterns, self._settings = tuple(patterns), settings
        for root in self._listed.keys() - set(self._roots):
            del self._listed[root]
        self._map()
        self.complete = not self._roots
        self._want(None)

    def changed(self, paths: Iterable[Path] | None) -> None:
        """Look at these files again; None: at all."""
        if paths is None:
            self._want(None)
        else:
            self._want({str(path) for path in paths if any(concerns(Path(root), path) for root in self._roots)})

    def hide(self, paths: Sequence[Path]) -> None:
        """Find nothing in these files."""
        if (hidden := tuple(paths)) != self._hidden:
            self._hidden = hidden
            self._exclude()

    async def settled(self) -> None:
        """Return when it is up to date."""
        while self._work is not None and self.busy:
            await asyncio.wait([self._work])

    def _want(self, paths: set[str] | None) -> None:
        if self._changed is not None:
            self._changed = None if paths is None else self._changed | paths
        if self._roots and self._changed != set() and not self.busy:
            self._work = asyncio.create_task(self._run())

    async def _run(self) -> None:
        deaths = 0
        while self._roots and self._changed != set():
            if self._changed is not None:
                await asyncio.sleep(_PAUSE_S)
            changed, self._changed = self._changed, set()
            if changed is not None and len(changed) > _MOST_CHANGED:
                changed = None
            try:
                await self._do(None if changed is None else tuple(sorted(changed)))
                deaths = 0
            except _Died:
                deaths += 1
                self._changed = None
                if deaths == _MOST_DEATHS:
                    self._changed = set()
                    self._on_error(
                        IndexingError(
                            "Indexing the workspace fails again and again; completions come from open files only.",
                            cure="See the log (--log-file), and report it.",
                        )
                    )
        self.complete = True

    async def _do(self, changed: tuple[str, ...] | None) -> None:
        self._jobs += 1
        job = Job(
            number=self._jobs,
            index_dir=self._for_once.name if self._for_once else str(self._folder),
            roots=self._roots,
            patterns=self._patterns,
            max_files=self._settings.max_files,
            max_file_kb=self._settings.max_file_kb,
            changed=changed,
        )
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(ConnectionError):
            process.stdin.write(job.as_line())
            await process.stdin.drain()
        async for line in process.stdout:
            said = json.loads(line)
            if said["job"] != job.number:
                continue
            if "failed" in said:
                self._homeless(said["failed"])
                return
            if "finished" in said:
                return
            if said["root"] in self._roots:
                self._listed[said["root"]] = said["segments"]
                self._map()
        await process.wait()
        raise _Died

    async def _started(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            package = str(Path(codestral_lsp.__file__).parent.parent)
            path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
            options: dict[str, Any] = {}
            if sys.platform == "win32":
                from subprocess import BELOW_NORMAL_PRIORITY_CLASS, CREATE_NO_WINDOW

                options["creationflags"] = BELOW_NORMAL_PRIORITY_CLASS | CREATE_NO_WINDOW
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *_COMMAND,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_LONGEST_LINE,
                env={**os.environ, "PYTHONPATH": path},
                **options,
            )
        return self._process

    def _homeless(self, why: str) -> None:
        if self._for_once is not None:
            return
        self._on_error(
            IndexingError(
                f"The workspace index cannot be kept in {self._folder}: {why}.",
                cure="Free or unlock that place; until then it is built anew at each start.",
            )
        )
        with suppress(OSError):
            self._for_once = tempfile.TemporaryDirectory(prefix="codestral-lsp-", ignore_cleanup_errors=True)
            self._changed = None

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
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._listed.clear()
        self._map()
        if self._for_once is not None:
            self._for_once.cleanup()
