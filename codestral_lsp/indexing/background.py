"""A process that indexes, seen from the server: started when there is something to do, and again when it dies."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

import codestral_lsp
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.indexing.files import concerns
from codestral_lsp.indexing.job import Job

log = logging.getLogger(__name__)

_PAUSE_S = 0.3
"""Changed files are waited for so long, as they seldom change alone."""
_MOST_CHANGED = 200
"""When more files than these have changed, everything is looked at."""
_MOST_DEATHS = 3
"""How often in a row the process may die over its work, nobody knows why, before it is given up."""
_MOST_DEADLY = 50
"""Over how many files it may die."""
_LONGEST_LINE = 1 << 26


class Listener(Protocol):
    """Is told how the work goes, in the event loop's thread."""

    def heard(self, said: dict[str, Any]) -> None:
        """The process has said this of its job."""

    def failed(self, why: str) -> None:
        """There was no room for what came of the job."""

    def gave_up(self) -> None:
        """The process has died over its work again and again."""


class _Died(Exception):
    """The process ended in the middle of its work."""


class Background:
    """Keeps an index of the workspace's folders up to date, in a process of its own. For the event loop's thread."""

    def __init__(self, module: str, folder: Path, listener: Listener) -> None:
        """The process calls `main` of `module`, and keeps the index in `folder`."""
        self.folder = folder
        self.complete = False
        """Whether all of the workspace has been looked at."""
        # `-P`: what lies in the folder the server was started in is never imported.
        self._command = (sys.executable, "-P", "-c", f"from {module} import main; main()")
        self._listener = listener
        self.roots: tuple[Path, ...] = ()
        self._patterns: tuple[str, ...] = ()
        self._settings = WorkspaceIndexSettings()
        self._changed: set[str] | None = set()
        """Files to be looked at; None: all."""
        self._deadly: set[str] = set()
        """Files over which the process has died; they are left out from then on."""
        self._work: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._notes: IO[bytes] | None = None
        """Where the process notes what it is busy with: its standard error."""
        self._jobs = 0

    @property
    def busy(self) -> bool:
        """Whether the index is not up to date, as far as is known."""
        return self._work is not None and not self._work.done()

    @property
    def process(self) -> int | None:
        """Number of the process; None while there is none."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def look(self, roots: Sequence[Path], patterns: Sequence[str], settings: WorkspaceIndexSettings) -> None:
        """Index what is in these folders, unless `patterns` or ignore files speak against it."""
        self.roots = tuple(roots) if settings.enabled else ()
        self._patterns, self._settings = tuple(patterns), settings
        self.complete = not self.roots
        self.changed(None)

    def changed(self, paths: Iterable[Path] | None) -> None:
        """Look at these files again; None: at all."""
        if self._changed is not None:
            concerned = {str(path) for path in paths or () if any(concerns(root, path) for root in self.roots)}
            self._changed = None if paths is None else self._changed | concerned
        if self.roots and self._changed != set() and not self.busy:
            self._work = asyncio.create_task(self._run())

    async def settled(self) -> None:
        """Return when the index is up to date, as far as is known."""
        while self._work is not None and self.busy:
            await asyncio.wait([self._work])

    async def _run(self) -> None:
        deaths = 0
        while self.roots and self._changed != set():
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
                at = self._was_busy_with()
                if at and at not in self._deadly and len(self._deadly) < _MOST_DEADLY:
                    log.warning("The process that indexes died over %s, which is left out", at)
                    self._deadly.add(at)
                    deaths = 0
                if deaths == _MOST_DEATHS:
                    self._changed = set()
                    self._listener.gave_up()
        self.complete = True

    async def _do(self, changed: tuple[str, ...] | None) -> None:
        self._jobs += 1
        job = Job(
            number=self._jobs,
            index_dir=str(self.folder),
            roots=tuple(map(str, self.roots)),
            patterns=self._patterns,
            max_files=self._settings.max_files,
            max_file_kb=self._settings.max_file_kb,
            changed=changed,
            deadly=tuple(self._deadly),
        )
        try:
            process = await self._started()
        except OSError as error:
            log.warning("No process to index with: %s", error)
            raise _Died from error
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
                self._listener.failed(said["failed"])
                return
            if "finished" in said:
                return
            self._listener.heard(said)
        await process.wait()
        raise _Died

    def _was_busy_with(self) -> str:
        """The file that the process has died over; empty if that is not known."""
        if self._notes is None:
            return ""
        self._notes.seek(0)
        noted, end, _ = self._notes.read().partition(b"\n")
        return os.fsdecode(noted) if end else ""

    async def _started(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            if self._notes is not None:
                self._notes.close()
            self._notes = _file_without_name()
            package = str(Path(codestral_lsp.__file__).parent.parent)
            path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
            options: dict[str, Any] = {}
            if sys.platform == "win32":
                from subprocess import BELOW_NORMAL_PRIORITY_CLASS, CREATE_NO_WINDOW

                options["creationflags"] = BELOW_NORMAL_PRIORITY_CLASS | CREATE_NO_WINDOW
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=self._notes or DEVNULL,
                limit=_LONGEST_LINE,
                env={**os.environ, "PYTHONPATH": path},
                **options,
            )
        return self._process

    async def aclose(self) -> None:
        """Stop the process."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._notes is not None:
            self._notes.close()


def _file_without_name() -> IO[bytes] | None:
    try:
        return TemporaryFile(buffering=0)
    except OSError:
        return None
