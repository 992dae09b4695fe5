"""Fix: a small checked edit for a problem that some tool reports."""

from __future__ import annotations

from dataclasses import dataclass

from codestral_lsp.actions.edits import DocumentEdit
from codestral_lsp.actions.finding import read_claims
from codestral_lsp.actions.fixing import make_fix
from codestral_lsp.actions.json_reply import is_whole, read_json
from codestral_lsp.actions.parts import Parts, Question, ask
from codestral_lsp.actions.placing import place
from codestral_lsp.actions.reading import Audience
from codestral_lsp.actions.target import Target
from codestral_lsp.errors import UselessAnswer

MAX_TOKENS = 500
_TRIES = 2
_SCHEMA = {
    "type": "object",
    "properties": {
        "quote": {"type": "string"},
        "line": {"type": "integer"},
        "why": {"type": "string"},
        "fix": {"type": "string"},
    },
    "required": ["quote", "line", "why", "fix"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Repair:
    """A checked edit, and what the model says of it."""

    edit: DocumentEdit
    why: str
    note: str = ""


async def fix(parts: Parts, target: Target, message: str, line: int, audience: Audience) -> Repair:
    """A repair of the problem that is reported at a line of the document.

    Raises NoChat, BackendError, and UselessAnswer if the model offers nothing that can be used.
    """
    refused = ""
    for _ in range(_TRIES):
        values = {"message": message, "line": str(line - target.first + 1), "refused": refused}
        question = Question("fix", "fix", f"Fixing {target.title}", target, values, MAX_TOKENS)
        answer = await ask(parts, question, schema=_SCHEMA, audience=audience, whole=is_whole)
        claims, _ = read_claims(read_json(answer.said.text))
        if not claims:
            refused = "it was not the JSON that was asked for"
            continue
        span = place(claims[0].quote, claims[0].line, answer.shown)
        if span is None:
            refused = "the quote does not stand there"
            continue
        edit, refused = await make_fix(claims[0].fix, span, target, parts.syntax)
        if edit is not None:
            return Repair(DocumentEdit(target.document, (edit,)), claims[0].why, answer.shown.note)
    raise UselessAnswer(
        f"The model has no usable fix: {refused}.", cure="Try again after a change, or use a stronger chat model."
    )
