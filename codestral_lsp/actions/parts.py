"""What every action works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from codestral_lsp.actions.answers import digest
from codestral_lsp.actions.definitions import Definition, Lookup
from codestral_lsp.actions.excerpt import Excerpt, all_of, excerpt
from codestral_lsp.actions.grounding import ground, shown, within
from codestral_lsp.actions.reading import Audience, Said
from codestral_lsp.actions.talk import Inquiry, Talk
from codestral_lsp.actions.target import Target
from codestral_lsp.backends.base import Message, Source
from codestral_lsp.completion.engine import Engine
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.errors import PromptTooLong
from codestral_lsp.prompt.chat import ChatPrompts

_CODE_SHARE = 0.7
"""How much of a prompt's room the code itself may take; the rest is for definitions and what the user says."""
_PROMPT_ITSELF = 350
"""Tokens that the prompt's own words take."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The model, the prompts, and who knows the code."""

    talk: Talk
    prompts: ChatPrompts
    syntax: SyntaxKeeper
    lookup: Lookup


@dataclass(frozen=True, slots=True)
class Question:
    """One question about a target. `values` fill the prompt's holes beside the code and its definitions."""

    prompt: str
    kind: str
    """Of the action: for traces and protocols."""
    title: str
    """What the user is told is going on."""
    target: Target
    values: Mapping[str, str]
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said, and what it had been shown."""

    said: Said
    shown: Excerpt
    grounded: tuple[str, ...]
    """The definitions that it was given, as `name (path:line)`."""


async def ask(
    parts: Parts,
    question: Question,
    *,
    schema: dict[str, object] | None = None,
    audience: Audience | None = None,
    whole: Callable[[str], bool] = lambda text: False,
) -> Answer:
    """Ask the model about a target; the same question about unchanged code has its answer at once.

    A prompt that turns out too long is tried once more, smaller. Raises NoChat and BackendError.
    """
    engine = await parts.talk.engine()
    target = question.target
    syntax = await parts.syntax.syntax(target.document)
    path = parts.lookup.shown(target.document)
    used = await ground(target, syntax, parts.lookup, path)

    def asked(code: Excerpt, given: Sequence[Definition]) -> Sequence[Message]:
        values = {
            "code": code.numbered(),
            "definitions": shown(given),
            "kind": target.kind.value,
            "name": target.name or target.title,
            "path": path,
            "language": syntax.language.name,
            **question.values,
        }
        return parts.prompts.messages(question.prompt, values)

    for shrink in (1.0, 0.5):
        seen, given = _within_budget(parts, engine, question, used, shrink)
        # Named by all there is to see: how much of it the model is shown depends on what is known of its speed by now.
        everything = asked(all_of(target), [replace(each, line=0) for each in used])
        where = () if seen.is_whole else (str(target.focus - target.first),)
        try:
            inquiry = Inquiry(
                asked(seen, given),
                question.title,
                question.kind,
                target.document.language,
                question.max_tokens,
                schema,
                (*(Source(path, first + 1, stop) for first, stop in seen.runs), *sources(given)),
                digest(engine.key, everything, question.max_tokens, schema, where),
            )
            said = await parts.talk.ask(engine, inquiry, audience=audience, whole=whole)
        except PromptTooLong:
            if shrink < 1.0:
                raise
            continue
        return Answer(said, seen, tuple(f"{each.name} ({each.path}:{each.line + 1})" for each in given))
    raise AssertionError("the loop returns or raises")


def sources(given: Sequence[Definition]) -> tuple[Source, ...]:
    """Definitions, for the ledger of what was sent."""
    return tuple(Source(each.path, each.line + 1, each.line + len(each.text.splitlines())) for each in given)


def _within_budget(
    parts: Parts, engine: Engine, question: Question, used: Sequence[Definition], shrink: float
) -> tuple[Excerpt, tuple[Definition, ...]]:
    """What the model is shown: the code or a window on it, and as many of the definitions it uses as fit."""
    tokens = engine.counter.line
    said = sum(tokens(line) for value in question.values.values() for line in value.splitlines(keepends=True))
    room = max(200.0, parts.talk.budget(engine, question.max_tokens) * shrink - _PROMPT_ITSELF - said)
    seen = excerpt(question.target, room * _CODE_SHARE, tokens)
    left = room - sum(tokens(line) + 3 for line in seen.plain().splitlines(keepends=True))
    return seen, within(used, left, tokens)
