"""codestral-lsp bugs FILE[:LINE]: bugs in a function or a file, each with the lines it quotes and a checked fix."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import json
import sys
from typing import Any

from codestral_lsp.actions.find_bug import Evidence, Hunt
from codestral_lsp.actions.finding import Finding, shifted
from codestral_lsp.actions.target import TargetKind, target_at
from codestral_lsp.actions.watch import Placed
from codestral_lsp.commands.workplace import Spot, read_document, spot, target_as_json, work_on
from codestral_lsp.errors import UsageError
from codestral_lsp.server.app import App
from codestral_lsp.server.tracebacks import Blame, blame

NO_MODEL = 3


def run(options: argparse.Namespace) -> int:
    """Print what was found. Exit code 1 if something was, 0 if nothing was, 3 if there was no model to ask."""
    error = sys.stdin.read() if options.error == "-" else options.error or ""
    return asyncio.run(_bugs(spot(options.place), error, options))


async def _bugs(where: Spot, error: str, options: argparse.Namespace) -> int:
    document = read_document(where.file)
    span = where.cursor(document)
    async with work_on(document, options.config) as app:
        told = await blame(app, error)
        line = told.line_in(document)
        if where.line is None and line is not None:
            span = Spot(where.file, line).cursor(document)
        kind = TargetKind.FILE if where.line is None and line is None else None
        target = target_at(await app.syntax.syntax(document), document, span, kind)
        evidence = Evidence(error, line, told.error)
        confirm = options.confirm or app.settings.actions.confirm_bugs
        hunt = await app.actions.find_bugs(target, evidence, confirm=confirm)
        placed = app.actions.findings(document)
        diffs = {each.finding.id: await _diff(app, each, str(where.file)) for each in placed}
    print(_as_json(where, hunt, told, diffs) if options.json else _as_text(where, hunt, told, diffs))
    if hunt.said is None and not hunt.findings:
        return NO_MODEL
    return 1 if hunt.findings else 0


async def _diff(app: App, placed: Placed, name: str) -> str:
    """A finding's fix as a unified diff; empty if it has none."""
    try:
        edit = await app.actions.fix_of(placed)
    except UsageError:
        return ""
    before, after = placed.target.document.text.lines, edit.applied().lines
    return "".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", n=2))


def _as_json(where: Spot, hunt: Hunt, told: Blame, diffs: dict[str, str]) -> str:
    return json.dumps(
        {
            "file": str(where.file),
            "target": target_as_json(hunt.target),
            "findings": [_finding(each, hunt, diffs) for each in hunt.findings],
            "removed": dict(hunt.removed),
            "note": hunt.note,
            "frames": [
                {"file": str(each.path), "line": each.frame.line + 1, "function": each.frame.function}
                for each in told.frames
            ],
            "model": hunt.said.model if hunt.said else "",
        },
        indent=2,
    )


def _finding(finding: Finding, hunt: Hunt, diffs: dict[str, str]) -> dict[str, Any]:
    span = shifted(finding.span, hunt.target.first)
    return {
        "id": finding.id,
        "line": span.start.line + 1,
        "column": span.start.column + 1,
        "endLine": span.end.line + 1,
        "endColumn": span.end.column + 1,
        "quote": finding.quote,
        "kind": finding.kind,
        "why": finding.why,
        "input": finding.example,
        "confidence": finding.confidence,
        "fix": diffs.get(finding.id, ""),
    }


def _as_text(where: Spot, hunt: Hunt, told: Blame, diffs: dict[str, str]) -> str:
    parts = []
    for each in hunt.findings:
        line = each.span.start.line + hunt.target.first + 1
        parts.append(f"{where.file}:{line}: {each.why} [{each.kind}, {each.confidence:.0%}]")
        parts += [f"    {quoted}" for quoted in each.quote.splitlines()]
        if each.example:
            parts.append(f"  for example: {each.example}")
        if diffs.get(each.id):
            parts.append(diffs[each.id].rstrip())
        parts.append("")
    if not hunt.findings:
        looked = "Nothing found" if hunt.said else "No bugs were looked for"
        parts.append(f"{looked} in {hunt.target.title}.")
    elsewhere = [each for each in told.frames if each.path != hunt.target.document.path]
    if told.frames and elsewhere and not hunt.findings:
        parts.append(f"The error was raised at {elsewhere[0].path}:{elsewhere[0].frame.line + 1}.")
    if hunt.removed:
        count = sum(hunt.removed.values())
        reasons = ", ".join(f"{number} × {reason}" for reason, number in hunt.removed.items())
        parts.append(f"({count} {'claim' if count == 1 else 'claims'} of the model not shown: {reasons})")
    if hunt.note:
        parts.append(hunt.note)
    return "\n".join(parts).rstrip()
