"""A running action as the client sees it: work-done progress, the text as it is written, where to read it.

Clients that say `experimental.codestral.actions` get `codestral/action` notifications and show the text themselves.
For the others what is to be read (an explanation, tests, code that could not be used) goes into a file, which they are
asked to show.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from lsprotocol import types

from codestral_lsp.server.app import App

log = logging.getLogger(__name__)

METHOD = "codestral/action"
State = Literal["running", "paused", "done", "failed", "cancelled"]

_EVERY_S = 0.04
_FILE_EVERY_S = 0.3
_KEPT_S = 3 * 86400.0


class ActionView:
    """One action on its way. Tells the client at most every few milliseconds, and always the last of it."""

    def __init__(self, app: App, kind: str, title: str, uri: str, language: str) -> None:
        """`language` is the language id of the text that is written; empty for an action that shows none."""
        self.id = f"action-{next(app.action_numbers)}"
        self._app = app
        self._kind, self._title, self._uri, self._language = kind, title, uri, language
        self._state: State = "running"
        self._message = ""
        self._text = ""
        self._told = ""
        self._due: asyncio.TimerHandle | None = None
        self._token: str | None = None
        self._file: _PageFile | None = None
        self.cancel: Callable[[], object] = lambda: None
        """Called when the user cancels the progress."""

    # ---- the audience of an answer

    def heard(self, text: str) -> None:
        """The text so far."""
        if self._language:
            self._text = text
            self._soon()

    def waits(self, why: str) -> None:
        """The model is with somebody else."""
        state: State = "paused" if why else "running"
        if (state, why) != (self._state, self._message):
            self._state, self._message = state, why
            self._report(why or "the model is answering")
            self._tell()

    # ---- life

    async def begin(self) -> None:
        """Show that something is going on."""
        capabilities = self._app.server.client_capabilities
        if capabilities.window is not None and capabilities.window.work_done_progress:
            await self._begin_progress()
        if self._language == "markdown" and self._app.settings.actions.explain_in == "document":
            self._open_file()
        self._tell()

    async def end(self, state: State, message: str = "") -> None:
        """The action is over. Everything that was heard has been told when this returns."""
        self._state, self._message = state, message
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._tell()
        if (self._kind, state) in (("write-tests", "done"), ("generate", "failed")):
            self._open_file()
        if self._file is not None and self._text:
            await self._file.write(self._text)
        if self._token is not None:
            self._app.server.work_done_progress.end(self._token, types.WorkDoneProgressEnd(message=message or state))
            self._app.server.work_done_progress.tokens.pop(self._token, None)

    # ---- telling

    @property
    def _ending(self) -> str:
        """That of the file the action is about: by it editors know the language."""
        return PurePosixPath(self._uri).suffix or ".txt"

    @property
    def _speaks(self) -> bool:
        return self._app.server.client.shows_actions

    def _open_file(self) -> None:
        """Have the text shown as a file, if the client shows files and nothing better."""
        window = self._app.server.client_capabilities.window
        show = window.show_document if window is not None else None
        if not self._speaks and show is not None and show.support:
            self._file = _PageFile(self._app, self.id, ".md" if self._language == "markdown" else self._ending)

    def _soon(self) -> None:
        if self._due is None:
            wait_s = _FILE_EVERY_S if self._file is not None else _EVERY_S
            self._due = asyncio.get_running_loop().call_later(wait_s, self._tell)

    def _tell(self) -> None:
        self._due = None
        if self._file is not None and self._text and self._state == "running":
            self._file.write_soon(self._text)
        if not self._speaks:
            return
        at = _common(self._told, self._text)
        self._app.server.protocol.notify(
            METHOD,
            {
                "id": self.id,
                "kind": self._kind,
                "title": self._title,
                "uri": self._uri,
                "languageId": self._language,
                "state": self._state,
                "message": self._message,
                "at": _utf16(self._told[:at]),
                "text": self._text[at:],
            },
        )
        self._told = self._text

    async def _begin_progress(self) -> None:
        progress = self._app.server.work_done_progress
        try:
            async with asyncio.timeout(2):
                await progress.create_async(self.id)
        except Exception:
            log.info("The client shows no progress for %s", self._kind)
            return
        self._token = self.id
        progress.tokens[self.id].add_done_callback(self._cancelled)
        progress.begin(self.id, types.WorkDoneProgressBegin(title=self._title, cancellable=True, message="starting"))

    def _cancelled(self, future: Any) -> None:
        if future.cancelled():
            self.cancel()

    def _report(self, message: str) -> None:
        if self._token is not None:
            self._app.server.work_done_progress.report(self._token, types.WorkDoneProgressReport(message=message))


class _PageFile:
    """The text as a file of the user's own, for clients that show nothing but files."""

    def __init__(self, app: App, name: str, ending: str) -> None:
        self._app = app
        # Several editors may run a server each.
        self._path = app.explanations / f"{name}-{os.getpid()}{ending}"
        self._shown = False
        self._writing: asyncio.Task[None] | None = None

    def write_soon(self, text: str) -> None:
        """Write, unless the last write is still under way."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(text))

    async def write(self, text: str) -> None:
        """Write the whole text."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await self._write(text)

    async def _write(self, text: str) -> None:
        try:
            await asyncio.to_thread(_replace, self._path, text)
        except OSError as error:
            self._app.report_once(f"Answers cannot be shown: {self._path.parent}: {error.strerror}.")
            return
        if not self._shown:
            self._shown = True
            params = types.ShowDocumentParams(uri=self._path.as_uri(), external=False, take_focus=False)
            try:
                await self._app.server.window_show_document_async(params)
            except Exception:
                log.info("The client does not show %s", self._path)


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _tidy(path.parent)
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.replace(fresh, path)


def _tidy(folder: Path) -> None:
    """Take away what was written days ago."""
    for file in folder.glob("action-*"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > _KEPT_S:
                file.unlink()


def _common(one: str, other: str) -> int:
    """How many characters at their heads are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
