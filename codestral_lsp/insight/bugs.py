"""Logs our own faults without what they quote: an exception's text may hold the user's code, its place never does."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

log = logging.getLogger(__name__)


def log_bug(error: BaseException) -> None:
    """Log the kind of a fault and the line of code it came from, which is enough to find it."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
    log.error("Bug: %s at %s", type(error).__name__, place)


def unhandled(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: asyncio's own logs texts and tracebacks."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        log_bug(error)
    else:
        log.error("Bug: %s", context.get("message", "the event loop complains"))
