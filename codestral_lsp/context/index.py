"""The index as the server holds it: files that a process of its own keeps up to date."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import codestral_lsp
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.context.indexer import Orders
from codestral_lsp.context.store import index_file

log = logging.getLogger(__name__)

_PAUSE_S = 0.5
"""Changed files are waited for so long, as they seldom change alone."""

_COMMAND = ("-P", "-c", "from codestral_lsp.context.indexer import main; main()")
"""`-P`: what lies in the folder the server was started in is never imported."""


class TagIndex:
    """The tags of the workspace's folders on disk, and the process that brings them up to date.

    The process ends when it has caught up, and is started again when files have changed. It is no matter if it
    cannot be: then there is no context from files that are not open.
    """

    def __init__(self, folder: Path) -> None:
        self.roots: tuple[Path, ...] = ()
        self._folder = folder
        self._patterns: tuple[str, ...] = ()
        self._settings = WorkspaceIndexSettings()
        self._changed: set[str] | None = set()
        """Files to be looked at; None: all."""
        self._work: asyncio.Task[None] | None = None
        self._process: Process | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Where the folders' indexes lie, whether they are there yet or not."""
        return tuple(index_file(self._folder, root) for root in self.roots)

    def look(self, roots: Sequence[Path], patterns: Sequence[str], settings: WorkspaceIndexSettings) -> None:
        """Index what is in these folders, unless `patterns` or ignore files speak against it."""
        self.roots = tuple(roots) if settings.enabled else ()
        self._patterns, self._settings = tuple(patterns), settings
        self.changed(None)

    def changed(self, paths: Iterable[Path] | None) -> None:
        """Look at these files again; None: at all."""
        if self._changed is not None:
            self._changed = None if paths is None else self._changed | set(map(str, paths))
        if self.roots and self._changed != set() and (self._work is None or self._work.done()):
            self._work = asyncio.create_task(self._run())

    async def settled(self) -> None:
        """Return when it is up to date, as far as is known."""
        while self._work is not None and not self._work.done():
            await asyncio.wait([self._work])

    async def _run(self) -> None:
        while self.roots and self._changed != set():
            if self._changed is not None:
                await asyncio.sleep(_PAUSE_S)
            changed, self._changed = self._changed, set()
            try:
                await self._do(None if changed is None else tuple(sorted(changed)))
            except OSError as error:
                log.warning("The workspace cannot be indexed for context: %s", error)
                return

    async def _do(self, changed: tuple[str, ...] | None) -> None:
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
            env={**os.environ, "PYTHONPATH": path},
            **options,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        orders = Orders(
            self.roots, self._folder, self._settings.max_files, self._settings.max_file_kb, self._patterns, changed
        )
        with suppress(ConnectionError):
            self._process.stdin.write(orders.as_line())
            await self._process.stdin.drain()
        said = await self._process.stdout.readline()
        if said:
            log.info("Indexed for context: %s", said.decode().strip())
        self._process.stdin.close()
        await self._process.wait()

    async def aclose(self) -> None:
        """Stop the process."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
