"""codestral-lsp: serve one editor on standard input and output."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os

from codestral_lsp import log
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.server.app import App
from codestral_lsp.server.serve import serve


def run(options: argparse.Namespace) -> int:
    """Serve until the client is gone. Does not return: the process ends."""
    log.start(options.log_file, options.log_level, for_a_person=False)
    paths = UserPaths.default(options.config)
    # What is loaded now stays for good: the collector need never look at it again. What of it is garbage is little,
    # and finding it would take longer than the editor should wait.
    gc.freeze()
    # A keystroke makes few cycles; a full collection, which takes some ms, is wanted seldom.
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
    return asyncio.run(_serve(paths))


async def _serve(paths: UserPaths) -> int:
    code = await serve(App(paths))
    logging.shutdown()
    # Threads may still wait for a name server or a slow disk, and Python would wait for them; nobody else does.
    os._exit(code)
