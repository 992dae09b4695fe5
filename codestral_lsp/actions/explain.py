"""Explain: what a piece of code is for and how it works, as Markdown, streamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codestral_lsp.actions.facts import facts
from codestral_lsp.actions.markdown import harmless, with_line_links
from codestral_lsp.actions.parts import Answer, Parts, Question, ask
from codestral_lsp.actions.reading import Audience, Said
from codestral_lsp.actions.target import Target
from codestral_lsp.errors import NoChat

MAX_TOKENS = 700


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is shown. `said` is None where no model was asked."""

    markdown: str
    said: Said | None
    note: str = ""
    """What the user should know of how it came about: code left out, an answer cut off."""
    grounded: tuple[str, ...] = ()


class _Rendered:
    """Hands the answer on as a document: with a heading, harmless, with links."""

    def __init__(self, audience: Audience, render: Callable[[str], str]) -> None:
        self._audience = audience
        self._render = render

    def heard(self, text: str) -> None:
        self._audience.heard(self._render(text))

    def waits(self, why: str) -> None:
        self._audience.waits(why)


async def explain(
    parts: Parts, target: Target, audience: Audience, *, instruction: str = "", previous: str = ""
) -> Explanation:
    """Explain a target; with an `instruction`, answer that about it (`previous` is what was said of it before).

    Without a model to ask: what syntax alone says, and how to get one. Raises BackendError.
    """
    syntax = await parts.syntax.syntax(target.document)
    heading = f"# {target.title}\n\n"
    question = Question(
        "explain",
        "explain",
        f"Explaining {target.title}",
        target,
        {
            "instruction": instruction,
            "previous": previous if instruction else "",
            "question": "" if instruction else "yes",
        },
        MAX_TOKENS,
    )
    try:
        await parts.talk.engine()
    except NoChat as error:
        known = await facts(target, syntax, parts.lookup, parts.lookup.shown(target.document))
        markdown = f"{heading}> {error.message}\n\nWhat the code's syntax says:\n\n{known}"
        audience.heard(markdown)
        return Explanation(markdown, None, error.message)
    answer = await ask(parts, question, audience=_Rendered(audience, lambda text: heading + harmless(text)))
    explanation = _explanation(heading, answer)
    audience.heard(explanation.markdown)
    return explanation


def _explanation(heading: str, answer: Answer) -> Explanation:
    notes = [answer.shown.note] if answer.shown.note else []
    if answer.said.cut:
        notes.append(f"The model was cut off: {answer.said.cut}.")
    if not answer.said.text.strip():
        notes.append("The model said nothing.")
    note = " ".join(notes)
    body = with_line_links(harmless(answer.said.text.strip()), answer.shown)
    markdown = f"{heading}{body}\n" + (f"\n> {note}\n" if note else "")
    return Explanation(markdown, answer.said, note, answer.grounded)
