"""The server's process: reads messages until the client says goodbye or goes away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable

from codestral_lsp.insight.bugs import unhandled
from codestral_lsp.server import handlers
from codestral_lsp.server.app import App
from codestral_lsp.server.framing import FrameDecoder
from codestral_lsp.server.stdio import Stdio

_GOODBYE_S = 1.0
"""How long tidying up may take when the client is gone."""
_PARENT_EVERY_S = 0.5


async def serve(app: App) -> int:
    """Serve one client on standard input and output; returns the process's exit code."""
    handlers.register(app)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(unhandled)
    ended: asyncio.Future[int] = loop.create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    protocol = app.server.protocol
    protocol.on_exit = end
    stdio, decoder = Stdio(lambda: end(1)), FrameDecoder()

    def receive(data: bytes) -> None:
        for body in decoder.feed(data):
            protocol.receive(body)

    writer = await stdio.writer()
    protocol.set_writer(writer)
    await stdio.read(receive)
    parent = asyncio.create_task(_watch_parent(app, end))
    try:
        code = await ended
    finally:
        parent.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                await app.aclose()
        writer.close()
    return code


async def _watch_parent(app: App, end: Callable[[int], None]) -> None:
    """End when the editor's process is gone, if it could be seen at all (in a container it cannot)."""
    was_seen = False
    while True:
        await asyncio.sleep(_PARENT_EVERY_S)
        parent = app.server.process_id
        if parent is None or sys.platform == "win32":
            continue
        if _is_alive(parent):
            was_seen = True
        elif was_seen:
            end(1)
            return


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
