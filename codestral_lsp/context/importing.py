"""Inside an import: the names that the file uses, the module has, and nobody has imported yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codestral_lsp.context.place import LONGEST, Place, Snippet, SourceName
from codestral_lsp.context.resolve import passes_on, resolve
from codestral_lsp.context.tags import Import
from codestral_lsp.context.words import WORD
from codestral_lsp.context.workspace import Workspace

_WORTH = 3.0
"""What such a list is worth: nothing else tells as surely what is to be written here."""
_LINES = 40
"""Lines of an import at most, each way from the cursor."""
_MOST_NAMES = 24

_BRACED = r"\bimport\s+(?:type\s+)?(?:\w+\s*,\s*)?\{(?P<names>[\w\s,]*)\Z"
_FROM = r"\A(?P<names>[\w\s,]*)\}\s*from\s*['\"](?P<module>[^'\"\n]+)['\"]"
_SHAPES = {
    "python": (
        r"^[ \t]*from\s+(?P<module>[.\w]+)\s+import\b(?P<names>[ \t]*\(?[\w\s,]*)\Z",
        r"\A(?:(?P<names>[\w\s,]*)\)|)",
    ),
    "rust": (r"^[ \t]*(?:pub\s+)?use\s+(?P<module>\w+(?:::\w+)*)::\{(?P<names>[\w\s,]*)\Z", r"\A(?P<names>[\w\s,]*)\}"),
    **dict.fromkeys(("javascript", "typescript", "tsx", "svelte"), (_BRACED, _FROM)),
}
"""By language: what stands before the cursor inside an import, and after it."""
_WRITTEN = {"python": "from {module} import (\n{names})\n", "rust": "use {module}::{{\n{names}}};\n"}
"""How the import is written; in JavaScript and its kin where nothing is said."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """An import with the cursor among its names."""

    module: str
    listed: frozenset[str]
    """The names it has already."""


def importing(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The import as it will be, once all names are in it that the file uses and the module has."""
    opened = _opened(place)
    if opened is None:
        return
    bound = {each.local for each in workspace.imports(place.path)} | {
        each.name for each in workspace.definitions(place.path) if not each.container
    }
    files = resolve(workspace, place.path, place.language, Import(opened.module, "", ""))
    for path in files[:1]:
        if not isinstance(path, str):
            continue
        has = {each.name for each in workspace.definitions(path) if not each.container}
        has |= {each.name for each in passes_on(workspace, path)}
        missing = sorted(has & place.used.keys() - bound - opened.listed)[:_MOST_NAMES]
        if missing:
            names = "".join(f"    {name},\n" for name in sorted({*opened.listed, *missing}))
            written = _WRITTEN.get(place.language.name, "import {{\n{names}}} from '{module}';\n")
            text = written.format(module=opened.module, names=names)
            yield Snippet(SourceName.DEFINITIONS, path, 0, 0, text, _WORTH)


def _opened(place: Place) -> _Opened | None:
    shapes = _SHAPES.get(place.language.name)
    if shapes is None or place.line >= len(place.lines):
        return None
    above = [line for line in place.lines[max(0, place.line - _LINES) : place.line] if len(line) <= LONGEST]
    rest = place.lines[place.line][place.column :]
    below = "".join([rest, *place.lines[place.line + 1 : place.line + 1 + _LINES]])
    before = re.search(shapes[0], "".join(above) + place.head, re.MULTILINE)
    after = re.search(shapes[1], below)
    if before is None or after is None:
        return None
    named = before.groupdict() | {key: value for key, value in after.groupdict().items() if key == "module"}
    return _Opened(named["module"], frozenset(WORD.findall(f"{before['names']} {after['names'] or ''}")))
