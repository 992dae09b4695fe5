"""codestral.stats and codestral.statsPage: the sums over what this and other servers of the user have traced."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lsprotocol import types

from codestral_lsp.errors import CodestralError
from codestral_lsp.insight.history import last
from codestral_lsp.privacy.ledger import months
from codestral_lsp.server.app import App

log = logging.getLogger(__name__)

# `-P`: what lies in the folder the server was started in is never imported.
_COMMAND = (sys.executable, "-P", "-c", "from codestral_lsp.insight.reckon import main; main()")


async def reckon(app: App, days: float, page: Path | None = None) -> dict[str, Any]:
    """The sums of the last days and the month's money; also as a page, if there is a file to write it to."""
    app.history.save(app.traces, asyncio.get_running_loop().time())
    await app.history.database.ask(last, 0)  # what is to be counted has been written then
    await app.door.month_cost()
    spent = await app.ledger.database.ask(months) or []
    asked = {
        "state": str(app.paths.state),
        "days": days,
        "month": asdict(app.door.month),
        "spent": [asdict(each) for each in spent],
        "page": "" if page is None else str(page),
    }
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        said, _ = await process.communicate(json.dumps(asked).encode())
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    answer: dict[str, Any] = json.loads(said) if said else {"problem": "The statistics cannot be counted."}
    if "problem" in answer:
        raise CodestralError(answer["problem"], cure="Run: codestral-lsp stats --html FILE")
    return answer


async def show_page(app: App, days: float) -> str:
    """Write the page among our own files and have the editor open it, in a browser; answers its URI."""
    file = app.paths.state / "stats.html"
    await reckon(app, days, file)
    window = app.server.client_capabilities.window
    if window is not None and window.show_document is not None and window.show_document.support:
        try:
            await app.server.window_show_document_async(types.ShowDocumentParams(file.as_uri(), external=True))
        except Exception:
            log.info("The client does not show %s", file)
    return file.as_uri()
