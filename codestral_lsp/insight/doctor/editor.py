"""What the editors that were served last can do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict

from codestral_lsp.insight.clients import ClientReport
from codestral_lsp.insight.doctor.finding import Finding, Level, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Look at each editor."""
    if not subject.clients:
        yield trouble("editor", Level.NOTE, "no-client", "No editor has been served yet.")
    for client in subject.clients:
        yield _one(client)


def _one(client: ClientReport) -> Finding:
    name = f"{client.name} {client.version}".strip() or "An editor that does not say its name"
    day = time.strftime("%Y-%m-%d", time.localtime(client.seen_s))
    said = f"{name} ({day}): positions in {client.position_encoding}"
    if not client.inline_completion:
        message = f"{said}; it does not know ghost text, so suggestions come in its suggestion list."
        return trouble("editor", Level.WARNING, "old-client", message, **asdict(client))
    progress = "shows progress" if client.progress else "does not show progress"
    return fine("editor", f"{said}, ghost text, {progress}.", **asdict(client))
