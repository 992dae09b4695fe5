"""Which of a model's claims are shown, and why the others are not. Few checks can tell a well-quoted untruth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from codestral_lsp.actions.excerpt import Excerpt
from codestral_lsp.actions.finding import Claim, Finding, Fix, finding_id, shifted
from codestral_lsp.actions.fixing import make_fix
from codestral_lsp.actions.placing import place, squeezed
from codestral_lsp.actions.refuting import is_refuted
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.position import Position, Range

_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "the and that this with from when not but for are was has have will can may its into than then which while"
        " should could would might does here there because value",
    )
)
_TOPICS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "null": r"\b(?:none|null|nil|undefined|NoneType|nullptr)\b",
        "await": r"\b(?:await(?:ed|ing)?|promises?|coroutines?)\b",
        "bounds": r"\bout of (?:range|bounds)\b|\boff[- ]by[- ]one\b",
        "overflow": r"\boverflows?\b",
        "zero": r"\b(?:division|divid\w+) by zero\b",
        "leak": r"\b(?:leak\w*|never closed|not closed)\b",
        "default": r"\bmutable default\b",
        "unused": r"\b(?:unused|never used)\b",
    }.items()
}
"""What tools and models say in different words about the same."""
_ALIKE = 0.5
"""The share of words in common from which two texts say the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """A problem that another tool reports already."""

    span: Range
    message: str


@dataclass(slots=True)
class Checked:
    """What is left of a model's claims, the surest first, and what was removed for which reason."""

    findings: list[Finding] = field(default_factory=list)
    removed: Counter[str] = field(default_factory=Counter)


async def check(
    claims: Sequence[Claim],
    shown: Excerpt,
    syntax: SyntaxKeeper,
    known: Sequence[Known],
    is_dismissed: Callable[[str], bool],
) -> Checked:
    """Check claims against the text they are about. `is_dismissed` is asked about a finding's quote."""
    checked = Checked()
    text = shown.target.document.text
    places = await syntax.syntax(shown.target.document)
    for claim in sorted(claims, key=lambda claim: -claim.confidence):
        span = place(claim.quote, claim.line, shown)
        if span is None:
            checked.removed["the quote does not stand there"] += 1
            continue
        quote = text.slice(span)
        if places.lexical(Position(span.start.line, span.start.column + 1)).prose:
            checked.removed["it is about a comment"] += 1
            continue
        if is_refuted(claim.why, span.start.line, shown.target, places):
            checked.removed["the code disproves it"] += 1
            continue
        if is_dismissed(quote):
            checked.removed["it was dismissed"] += 1
            continue
        if any(_is_told(claim, span, each) for each in known):
            checked.removed["another tool reports it"] += 1
            continue
        top = shown.target.first
        if any(_overlap(shifted(other.span, top), span) for other in checked.findings):
            checked.removed["it was said before"] += 1
            continue
        fix = None
        if claim.fix.strip():
            edit, reason = await make_fix(claim.fix, span, shown.target, syntax)
            if edit is None:
                # A model that has no sound cure for what it sees has seldom seen anything.
                checked.removed[f"the fix is unsound: {reason}"] += 1
                continue
            fix = Fix(shifted(edit.span, -top), edit.text)
        checked.findings.append(
            Finding(
                finding_id(quote, claim.why),
                shifted(span, -top),
                quote,
                claim.kind,
                claim.why,
                claim.example,
                claim.confidence,
                fix,
            )
        )
    return checked


def _is_told(claim: Claim, span: Range, known: Known) -> bool:
    """Whether a tool's problem is on the same lines and speaks of the same."""
    return _overlap(span, known.span) and alike(claim.why, known.message)


def alike(one: str, other: str) -> bool:
    """Whether two sentences are about the same: they share a telling topic, or most words of the shorter one."""
    left, right = _words(one), _words(other)
    if _topics(one) & _topics(other):
        return True
    if not left or not right:
        return squeezed(one).lower() == squeezed(other).lower()
    return len(left & right) >= max(min(2, len(left), len(right)), _ALIKE * min(len(left), len(right)))


def _topics(text: str) -> set[str]:
    return {name for name, pattern in _TOPICS.items() if pattern.search(text)}


def _words(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower())} - _SMALL


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s)$", "", word) if len(word) > 4 else word


def _overlap(one: Range, other: Range) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line
