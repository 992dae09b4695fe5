"""What syntax alone says of a piece of code: how it is called, who calls it and what it calls, where it turns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from codestral_lsp.actions.definitions import Lookup, Use
from codestral_lsp.actions.target import Target, TargetKind
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.outline import Contents, contents, definitions, last_name
from codestral_lsp.document.position import Position
from codestral_lsp.document.syntax import Scope, Syntax
from codestral_lsp.document.tree import SyntaxTree

_MOST = 12
"""Entries of a list."""


async def facts(target: Target, syntax: Syntax, lookup: Lookup, path: str) -> str:
    """The facts as Markdown."""
    found = await asyncio.to_thread(_contents, target, syntax)
    uses = await lookup.uses(target.name, target.document) if target.kind is TargetKind.FUNCTION else ()
    where = await lookup.definitions([last_name(call) for call in found.calls], target.document)
    uri = target.document.uri
    known = {each.name: f" – {each.path}, line {each.line + 1}" for each in where}
    own = {scope.name: scope.range.start.line for scope in _own(syntax)}
    known |= {name: f" – [line {line + 1}]({uri}#L{line + 1})" for name, line in own.items()}
    lines = [
        f"`{path}`, lines {target.first + 1}–{target.stop}, {target.stop - target.first} lines",
        "",
        *_signature(target, syntax),
        *_section("Called from", [f"{_link(use)}: `{_code(use.text)}`" for use in _others(uses, target)]),
        *_section("Calls", [f"`{call}`{known.get(last_name(call), '')}" for call in found.calls]),
        *_section(
            "Branches", [f"[line {at.line + 1}]({uri}#L{at.line + 1}): `{_code(at.text)}`" for at in found.branches]
        ),
        *_section("Raises", [f"[line {at.line + 1}]({uri}#L{at.line + 1}): `{_code(at.text)}`" for at in found.raises]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _contents(target: Target, syntax: Syntax) -> Contents:
    return contents(syntax, target.first, target.stop) if isinstance(syntax, SyntaxTree) else Contents()


def _own(syntax: Syntax) -> Sequence[Scope]:
    return definitions(syntax) if isinstance(syntax, SyntaxTree) else ()


def _signature(target: Target, syntax: Syntax) -> list[str]:
    text = target.document.text
    end = Position(target.first, len(text.line(target.first)))
    header = next(
        (
            text.slice(scope.header).strip()
            for scope in syntax.scopes(end)
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS) and scope.range.start.line == target.first
        ),
        "",
    )
    return [f"```{syntax.language.name}", header, "```", ""] if header else []


def _others(uses: Sequence[Use], target: Target) -> list[Use]:
    """The uses outside of the target itself."""
    return [use for use in uses if use.uri != target.document.uri or not target.first <= use.line < target.stop]


def _link(use: Use) -> str:
    return f"[{use.path}, line {use.line + 1}]({use.uri}#L{use.line + 1})"


def _code(text: str) -> str:
    return text.replace("`", "'")


def _section(title: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    more = [f"- … and {len(entries) - _MOST} more"] if len(entries) > _MOST else []
    return [f"**{title}**", "", *(f"- {entry}" for entry in entries[:_MOST]), *more, ""]
