"""Findings for a person at a terminal."""

from __future__ import annotations

from codestral_lsp.insight.doctor.finding import Finding, Level, Report

_MARKS = {Level.OK: "ok  ", Level.NOTE: "note", Level.WARNING: "warn", Level.FAILURE: "FAIL"}
_COLOURS = {Level.OK: "32", Level.NOTE: "36", Level.WARNING: "33", Level.FAILURE: "31"}


def finding_text(finding: Finding, *, colours: bool) -> str:
    """One finding in one line, with its cure, and its values where they are settings, in lines below."""
    mark = _MARKS[finding.level]
    if colours:
        mark = f"\x1b[{_COLOURS[finding.level]}m{mark}\x1b[0m"
    lines = [f"{mark}  {finding.message}"]
    if finding.cure:
        lines.append(f"      → {finding.cure}")
    if finding.check == "settings.sources":
        values = finding.facts["values"]
        lines += [f"      {path} = {entry['value']!r}   ({entry['source']})" for path, entry in sorted(values.items())]
    if finding.check == "ollama.memory":
        fits = finding.facts["fits"]
        lines += [f"      {memory} hold {pull} ({quantisation})" for memory, (pull, quantisation) in fits.items()]
    return "\n".join(lines)


def summary_text(report: Report) -> str:
    """What it all comes to, and what to do first."""
    order = [Level.FAILURE, Level.WARNING]
    cures = [finding for level in order for finding in report.findings if finding.level is level and finding.cure]
    first = f"\nFirst: {cures[0].cure}" if cures and report.verdict != "engine" else ""
    return f"{report.summary}{first}"
