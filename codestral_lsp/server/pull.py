"""codestral.pull: a download through Ollama, with work-done progress that can be cancelled."""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import aclosing
from typing import Any

from lsprotocol import types

from codestral_lsp.backends.ollama_store import OllamaStore
from codestral_lsp.errors import CodestralError
from codestral_lsp.insight.download import Download, licence_of, no_room
from codestral_lsp.server.app import App

_REPORT_EVERY_S = 0.5


async def pull_here(app: App, model: str) -> None:
    """Get `model`, then look for an engine anew. Raises CodestralError; cancelling stops the download."""
    settings = app.settings
    store = OllamaStore(settings.ollama.url, local_only=settings.privacy.local_only)
    app.server.show(f"{model}: {licence_of(model)}", types.MessageType.Info)
    window = app.server.client_capabilities.window
    token = str(uuid.uuid4()) if window and window.work_done_progress else None
    try:
        await store.version()
        await _download(app, store, model, token)
    finally:
        await store.aclose()
    app.engines.choose(app.settings)


async def _download(app: App, store: OllamaStore, model: str, token: str | None) -> None:
    progress, task = app.server.work_done_progress, asyncio.current_task()
    if token is not None:
        await progress.create_async(token)
        begin = types.WorkDoneProgressBegin(title=f"Getting {model}", cancellable=True, percentage=0)
        progress.begin(token, begin)

        def stop(_: Any) -> None:
            if progress.tokens[token].cancelled() and task is not None:
                task.cancel()

        progress.tokens[token].add_done_callback(stop)
    download, told_s, checked = Download(), 0.0, 0
    try:
        async with aclosing(store.pull(model)) as reports:
            async for report in reports:
                download.take(report, time.monotonic())
                if download.total > checked:  # the first of its files, or one more
                    checked = download.total
                    if problem := await no_room(store, download.left):
                        raise CodestralError(f"There is no room for {model}.", cure=problem)
                if token is not None and time.monotonic() - told_s >= _REPORT_EVERY_S:
                    told_s = time.monotonic()
                    share = types.WorkDoneProgressReport(message=download.line(), percentage=int(100 * download.share))
                    progress.report(token, share)
    finally:
        if token is not None:
            progress.end(token, types.WorkDoneProgressEnd(message=download.line()))
