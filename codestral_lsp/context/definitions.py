"""Definitions of the names near the cursor: what was imported as far as imports can be followed, the rest by name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from codestral_lsp.context.importing import importing
from codestral_lsp.context.outline import outline, skeleton, top_of
from codestral_lsp.context.place import LONGEST, Place, Snippet, SourceName
from codestral_lsp.context.resolve import nearness, passes_on, resolve, together
from codestral_lsp.context.store import Found
from codestral_lsp.context.tags import Definition, Import
from codestral_lsp.context.tests_beside import is_test
from codestral_lsp.context.words import SHORTEST, STOP, WORD
from codestral_lsp.context.workspace import Workspace
from codestral_lsp.document.language import Language
from codestral_lsp.document.languages import language_of

_MOST_NAMES = 48
"""Names that are looked up, the nearest first."""
_TYPED_NAMES = 16
"""Names whose types are looked for in the text."""
_TYPED_ABOVE, _TYPED_BELOW = 400, 40
"""Lines in which they are looked for."""
_BASE = 1.3
"""What a class is worth that the class around the cursor is derived from: its members are meant by `self.`."""
_UNUSED = 0.6
"""What an import is worth that nothing uses yet: it was written for what comes next."""
_IMPORTED = 0.3
"""What any other import is worth, wherever it is used."""
_RECEIVER = 1.5
"""What a name counts that a dot and the cursor follow."""
_DERIVED = 0.7
"""What the class counts that a wanted class is derived from, compared with that one."""
_SECOND = 0.4
"""What counts a class that only a wanted definition's signature names."""
_ELSEWHERE = 0.4
"""What counts a definition in a test for code that is none."""
_CLOSE = 0.5
"""The weight of a name that is close to the cursor."""
_LOOKED_UP = ("class", "type", "function", "constant")
"""What a name may stand for that is nobody's member."""
_SHORT_BODY = 6
"""Lines of a function that are shown whole."""

_MOST_HEAD = 20
"""Lines of a function in which its docstring begins."""
_DOCSTRING = re.compile(r''':[ \t]*\n([ \t]+)[rR]?"""\s*([^\n"]+)''')
_DOTTED = re.compile(r"(\w+)\s*(?:\(\s*\))?\s*(?:\.|->|::|\?\.)\s*\w*$")
_TYPED = (
    r"\b(?P<name>{names})\s*(?::\s*|:?=\s*(?:await\s+|new\s+|&\s*)?)(?:\w+(?:\.|::))*(?P<type>[A-Z]\w+)",
    r"\b(?P<type>[A-Z]\w+)(?:<[^<>\n]*>)?[\s*&]+(?P<name>{names})\s*[=;,):]",
    r"\b(?P<name>{names})\s+[*\[\]]*(?:\w+\.)?(?P<type>[A-Z]\w+)\b",
)
"""How the type of a name is written: `name: Type`, `name = Type(`, `Type name`, `name *Type`."""


