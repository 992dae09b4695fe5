"""codestral-lsp cache: what is kept on disk, and forgetting it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from codestral_lsp.actions import answers
from codestral_lsp.completion.cache.disk import CacheStats, DiskCache
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.errors import CacheError


def run(options: argparse.Namespace) -> int:
    """Print the cache's state, or empty it. Exit code 1 if the cache cannot be used."""
    problems: list[CacheError] = []
    folder = UserPaths.default().cache
    disk = DiskCache(folder, max_bytes=1 << 40, max_age_s=1e12, on_error=problems.append)
    asked = answers.database(folder)
    questions = (asked.now(answers.count) or 0) if asked.path.exists() else 0
    if options.action == "clear":
        removed = (disk.database.now(disk.clear) or 0) + questions
        if questions:
            asked.now(answers.clear)
        print(json.dumps({"removed": removed}) if options.json else f"Forgot {removed} answers.")
    else:
        stats = disk.database.now(disk.stats) or CacheStats(str(disk.path), 0, 0, None)
        if options.json:
            print(json.dumps({**asdict(stats), "questions": questions}))
        else:
            print(f"{stats.answers} answers, {stats.bytes / 1e6:.1f} MB in {stats.path}")
            if stats.oldest_use is not None:
                print(f"least recently used: {datetime.fromtimestamp(stats.oldest_use, UTC):%Y-%m-%d}")
            if questions:
                print(f"{questions} answered questions in {asked.path}")
    disk.database.close()
    asked.close()
    for problem in problems:
        print(problem.message, file=sys.stderr)
    return 1 if problems else 0
