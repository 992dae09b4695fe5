"""codestral-lsp sent: the ledger of everything that was sent to a model."""

from __future__ import annotations

import argparse
import json
import sys

from codestral_lsp.config.paths import UserPaths
from codestral_lsp.insight.prices import price_table
from codestral_lsp.privacy.ledger import Ledger, clear, last, months


def run(options: argparse.Namespace) -> int:
    """Print the last entries and the cost by month. Exit code 1 if the ledger cannot be used."""
    paths = UserPaths.default(options.config)
    ledger = Ledger(paths.state)
    database = ledger.database
    try:
        if options.clear:
            print(f"Forgot {database.now(clear) or 0} entries.")
        else:
            _show(options, ledger, paths)
    finally:
        database.close()
    if database.problem:
        print(f"codestral-lsp: the ledger {database.path} cannot be used: {database.problem}.", file=sys.stderr)
        return 1
    return 0


def _show(options: argparse.Namespace, ledger: Ledger, paths: UserPaths) -> None:
    entries = ledger.database.now(last, max(1, options.last), remote_only=options.remote) or []
    spent = ledger.database.now(months) or []
    if options.json:
        costs = [{"month": each.month, "host": each.host, "model": each.model, "cost": each.cost} for each in spent]
        print(json.dumps({"sent": [entry.as_json() for entry in entries], "spent": costs}, indent=2))
        return
    for entry in entries:
        print(entry.line())
        if options.text and entry.text is not None:
            print("\n".join(f"    {row}" for row in entry.text.splitlines()))
    if not entries:
        print("Nothing was sent.")
    prices = price_table(paths.config_file.parent)
    for each in spent:
        print(
            f"{each.month}: {each.model} at {each.host} cost {each.cost:.4f} {prices.currency} "
            f"({each.requests} requests, prices of {prices.dated})"
        )
