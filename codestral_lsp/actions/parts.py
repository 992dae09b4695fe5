"""What every action works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from codestral_lsp.actions.definitions import Lookup
from codestral_lsp.actions.excerpt import Excerpt, excerpt
from codestral_lsp.actions.grounding import ground, shown
from codestral_lsp.actions.talk import Audience, Said, Talk
from codestral_lsp.actions.target import Target
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
    fresh: bool = False,
) -> Answer:
    """Ask the model about a target. A prompt that turns out too long is tried once more, smaller.

    Raises NoChat and BackendError.
    """
    engine = await parts.talk.engine()
    for shrink in (1.0, 0.5):
        seen, grounded, values = await _seen(parts, engine, question, shrink)
        messages = parts.prompts.messages(question.prompt, values)
        try:
            said = await parts.talk.ask(
                engine,
                messages,
                title=question.title,
                kind=question.kind,
                language=question.target.document.language,
                max_tokens=question.max_tokens,
                schema=schema,
                audience=audience,
                whole=whole,
                fresh=fresh,
            )
        except PromptTooLong:
            if shrink < 1.0:
                raise
            continue
        return Answer(said, seen, grounded)
    raise AssertionError("the loop returns or raises")


async def _seen(
    parts: Parts, engine: Engine, question: Question, shrink: float
) -> tuple[Excerpt, tuple[str, ...], dict[str, str]]:
    """What the model is shown: the code or a window on it, and the definitions it uses."""
    target = question.target
    tokens = engine.counter.line
    said = sum(tokens(line) for value in question.values.values() for line in value.splitlines(keepends=True))
    room = max(200.0, parts.talk.budget(engine, question.max_tokens) * shrink - _PROMPT_ITSELF - said)
    seen = excerpt(target, room * _CODE_SHARE, tokens)
    left = room - sum(tokens(line) + 3 for line in seen.plain().splitlines(keepends=True))
    path = parts.lookup.shown(target.document)
    syntax = await parts.syntax.syntax(target.document)
    found = await ground(target, syntax, parts.lookup, path, left, tokens)
    values = {
        "code": seen.numbered(),
        "definitions": shown(found),
        "kind": target.kind.value,
        "name": target.name or target.title,
        "path": path,
        "language": syntax.language.name,
        **question.values,
    }
    return seen, tuple(f"{each.name} ({each.path}:{each.line + 1})" for each in found), values
