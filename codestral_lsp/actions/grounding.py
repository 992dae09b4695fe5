"""The definitions that a piece of code uses: from its own file by its tree, from elsewhere by name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence

from codestral_lsp.actions.definitions import Definition, Lookup
from codestral_lsp.actions.target import Target
from codestral_lsp.document.outline import contents, definitions
from codestral_lsp.document.syntax import Scope, Syntax
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

_MOST_NAMES = 60
LONGEST = 24
"""Lines of a definition that are shown."""
_IMPORT = re.compile(r"\s*(?:import|from|use|using|require|#\s*include|package)\b|.*\brequire\(")
_COMMON = frozenset(
    ("self", "cls", "this", "super", "None", "null", "undefined", "int", "str", "float", "bool", "string")
)


async def ground(
    target: Target,
    syntax: Syntax,
    lookup: Lookup,
    path: str,
) -> tuple[Definition, ...]:
    """The definitions that the target's code uses, nearest first."""
    if not isinstance(syntax, SyntaxTree):
        return ()
    names, known = await asyncio.to_thread(_in_file, target, syntax, path)
    missing = [name for name in names if name not in known][:_MOST_NAMES]
    found = [known[name] for name in names if name in known]
    found += await lookup.definitions(missing, target.document) if missing else ()
    return tuple(found)


def within(found: Sequence[Definition], budget: float, tokens: Callable[[str], float]) -> tuple[Definition, ...]:
    """The first of these definitions, as many as fit `budget` tokens."""
    kept, spent = [], 0.0
    for definition in found:
        spent += sum(map(tokens, definition.text.splitlines(keepends=True)))
        if spent > budget:
            break
        kept.append(definition)
    return tuple(kept)


def shown(found: Sequence[Definition]) -> str:
    """Definitions as a prompt has them."""
    return "\n\n".join(f"{each.path}, line {each.line + 1}:\n```\n{each.text.rstrip()}\n```" for each in found)


def first_lines(text: Text, scope: Scope) -> str:
    """A definition's text: all of a short one, the beginning of a long one."""
    first, last = scope.range.start.line, scope.range.end.line
    if last - first < LONGEST:
        return "".join(text.lines[first : last + 1]).rstrip()
    body = max(scope.header.end.line + 1, first + LONGEST // 2)
    return "".join(text.lines[first : min(body, last)]).rstrip() + "\n…"


def _in_file(target: Target, tree: SyntaxTree, path: str) -> tuple[list[str], dict[str, Definition]]:
    """The names that the target uses, and what its own file says of them."""
    used = contents(tree, target.first, target.stop).names
    own = [scope for scope in definitions(tree) if _is_outside(scope, target)]
    inside = {scope.name for scope in definitions(tree) if not _is_outside(scope, target)}
    names = [name for name in used if name not in _COMMON and name not in inside and len(name) > 1]
    wanted = set(names)
    known: dict[str, Definition] = {}
    for scope in own:
        if scope.name in wanted:
            text = first_lines(tree.text, scope)
            known.setdefault(scope.name, Definition(scope.name, path, scope.range.start.line, text))
    for name, line in _top_level(tree.text, wanted - set(known), target):
        known.setdefault(name, Definition(name, path, line, tree.text.line(line)))
    return names, known


def _is_outside(scope: Scope, target: Target) -> bool:
    """Whether a scope neither lies in the target nor holds it."""
    return scope.range.end.line < target.first or scope.range.start.line >= target.stop


def _top_level(text: Text, names: set[str], target: Target) -> Iterator[tuple[str, int]]:
    """Lines at the left margin that import a name or give it a value."""
    if not names:
        return
    for number, line in enumerate(text.lines):
        if not line[:1].strip() or len(line) > 300 or target.first <= number < target.stop:
            continue
        head = line if _IMPORT.match(line) else line.partition("=")[0] if "=" in line else ""
        for name in re.findall(r"[^\W\d][\w$]*", head):
            if name in names:
                yield name, number
