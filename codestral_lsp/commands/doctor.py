"""codestral-lsp doctor: what works, what does not, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from functools import partial
from pathlib import Path

from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.open import open_backend
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.sources import SettingsSources
from codestral_lsp.insight.clients import recall
from codestral_lsp.insight.doctor import Finding, Report, Subject, examine
from codestral_lsp.insight.doctor.text import finding_text, summary_text
from codestral_lsp.insight.machine import this_machine
from codestral_lsp.insight.prices import price_table
from codestral_lsp.privacy.ledger import Ledger
from codestral_lsp.privacy.outgoing import Door
from codestral_lsp.privacy.trust import PROJECT_FILE, TrustStore

_STILL_LOOKING = "\n\x1b[2m…\x1b[0m\r"
"""On a terminal: a slow model takes a minute for what comes next, and its finding will stand in this place."""


def run(options: argparse.Namespace) -> int:
    """Examine, tell, and say by the exit code: 0 the chosen engine works, 3 only the embedded one, 1 nothing."""
    paths = UserPaths.default(options.config)
    ledger = Ledger(paths.state)
    subject = _subject(paths, Path.cwd(), ledger)
    colours = sys.stdout.isatty()

    def tell(finding: Finding) -> None:
        if not options.json:
            print(finding_text(finding, colours=colours), end=_STILL_LOOKING if colours else "\n", flush=True)

    async def go() -> Report:
        try:
            return await examine(subject, tell)
        finally:
            await subject.keys.aclose()
            ledger.database.close()

    report = asyncio.run(go())
    print(json.dumps(report.as_json(), indent=2) if options.json else f"\n{summary_text(report)}")
    return report.exit_code


def _subject(paths: UserPaths, folder: Path, ledger: Ledger) -> Subject:
    sources, trust, keys = SettingsSources(paths.config_file), TrustStore(paths.state / "trust.json"), Keys()
    files = [(file, trust.trusts(file)) for file in (folder / PROJECT_FILE,) if file.is_file()]
    sources.trusted([file for file, trusted in files if trusted])
    loaded = sources.load()
    door = Door(loaded.settings, ledger, partial(price_table, paths.config_file.parent))
    return Subject(
        loaded=loaded,
        paths=paths,
        keys=keys,
        open=lambda name, settings: door.through(open_backend(name, settings, keys)),
        machine=this_machine(),
        clients=recall(paths.clients),
        project_files=files,
    )
