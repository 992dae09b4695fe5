"""Counts a history in a process of its own: over 100,000 requests that takes a second of a processor, in which an event
loop beside it would stand still for tenths of it.

What is asked for comes as JSON from standard input, the answer goes as JSON to standard output.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from codestral_lsp.insight.counting import counted
from codestral_lsp.insight.history import History
from codestral_lsp.insight.month import Month, Spent
from codestral_lsp.insight.page import statistics_page
from codestral_lsp.insight.stats_text import stats_text


def main() -> None:
    """Answer one question; `problem` is why there is no answer."""
    gc.disable()  # most of what is made is needed to the end
    try:
        answer = _reckon(json.load(sys.stdin))
    except OSError as error:
        answer = {"problem": f"{error.filename} cannot be written: {error.strerror}."}
    json.dump(answer, sys.stdout)


def _reckon(asked: dict[str, Any]) -> dict[str, Any]:
    days, month = asked["days"], Month(**asked["month"])
    history = History(Path(asked["state"]))
    stats = history.database.now(counted, time.time() - days * 86400)
    history.database.close()
    if stats is None:
        return {"problem": f"{history.database.path} cannot be used: {history.database.problem or 'others use it'}."}
    if asked["page"]:
        spent = [Spent(**each) for each in asked["spent"]]
        page = statistics_page(stats, month, spent, days, datetime.now().astimezone())
        write_page(Path(asked["page"]), page)
    return {**stats.as_json(), "month": month.as_json(), "text": stats_text(stats, days, month.text)}


def write_page(file: Path, page: str) -> None:
    """Write the page for this user alone. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(page, "utf-8")
    file.chmod(0o600)
