"""codestral-lsp stats: what was shown and taken, how fast, and what it used. Read on this machine, sent nowhere."""

from __future__ import annotations

import argparse
import json
import sys
import time

from codestral_lsp.config.paths import UserPaths
from codestral_lsp.insight.history import History, since
from codestral_lsp.insight.prices import price_table
from codestral_lsp.insight.stats import Stats, summed
from codestral_lsp.privacy.ledger import Ledger, months, this_month


def run(options: argparse.Namespace) -> int:
    """Print the sums over the last days. Exit code 1 if the traces cannot be read."""
    paths = UserPaths.default(options.config)
    history, ledger = History(paths.state), Ledger(paths.state)
    found = history.database.now(since, time.time() - options.days * 86400) or []
    spent = ledger.database.now(months) or []
    history.database.close()
    ledger.database.close()
    if history.database.problem:
        print(f"codestral-lsp: {history.database.path} cannot be used: {history.database.problem}.", file=sys.stderr)
        return 1
    stats = summed(trace for _, trace in found)
    cost = sum(each.cost for each in spent if each.month == this_month())
    currency = price_table(paths.config_file.parent).currency
    if options.json:
        month = {"cost": cost, "currency": currency}
        print(json.dumps({"days": options.days, **stats.as_json(), "month": month}, indent=2))
    else:
        print(_table(stats, options.days))
        print(f"this month    {cost:.4f} {currency}")
    return 0


def _table(stats: Stats, days: float) -> str:
    taken = stats.accepted + stats.partly
    lines = [
        f"last {days:g} days",
        f"requests      {stats.requests}",
        f"shown         {stats.shown}",
        f"accepted      {taken} ({_share(taken, stats.shown)}), of them by word or line {stats.partly}",
        f"time saved    {stats.saved_s / 60:.1f} min ({stats.accepted_characters} characters at 50 words a minute)",
        f"tokens        {stats.evaluated_tokens} read, {stats.generated_tokens} written",
        "",
        f"{'stage':<14}{'p50 ms':>10}{'p90 ms':>10}{'p99 ms':>10}",
        *(f"{stage:<14}{p50:>10.0f}{p90:>10.0f}{p99:>10.0f}" for stage, (p50, p90, p99) in stats.latency_ms.items()),
        "",
        "came from     " + ", ".join(f"{name} {_share(count, stats.shown)}" for name, count in stats.sources.items()),
        "not shown     " + ", ".join(f"{reason} {count}" for reason, count in stats.reasons.items()),
    ]
    for group, counts in stats.by.items():
        lines += ["", f"{'by ' + group:<30}{'shown':>8}{'accepted':>10}"]
        lines += [f"{name:<30}{shown:>8}{_share(count, shown):>10}" for name, (shown, count) in counts.items()]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"
