"""What the doctor finds, and what it makes of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from codestral_lsp.errors import CodestralError
from codestral_lsp.insight.doctor.causes import CAUSES


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    NOTE = "note"
    """Not as it could be, and of no consequence: an engine that is not used does not run."""
    WARNING = "warning"
    """Something works less well than it could."""
    FAILURE = "failure"
    """Something that the settings ask for does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. A finding that is not OK names its cause and the cure."""

    check: str
    """What was looked at, as `group.thing`."""
    level: Level
    message: str
    cause: str = ""
    """The code of an entry of the table of causes; empty when nothing is wrong."""
    cure: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was measured or read, as plain JSON values."""

    def as_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {
            "check": self.check,
            "level": self.level.value,
            "message": self.message,
            "cause": self.cause,
            "cure": self.cure,
            "facts": dict(self.facts),
        }


def fine(check: str, message: str, **facts: Any) -> Finding:
    """Nothing wrong there."""
    return Finding(check, Level.OK, message, facts=facts)


def trouble(check: str, level: Level, cause: str, message: str, *, cure: str = "", **facts: Any) -> Finding:
    """Something of the table of causes; the table's own cure unless there is a more exact one."""
    return Finding(check, level, message, cause, cure or CAUSES[cause].cure, facts)


def failed(check: str, level: Level, error: CodestralError, **facts: Any) -> Finding:
    """An error, which knows its cause and its cure."""
    return trouble(check, level, error.code, error.cause, cure=error.cure, **facts)


Verdict = Literal["engine", "fallback", "nothing"]

EXIT_CODES: Mapping[Verdict, int] = {"engine": 0, "fallback": 3, "nothing": 1}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found, and whether completions work: with the engine, only with the embedded one, or not at all."""

    verdict: Verdict
    summary: str
    engine: Mapping[str, Any] | None
    """Backend, model and host of the engine that the settings choose; None if there is none but the embedded one."""
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0: the chosen engine works; 3: only the embedded one does; 1: nothing does."""
        return EXIT_CODES[self.verdict]

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON values; the schema is in docs/doctor.md."""
        return {
            "schema": 1,
            "verdict": self.verdict,
            "exitCode": self.exit_code,
            "summary": self.summary,
            "engine": dict(self.engine) if self.engine is not None else None,
            "findings": [finding.as_json() for finding in self.findings],
        }
