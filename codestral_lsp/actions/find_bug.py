"""Find the bug: what the model claims, checked; what a traceback says, even without a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from codestral_lsp.actions.checking import Checked, Known, check
from codestral_lsp.actions.excerpt import Excerpt
from codestral_lsp.actions.finding import KINDS, SCHEMA, Finding, finding_id, read_claims
from codestral_lsp.actions.json_reply import is_whole, read_json
from codestral_lsp.actions.parts import Parts, Question, ask
from codestral_lsp.actions.reading import Audience, Said
from codestral_lsp.actions.target import Target
from codestral_lsp.actions.tracebacks import origin
from codestral_lsp.document.position import Position, Range
from codestral_lsp.errors import NoChat

MAX_TOKENS = 900
_CONFIRM_TOKENS = 250
_LONGEST_ERROR = 3000
"""Characters of an error text that the model is shown: its end."""
_VERDICT = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "verdict": {"type": "string", "enum": ["bug", "correct"]}},
    "required": ["reason", "verdict"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the code."""

    error: str = ""
    """An error text or traceback that the user gave."""
    guilty: int | None = None
    """The target's line (in the document) where the error was raised, if its traceback says so."""
    said: str = ""
    """What the error's own message is."""
    known: Sequence[Known] = ()
    """What other tools report about the document."""


@dataclass(frozen=True, slots=True)
class Hunt:
    """What a hunt brought."""

    target: Target
    findings: tuple[Finding, ...]
    removed: Mapping[str, int] = field(default_factory=dict)
    """How many claims were not shown, by reason."""
    note: str = ""
    """What the user should know: no model, code left out, an answer that could not be read."""
    said: Said | None = None
    confirmations: tuple[Said, ...] = ()


async def find_bugs(
    parts: Parts,
    target: Target,
    evidence: Evidence,
    is_dismissed: Callable[[str], bool],
    audience: Audience | None = None,
    *,
    confirm: bool = False,
) -> Hunt:
    """Look for bugs in a target. With a traceback that leads into it, its line is a finding whatever a model says.

    `confirm`: ask the model again about each finding, and keep what it stands by. Raises BackendError.
    """
    raised = _raised(target, evidence)
    try:
        await parts.talk.engine()
    except NoChat as error:
        return Hunt(target, raised, note=error.message)
    question = Question(
        "find_bug", "find-bug", f"Looking for bugs in {target.title}", target, _values(evidence, target), MAX_TOKENS
    )
    answer = await ask(parts, question, schema=SCHEMA, audience=audience, whole=is_whole)
    claims, broken = read_claims(read_json(answer.said.text))
    if answer.said.cut and claims and not is_whole(answer.said.text):
        # The last one was being written: half a fix may well parse.
        claims, broken = claims[:-1], broken + 1
    checked = await check(claims, answer.shown, parts.syntax, evidence.known, is_dismissed)
    if broken:
        checked.removed["it is incomplete"] += broken
    confirmations: list[Said] = []
    if confirm:
        checked, confirmations = await _confirmed(parts, target, checked)
    findings = (*checked.findings, *(each for each in raised if not _is_covered(each, checked.findings)))
    note = _note(answer.shown, answer.said, readable=read_json(answer.said.text) is not None)
    return Hunt(target, findings, dict(checked.removed), note, answer.said, tuple(confirmations))


def _values(evidence: Evidence, target: Target) -> dict[str, str]:
    error = evidence.error[-_LONGEST_ERROR:]
    if evidence.guilty is not None:
        error += f"\n\nIt was raised at line {evidence.guilty - target.first + 1} of the code below."
    told = [
        f"- line {known.span.start.line - target.first + 1}: {known.message[:200]}"
        for known in evidence.known
        if target.first <= known.span.start.line < target.stop
    ]
    return {
        "kinds": ", ".join(KINDS),
        "error": error,
        "diagnostics": "\n".join(told[:10]),
        "question": "" if error else "yes",
    }


def _raised(target: Target, evidence: Evidence) -> tuple[Finding, ...]:
    """The line where the error was raised, and the one where the value came from that it is about, as findings."""
    line = evidence.guilty
    if line is None or not target.first <= line < target.stop:
        return ()
    said = f": {evidence.said}" if evidence.said else "."
    found = [_at(target, line - target.first, f"The error was raised here{said}")]
    lines = [target.document.text.line(number) for number in range(target.first, target.stop)]
    if (above := origin(lines, line - target.first, evidence.said)) is not None:
        found.append(_at(target, above, f"The error at line {line + 1} is about a value that is set here{said}", 0.6))
    return tuple(found)


def _at(target: Target, line: int, why: str, confidence: float = 1.0) -> Finding:
    """A finding about a whole line of the target."""
    text = target.document.text.line(target.first + line)
    span = Range(Position(line, len(text) - len(text.lstrip())), Position(line, len(text.rstrip())))
    return Finding(finding_id(text.strip(), why), span, text.strip(), "exception", why, "", confidence)


def _is_covered(raised: Finding, others: Sequence[Finding]) -> bool:
    return any(other.span.start.line <= raised.span.start.line <= other.span.end.line for other in others)


async def _confirmed(parts: Parts, target: Target, checked: Checked) -> tuple[Checked, list[Said]]:
    """What the model still holds when it is asked about each finding alone."""
    kept = Checked(removed=Counter(checked.removed))
    said: list[Said] = []
    for finding in checked.findings:
        values = {
            "line": str(finding.span.start.line + 1),
            "quote": " ".join(finding.quote.split()),
            "why": finding.why,
            "example": finding.example,
        }
        title = f"Checking what was found in {target.title}"
        question = Question("confirm_bug", "find-bug", title, target, values, _CONFIRM_TOKENS)
        answer = await ask(parts, question, schema=_VERDICT, whole=is_whole)
        said.append(answer.said)
        verdict = read_json(answer.said.text)
        if isinstance(verdict, dict) and verdict.get("verdict") == "bug":
            kept.findings.append(finding)
        else:
            kept.removed["a second look did not confirm it"] += 1
    return kept, said


def _note(shown: Excerpt, said: Said, *, readable: bool) -> str:
    notes = [shown.note] if shown.note else []
    if not readable:
        notes.append("The model's answer could not be read as findings.")
    if said.cut:
        notes.append(f"The model was cut off: {said.cut}.")
    return " ".join(notes)
