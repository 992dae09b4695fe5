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
from codestral_lsp.privacy.trust import PROJECT_FILE, TrustStore


def run(options: argparse.Namespace) -> int:
    """Examine, tell, and say by the exit code: 0 the chosen engine works, 3 only the embedded one, 1 nothing."""
    subject = _subject(UserPaths.default(options.config), Path.cwd())
    colours = sys.stdout.isatty()

    def tell(finding: Finding) -> None:
        if not options.json:
            print(finding_text(finding, colours=colours), flush=True)

    async def go() -> Report:
        try:
            return await examine(subject, tell)
        finally:
            await subject.keys.aclose()

    report = asyncio.run(go())
    print(json.dumps(report.as_json(), indent=2) if options.json else f"\n{summary_text(report)}")
    return report.exit_code


def _subject(paths: UserPaths, folder: Path) -> Subject:
    sources, trust, keys = SettingsSources(paths.config_file), TrustStore(paths.state / "trust.json"), Keys()
    files = [(file, trust.trusts(file)) for file in (folder / PROJECT_FILE,) if file.is_file()]
    sources.trusted([file for file, trusted in files if trusted])
    return Subject(
        loaded=sources.load(),
        paths=paths,
        keys=keys,
        open=partial(open_backend, keys=keys),
        machine=this_machine(),
        clients=recall(paths.clients),
        project_files=files,
    )
