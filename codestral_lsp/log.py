"""Where the log goes and how much of it there is. It never holds code, keys or prompts."""

from __future__ import annotations

import logging
from pathlib import Path

from codestral_lsp.errors import UsageError


def start(file: Path | None, level: str, *, for_a_person: bool) -> None:
    """Begin to log, to standard error unless to `file`. Raises UsageError if that cannot be written.

    `for_a_person`: whoever typed the command reads the messages, which then stand alone, warnings and worse only.
    """
    try:
        if for_a_person and file is None:
            logging.basicConfig(level=max(logging.WARNING, _number(level)), format="codestral-lsp: %(message)s")
        else:
            form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
            logging.basicConfig(filename=file, level=_number(level), format=form, encoding="utf-8" if file else None)
    except OSError as error:
        raise UsageError(f"The log {file} cannot be written: {error.strerror}.", cure="Check --log-file.") from None
    for handler in logging.getLogger().handlers:
        handler.addFilter(without_secrets)
    # These log whole messages and tracebacks, with the user's code in them.
    for chatty in ("pygls", "asyncio", "httpcore2", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)


def without_secrets(record: logging.LogRecord) -> bool:
    """A filter that takes secrets out of messages: our own hold none, a library's or a server's words may."""
    from codestral_lsp.privacy.secrets import hide_secrets  # slow to import

    record.msg, record.args = hide_secrets(record.getMessage()), ()
    return True


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
