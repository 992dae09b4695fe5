"""codestral.stats and codestral.statsPage: the sums over what this and other servers of the user have traced."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime
from typing import TYPE_CHECKING

from lsprotocol import types

from codestral_lsp.errors import CodestralError
from codestral_lsp.insight.history import since
from codestral_lsp.insight.month import Month
from codestral_lsp.privacy.ledger import months

if TYPE_CHECKING:
    from codestral_lsp.insight.stats import Stats
    from codestral_lsp.server.app import App


log = logging.getLogger(__name__)


async def reckon(app: App, days: float) -> tuple[Stats, Month]:
    """The sums of the last days, and the month's money."""
    from codestral_lsp.insight.stats import summed

    app.history.save(app.traces, asyncio.get_running_loop().time())
    found = await app.history.database.ask(since, time.time() - days * 86400)
    await app.door.month_cost()
    return await asyncio.to_thread(summed, found or ()), app.door.month


async def show_page(app: App, days: float) -> str:
    """Write the page among our own files and have the editor open it, in a browser; answers its URI."""
    from codestral_lsp.insight.page import statistics_page

    stats, month = await reckon(app, days)
    spent = await app.ledger.database.ask(months) or []
    page = await asyncio.to_thread(statistics_page, stats, month, spent, days, datetime.now().astimezone())
    file = app.paths.state / "stats.html"

    def write() -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(page, "utf-8")
        file.chmod(0o600)

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        raise CodestralError(
            f"{file} cannot be written: {error.strerror}.", cure="Check the permissions of your state folder."
        ) from None
    window = app.server.client_capabilities.window
    if window is not None and window.show_document is not None and window.show_document.support:
        try:
            await app.server.window_show_document_async(types.ShowDocumentParams(file.as_uri(), external=True))
        except Exception:
            log.info("The client does not show %s", file)
    return file.as_uri()
