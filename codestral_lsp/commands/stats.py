"""codestral-lsp stats: what was shown and taken, how fast, and what it used. Read on this machine, sent nowhere."""

from __future__ import annotations

import argparse
import json
import sys
import time
import webbrowser
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.sources import SettingsSources
from codestral_lsp.errors import UsageError
from codestral_lsp.insight.counting import counted
from codestral_lsp.insight.history import History
from codestral_lsp.insight.month import Month, Spent
from codestral_lsp.insight.prices import price_table
from codestral_lsp.insight.reckon import write_page
from codestral_lsp.insight.stats_text import stats_text
from codestral_lsp.privacy.ledger import Ledger, months, this_month


def run(options: argparse.Namespace) -> int:
    """Print the sums over the last days, or write them as a page. Exit code 1 if the traces cannot be read."""
    paths = UserPaths.default(options.config)
    history, ledger = History(paths.state), Ledger(paths.state)
    stats = history.database.now(counted, time.time() - options.days * 86400)
    spent = ledger.database.now(months) or []
    history.database.close()
    ledger.database.close()
    if stats is None:
        problem = history.database.problem or "others use it"
        print(f"codestral-lsp: {history.database.path} cannot be used: {problem}.", file=sys.stderr)
        return 1
    month = _month(paths, spent)
    if options.json:
        print(json.dumps({"days": options.days, **stats.as_json(), "month": month.as_json()}, indent=2))
    elif options.html is not None:
        from codestral_lsp.insight.page import statistics_page

        page = statistics_page(stats, month, spent, options.days, datetime.now().astimezone())
        _show(page, Path(options.html) if options.html else None, paths.state / "stats.html")
    else:
        print(stats_text(stats, options.days, month.text))
    return 0


def _month(paths: UserPaths, spent: Sequence[Spent]) -> Month:
    prices, name = price_table(paths.config_file.parent), this_month()
    budget = SettingsSources(paths.config_file).load().settings.mistral.monthly_budget
    return Month(name, sum(each.cost for each in spent if each.month == name), prices.currency, budget, prices.dated)


def _show(page: str, given: Path | None, own: Path) -> None:
    """Write the page where it is wanted; where nobody says, among our own files, and open it."""
    file = given or own
    try:
        if given is None:
            write_page(own, page)
        else:
            given.write_text(page, "utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", cure="Name another: --html FILE.") from None
    print(file.absolute())
    if given is None:
        webbrowser.open(file.absolute().as_uri())