def definitions(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """What the names near the cursor stand for, in other files of the workspace."""
    yield from importing(place, workspace)
    by_local = {each.local: each for each in workspace.imports(place.path) if each.local}
    seen: set[tuple[str, int]] = set()
    for name, weight in _wanted(place, workspace, by_local):
        if workspace.late:
            return
        for found, sureness in _of(name, place, workspace, by_local):
            if isinstance(found, str):
                if (found, 0) not in seen:
                    seen.add((found, 0))
                    yield from _module(place, workspace, found, weight * sureness)
                continue
            key = (found.path, found.definition.line)
            if key in seen or found.path == place.path:
                continue
            seen.add(key)
            yield _snippet(found, weight * sureness, place, workspace)
            for second, share in _second(found, place, workspace, seen):
                yield _snippet(second, weight * sureness * share, place, workspace)


def named(names: Sequence[str], place: Place, workspace: Workspace) -> Iterator[tuple[str, Found]]:
    """The likeliest definition of each of these names in another file, if there is one."""
    by_local = {each.local: each for each in workspace.imports(place.path) if each.local}
    for name in names:
        for found, _ in _of(name, place, workspace, by_local):
            if not isinstance(found, str) and found.path != place.path:
                yield name, found
                break


def _wanted(place: Place, workspace: Workspace, imports: Iterable[str]) -> list[tuple[str, float]]:
    """The names to look up, with what they are worth."""
    found = dict(place.near)
    for name in imports:
        found[name] = max(found.get(name, 0.0), _UNUSED if place.used[name] <= 1 else _IMPORTED)
    if match := _DOTTED.search(place.head):
        found[match[1]] = found.get(match[1], 0.0) + _RECEIVER
    nearby = place.lines[max(0, place.line - _TYPED_ABOVE) : place.line + _TYPED_BELOW]
    text = "".join(line for line in nearby if len(line) <= LONGEST)
    nearest = sorted((name for name in place.near if len(name) >= SHORTEST), key=lambda name: -place.near[name])
    for name, kind in _types(nearest[:_TYPED_NAMES], text):
        found[kind] = max(found.get(kind, 0.0), place.near[name])
    own = workspace.definitions(place.path)
    for base in _bases(own, place.line):
        found[base] = max(found.get(base, 0.0), _BASE)
    return sorted(found.items(), key=lambda entry: -entry[1])[:_MOST_NAMES]


def _types(names: Sequence[str], text: str) -> Iterator[tuple[str, str]]:
    """The types that the text gives to these names."""
    either = "|".join(map(re.escape, names))
    for pattern in _TYPED if names else ():
        for match in re.finditer(pattern.format(names=either), text):
            yield match["name"], match["type"]


def _bases(own: Sequence[Definition], line: int) -> Iterable[str]:
    around = [each for each in own if each.kind in ("class", "impl") and each.line <= line < each.end]
    for each in around:
        names = WORD.findall(each.signature)
        yield from (name for name in names if name != each.name and name not in STOP)


def _of(
    name: str, place: Place, workspace: Workspace, imports: Mapping[str, Import]
) -> Iterator[tuple[Found | str, float]]:
    """What a name may stand for, and how surely."""
    if (imported := imports.get(name)) is not None:
        found = resolve(workspace, place.path, place.language, imported)
        for each in found[:2]:
            # Where a file is named like what it defines (Java), that is meant.
            yield next(iter(workspace.defined(each, name, "")), each) if isinstance(each, str) else each, 1.0
        if found:
            return
    candidates = [
        each
        for each in workspace.reader.named(name, languages=together(place.language), kinds=_LOOKED_UP)
        if each.path != place.path
    ]
    if not candidates or len(candidates) > 4:
        return
    folder = os.path.dirname(place.path)
    here = [each for each in candidates if os.path.dirname(each.path) == folder]
    for each in here or sorted(candidates, key=lambda each: -nearness(each.path, place.path)):
        sureness = (0.8 if here else 0.6) / len(here or candidates)
        yield each, sureness * (_ELSEWHERE if is_test(each.path) and not is_test(place.path) else 1.0)


def _snippet(found: Found, score: float, place: Place, workspace: Workspace) -> Snippet:
    """A class as its outline; a short function whole, a longer one as its head."""
    definition, language = found.definition, language_of("", found.path)
    lines = workspace.lines(found.path)[definition.line : definition.end]
    if definition.kind in ("class", "impl", "namespace"):
        text = outline(workspace.definitions(found.path), definition, place.near, place.used, language)
    elif definition.kind in ("function", "method") and len(lines) > _SHORT_BODY:
        text = skeleton([definition], language)
        if doc := _docstring(lines, language):
            text = f"{text.rstrip().removesuffix(' ...')}\n{doc}\n"
    else:
        text = "".join(lines[:_SHORT_BODY]) if lines else skeleton([definition], language)
    text = text if text.endswith("\n") else text + "\n"
    return Snippet(SourceName.DEFINITIONS, found.path, definition.line, definition.end, text, score)


def _docstring(lines: Sequence[str], language: Language) -> str:
    """The first line of what a function says of itself, as a whole comment; empty if it says nothing."""
    if not language.docstrings:
        return ""
    match = _DOCSTRING.search("".join(lines[:_MOST_HEAD]))
    return f'{match[1]}"""{match[2].strip()}"""' if match is not None else ""


def _module(place: Place, workspace: Workspace, path: str, score: float) -> Iterator[Snippet]:
    """What stands at the top of a module that is used by its name."""
    own = [each for each in workspace.definitions(path) if not each.container]
    passed_on = list(passes_on(workspace, path))
    if own or passed_on:
        text = top_of([*own, *passed_on], place.near, place.used, language_of("", path))
        yield Snippet(SourceName.DEFINITIONS, path, 0, own[-1].end if own else 1, text, score)


def _second(
    found: Found, place: Place, workspace: Workspace, seen: set[tuple[str, int]]
) -> Iterator[tuple[Found, float]]:
    """The classes, of the same file or its imports, that a class is derived from, that its members of the names at the
    cursor are of, or that a function gives back; and what each counts."""
    definition = found.definition
    shares: dict[str, float] = {}
    if definition.kind == "class":
        shares |= dict.fromkeys(_classes(definition.signature.partition(definition.name)[2]), _DERIVED)
        for member in workspace.definitions(found.path):
            if member.container == definition.name and place.near.get(member.name, 0.0) >= _CLOSE:
                shares |= dict.fromkeys(_classes(member.signature.partition(member.name)[2]), _SECOND)
    else:
        shares |= dict.fromkeys(_classes(definition.signature.rpartition(")")[2]), _SECOND)
    by_local = {each.local: each for each in workspace.imports(found.path)}
    for name, share in shares.items():
        here = workspace.defined(found.path, name, "")
        if not here and name in by_local:
            language = language_of("", found.path)
            resolved = resolve(workspace, found.path, language, by_local[name])
            here = [each for each in resolved if isinstance(each, Found)]
        for each in here[:1]:
            key = (each.path, each.definition.line)
            if key not in seen and each.path != place.path:
                seen.add(key)
                yield each, share


def _classes(signature: str) -> list[str]:
    return [
        name for name in WORD.findall(signature) if len(name) >= SHORTEST and name not in STOP and name[0].isupper()
    ]
