"""What a bug hunt finds: as the model claims it, and as it is once it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from codestral_lsp.document.position import Position, Range

KINDS = (
    "off-by-one",
    "wrong-operator",
    "wrong-variable",
    "swapped-arguments",
    "missing-check",
    "null",
    "type",
    "resource-leak",
    "async",
    "mutable-default",
    "overflow",
    "exception",
    "logic",
    "other",
)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "findings": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {
                    "quote": {"type": "string"},
                    "line": {"type": "integer"},
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "why": {"type": "string"},
                    "input": {"type": "string"},
                    "fix": {"type": "string"},
                    "confidence": {"type": "number"},
                },
                "required": ["quote", "line", "kind", "why", "input", "fix", "confidence"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["findings"],
    "additionalProperties": False,
}
"""What the model is to answer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the model says."""

    quote: str
    line: int | None
    """As the model was shown it: from 1 at the target's first line."""
    kind: str
    why: str
    example: str
    """An input that shows the bug."""
    fix: str
    """The quoted lines as they should be; empty if the model offers nothing."""
    confidence: float


@dataclass(frozen=True, slots=True)
class Fix:
    """A checked replacement. Lines count from the target's first."""

    span: Range
    text: str
    """With the document's own line ends."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim whose quote stands in the text, with a fix that was checked, if there is one.

    Lines count from the first line of the target, so that a finding moves with its function.
    """

    id: str
    span: Range
    quote: str
    """What stands at `span`."""
    kind: str
    why: str
    example: str
    confidence: float
    fix: Fix | None = None

    @property
    def message(self) -> str:
        """In one or two lines, for a list of problems."""
        return self.why + (f"\nFor example: {self.example}" if self.example else "")


def read_claims(answer: Any) -> tuple[list[Claim], int]:
    """The claims in an answer, and how many of its entries are none."""
    entries = answer.get("findings") if isinstance(answer, Mapping) else answer
    if isinstance(answer, Mapping) and entries is None and "quote" in answer:
        entries = [answer]
    if not isinstance(entries, list):
        return [], 0
    claims = [_claim(entry) for entry in entries]
    return [claim for claim in claims if claim is not None], sum(claim is None for claim in claims)


def finding_id(quote: str, why: str) -> str:
    """A name for a finding that stays the same while its place moves."""
    return blake2b(f"{quote}\0{why}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def shifted(span: Range, lines: int) -> Range:
    """A range so many lines further down."""
    return Range(Position(span.start.line + lines, span.start.column), Position(span.end.line + lines, span.end.column))


def _claim(entry: Any) -> Claim | None:
    if not isinstance(entry, Mapping):
        return None
    quote, why = _text(entry.get("quote")), _text(entry.get("why")).strip()
    if not quote.strip() or not why:
        return None
    kind = _text(entry.get("kind")).strip().lower()
    return Claim(
        quote,
        _whole_number(entry.get("line")),
        kind if kind in KINDS else "other",
        " ".join(why.split())[:500],
        " ".join(_text(entry.get("input")).split())[:300],
        _text(entry.get("fix")),
        _share(entry.get("confidence")),
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value if isinstance(value, str) else ""


def _whole_number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _share(value: Any) -> float:
    try:
        share = float(value)
    except (TypeError, ValueError):
        return {"high": 0.9, "medium": 0.6, "low": 0.3}.get(str(value).strip().lower(), 0.5)
    if share > 1:
        share /= 100
    return min(1.0, max(0.0, share)) if share == share else 0.5
