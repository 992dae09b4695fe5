"""codestral.doctor: the doctor, with the settings, keys and client of this server. Imported when first asked for."""

from __future__ import annotations

import asyncio
from typing import Any

from codestral_lsp.backends.open import open_backend
from codestral_lsp.insight.clients import recall
from codestral_lsp.insight.doctor import Subject, examine
from codestral_lsp.insight.doctor.text import finding_text, summary_text
from codestral_lsp.insight.machine import this_machine
from codestral_lsp.privacy.trust import PROJECT_FILE
from codestral_lsp.server.app import App
from codestral_lsp.server.lifecycle import client_report


async def examine_here(app: App) -> dict[str, Any]:
    """The report as JSON, and as text for a person."""
    files = [file for root in app.roots if (file := root / PROJECT_FILE).is_file()]
    here, known = client_report(app), await asyncio.to_thread(recall, app.paths.clients)
    subject = Subject(
        loaded=app.loaded,
        paths=app.paths,
        keys=app.keys,
        open=lambda name, settings: app.door.through(open_backend(name, settings, app.keys)),
        machine=await asyncio.to_thread(this_machine),
        clients=[here, *(client for client in known if client.name != here.name)],
        project_files=[(file, app.trust.trusts(file)) for file in files],
    )
    report = await examine(subject)
    lines = [finding_text(finding, colours=False) for finding in report.findings]
    return {**report.as_json(), "text": "\n".join([*lines, "", summary_text(report)])}
