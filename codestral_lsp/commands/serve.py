"""codestral-lsp: serve one editor on standard input and output."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging

from codestral_lsp.config.paths import UserPaths
from codestral_lsp.server.app import App
from codestral_lsp.server.serve import serve


def run(options: argparse.Namespace) -> int:
    """Serve until the client is gone."""
    logging.basicConfig(
        filename=options.log_file,
        level=options.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # These log whole messages, with the user's code in them.
    for chatty in ("pygls", "asyncio", "httpcore2", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    paths = UserPaths.default(options.config)
    # What is loaded now stays for good: the collector need never look at it again.
    gc.collect()
    gc.freeze()
    gc.enable()
    return asyncio.run(_serve(paths))


async def _serve(paths: UserPaths) -> int:
    return await serve(App(paths))
