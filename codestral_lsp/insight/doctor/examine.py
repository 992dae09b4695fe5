"""Looks at everything in turn, and says in the end whether completions work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from codestral_lsp.backends.base import BackendName
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import CANDIDATES, open_engine
from codestral_lsp.errors import BackendError, LocalOnly
from codestral_lsp.insight.doctor import editor, folders, grammars, mistral, ollama, servers, settings, talk
from codestral_lsp.insight.doctor.finding import Finding, Level, Report, Verdict
from codestral_lsp.insight.doctor.subject import Subject

Tell = Callable[[Finding], None]


async def examine(subject: Subject, tell: Tell = lambda finding: None) -> Report:
    """Examine; each finding is told as it is made. Takes as long as the engine takes for three answers."""
    findings: list[Finding] = []
    chosen: Engine | None = None
    engines: list[Engine] = []

    def note(finding: Finding) -> None:
        findings.append(finding)
        tell(finding)

    for finding in settings.check(subject):
        note(finding)
    for finding in await asyncio.to_thread(lambda: list(folders.check(subject))):
        note(finding)
    note(await asyncio.to_thread(grammars.check_grammars))
    for finding in editor.check(subject):
        note(finding)
    try:
        opened = {name: await open_engine(name, subject.settings, subject.open) for name in _wanted(subject)}
        engines += [engine for engine, _ in opened.values() if engine is not None]
        chosen = next(iter(engines), None)
        for name, (engine, problem) in opened.items():
            async for finding in _look(subject, name, _level(subject, chosen), engine, problem):
                note(finding)
        if chosen is not None:
            async for finding in talk.check(subject, chosen):
                note(finding)
            if chosen.info.backend == "ollama":
                slow = any(finding.cause == "slow" for finding in findings)
                async for finding in ollama.check_loaded(subject, chosen.info, slow=slow):
                    note(finding)
    finally:
        for engine in engines:
            await engine.backend.aclose()
    note(await grammars.check_embedded(subject))
    return _conclude(subject, chosen, findings)


def _wanted(subject: Subject) -> tuple[BackendName, ...]:
    """The engines to look at: the one that the settings name, or all that `auto` would try."""
    match subject.settings.backend:
        case "workspace":
            return ()
        case "auto":
            return CANDIDATES
        case name:
            return (name,)


def _level(subject: Subject, chosen: Engine | None) -> Level:
    """How bad it is that an engine cannot be used."""
    if subject.settings.backend != "auto":
        return Level.FAILURE
    return Level.NOTE if chosen else Level.WARNING


async def _look(
    subject: Subject, name: BackendName, level: Level, engine: Engine | None, problem: BackendError | None
) -> AsyncIterator[Finding]:
    if isinstance(problem, LocalOnly) or name not in ("ollama", "mistral"):
        for finding in servers.check(subject, name, level, engine, problem):
            yield finding
    elif name == "ollama":
        async for finding in ollama.check(subject, level, engine, problem):
            yield finding
    else:
        async for finding in mistral.check(subject, level, problem):
            yield finding


def _conclude(subject: Subject, chosen: Engine | None, findings: list[Finding]) -> Report:
    def works(check: str) -> bool:
        return any(finding.check == check and finding.level is Level.OK for finding in findings)

    embedded = works(grammars.EMBEDDED)
    verdict: Verdict
    if not subject.settings.enabled:
        verdict, summary = "nothing", "Completions are switched off."
    elif chosen is not None and works(talk.COMPLETION):
        slowly = " slowly" if any(finding.cause == "slow" for finding in findings) else ""
        verdict, summary = "engine", f"Completions work{slowly}: {chosen.info.model} through {chosen.info.backend}."
    elif embedded and subject.settings.backend == "workspace":
        verdict, summary = "engine", "Completions work: from your workspace, as your settings ask."
    elif embedded:
        verdict, summary = "fallback", "Only the embedded engine works: short completions from your own code."
    else:
        verdict, summary = "nothing", "No engine works."
    engine: dict[str, Any] | None = None
    if chosen is not None:
        info = chosen.info
        engine = {"backend": info.backend, "model": info.model, "host": info.host, "remote": info.remote}
    return Report(verdict, summary, engine, tuple(findings))
