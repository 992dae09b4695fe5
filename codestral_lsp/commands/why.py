"""codestral-lsp why: the last requests, each on one line, with the reason why nothing was shown or what it cost."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime

from codestral_lsp.config.paths import UserPaths
from codestral_lsp.insight.history import History, last


def run(options: argparse.Namespace) -> int:
    """Print them, oldest first. Exit code 1 if they cannot be read."""
    history = History(UserPaths.default(options.config).state)
    found = history.database.now(last, max(1, options.last), background=options.all) or []
    history.database.close()
    if history.database.problem:
        print(f"codestral-lsp: {history.database.path} cannot be used: {history.database.problem}.", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps([{**trace.as_json(), "at": at, "line": trace.line()} for at, trace in found], indent=2))
        return 0
    for at, trace in found:
        print(f"{datetime.fromtimestamp(at).astimezone():%m-%d %H:%M:%S} {trace.line()}")
    if not found:
        print("No editor has asked for anything yet.")
    return 0
