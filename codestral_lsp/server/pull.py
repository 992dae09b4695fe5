"""codestral.pull: a download through Ollama, with work-done progress that can be cancelled."""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import aclosing
from typing import Any

from lsprotocol import types

from codestral_lsp.backends.ollama_store import OllamaStore
from codestral_lsp.insight.download import downloading, licence_of
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
    said, told_s = "", 0.0
    try:
        async with aclosing(downloading(store, model)) as steps:
            async for download in steps:
                said = download.line()
                if token is not None and time.monotonic() - told_s >= _REPORT_EVERY_S:
                    told_s = time.monotonic()
                    percentage = int(100 * download.share)
                    progress.report(token, types.WorkDoneProgressReport(message=said, percentage=percentage))
    finally:
        if token is not None:
            progress.end(token, types.WorkDoneProgressEnd(message=said))
