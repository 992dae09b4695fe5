"""From an import to the file it means, by how languages name modules; a suffix of the path is enough.

Nothing is executed and no build file is read: a workspace is seldom complete, and two files of one name are told
apart by what lies nearer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePath

from codestral_lsp.context.store import INDEX_STEMS, Found, TagReader
from codestral_lsp.context.tags import Definition, Import
from codestral_lsp.context.workspace import Workspace
from codestral_lsp.document.language import Language
from codestral_lsp.document.languages import language_of

MOST_FILES = 12
"""Files of one package that are looked at."""
_HOPS = 3
"""How often a name is followed that a module only passes on."""
_MOST_PASSING = 40
"""Modules looked at for what they pass on."""


@dataclass(frozen=True, slots=True)
class Modules:
    """How a language names modules."""

    separator: str = "/"
    relative: str = r"(?P<up>\.{1,2}/(?:\.\./)*)"
    """Matches the head of a module's name that is relative to the importing file's folder."""
    folders: bool = False
    """Whether a module is a whole folder."""
    extensions: tuple[str, ...] = ()
    """What may stand at the end of a module's name."""


_PATHS = Modules()
_NAMED = Modules(".", r"(?!)")
MODULES = {
    "python": Modules(".", r"(?P<up>\.+)"),
    "javascript": Modules(extensions=(".js", ".mjs", ".cjs", ".jsx")),
    "typescript": Modules(extensions=(".js", ".mjs", ".ts", ".jsx", ".tsx")),
    "tsx": Modules(extensions=(".js", ".ts", ".jsx", ".tsx")),
    "go": Modules(relative=r"(?!)", folders=True),
    "rust": Modules("::", r"(?P<up>(?:super(?:::|$))+|self(?:::|$))"),
    "java": _NAMED,
    "c": Modules(extensions=(".h",)),
    "cpp": Modules(extensions=(".h", ".hpp", ".hh")),
    "csharp": Modules(".", r"(?!)", folders=True),
    "php": Modules("\\", r"(?!)"),
    "ruby": _PATHS,
    "bash": Modules(extensions=(".sh",)),
    "kotlin": _NAMED,
    "scala": _NAMED,
    "lua": _NAMED,
    "zig": Modules(extensions=(".zig",)),
    "svelte": Modules(extensions=(".js", ".ts", ".svelte")),
    "html": Modules(extensions=(".js", ".mjs", ".css")),
    "css": Modules(extensions=(".css",)),
    "terraform": Modules(folders=True),
}
"""By the language's name. In the others, names are all there is to go by."""

_TOGETHER = (
    ("javascript", "typescript", "tsx", "svelte", "html"),
    ("html", "css", "scss", "svelte"),
    ("java", "kotlin", "scala"),
    ("c", "cpp"),
)
"""Languages in which a name may mean what another one of them defines."""


def together(language: Language) -> tuple[str, ...]:
    """The languages whose files may define what a file of this one names."""
    return tuple(
        {language.name: None} | {name: None for group in _TOGETHER if language.name in group for name in group}
    )


def resolve(workspace: Workspace, path: str, language: Language, wanted: Import) -> list[Found] | list[str]:
    """What an import gives: the definitions of its member if it names one and it can be found, else the module's files.

    Empty where it means nothing in this workspace.
    """
    modules = MODULES.get(language.name)
    if modules is None:
        return []
    parts, base = _parts(modules, language.name, path, wanted.module)
    files = _files(workspace, language, parts, base, path)
    if not wanted.member:
        return files
    as_module = [] if modules.folders else _files(workspace, language, [*parts, wanted.member], base, path)
    if as_module and (base is not None or len(parts) > 0) and PurePath(as_module[0]) not in map(PurePath, files):
        whole = len(parts) + 1
        if _agreement(as_module[0], [*parts, wanted.member]) >= min(2, whole):
            return as_module
    found = [each for file in files for each in _passed_on(workspace, file, language, wanted.member, _HOPS)]
    if found or not files:
        return found
    package = os.path.dirname(files[0])
    return [each for each in workspace.reader.named(wanted.member) if each.path.startswith(package + os.sep)]


def _passed_on(workspace: Workspace, file: str, language: Language, name: str, hops: int) -> Iterator[Found]:
    """The definitions of a module's member, wherever they really are."""
    own = workspace.defined(file, name, "")
    if own or not hops:
        yield from own
        return
    modules = MODULES[language.name]
    for each in workspace.imports(file):
        if each.local == name or not each.local:
            parts, base = _parts(modules, language.name, file, each.module)
            for target in _files(workspace, language, parts, base, file)[:2]:
                if target != file:
                    yield from _passed_on(workspace, target, language, each.member or name, hops - 1)


def passes_on(workspace: Workspace, file: str) -> Iterator[Definition]:
    """What a module takes from others and passes on: `from .x import *`, and a package's own imports."""
    language = language_of("", file)
    modules = MODULES.get(language.name)
    waiting, seen = [file], {file}
    while modules is not None and waiting and len(seen) < _MOST_PASSING and not workspace.late:
        path = waiting.pop(0)
        if path != file:
            yield from (each for each in workspace.definitions(path) if not each.container)
        for each in workspace.imports(path):
            if each.member and each.local and path == file and PurePath(file).stem in INDEX_STEMS:
                yield Definition("name", each.local, "", 0, 1, each.local)
            if each.member or each.local:
                continue
            parts, base = _parts(modules, language.name, path, each.module)
            for target in _files(workspace, language, parts, base, path)[:1]:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)


def _parts(modules: Modules, language: str, path: str, module: str) -> tuple[list[str], str | None]:
    """A module's name in parts, and the folder it is relative to, if it is."""
    base: str | None = None
    match = re.match(modules.relative, module)
    if match is not None:
        base, rest = os.path.dirname(path), module[match.end() :]
        for _ in range(_levels(language, path, match["up"])):
            base = os.path.dirname(base)
    else:
        rest = module
    for extension in modules.extensions:
        rest = rest.removesuffix(extension)
    parts = [part for part in rest.split(modules.separator) if part and part != "."]
    if language == "rust" and base is None and parts:
        parts = [*([] if parts[0] == "crate" else [parts[0]]), "src", *parts[1:]]
    return parts, base


def _levels(language: str, path: str, up: str) -> int:
    """How many folders up a relative name goes."""
    if language == "python":
        return len(up) - 1
    if language == "rust":
        stands_for_folder = PurePath(path).stem in INDEX_STEMS
        return up.count("super") - (0 if stands_for_folder else 1)
    return up.count("../")


def _files(workspace: Workspace, language: Language, parts: Sequence[str], base: str | None, near: str) -> list[str]:
    """The files that a module's name may mean, the best first."""
    key = (language.name, base or "", near, *parts)
    if key not in workspace.modules:
        workspace.modules[key] = _found(workspace.reader, language, parts, base, near)
    return workspace.modules[key]


def _found(reader: TagReader, language: Language, parts: Sequence[str], base: str | None, near: str) -> list[str]:
    if MODULES[language.name].folders:
        return _package(reader, parts, near)
    if base is not None:
        target = os.path.normpath(os.path.join(base, *parts))
        stem = os.path.basename(target)
        return [
            path for path in reader.with_stem(stem, together(language)) if _module_path(path) == target and path != near
        ][:2]
    if not parts:
        return []
    scored = [
        (_agreement(path, parts), path) for path in reader.with_stem(parts[-1], together(language)) if path != near
    ]
    most = max((score for score, _ in scored), default=0)
    if most < min(2, len(parts)):
        return []
    best = [path for score, path in scored if score == most]
    return sorted(best, key=lambda path: -nearness(path, near))[:2]


def _package(reader: TagReader, parts: Sequence[str], near: str) -> list[str]:
    """The files of the folder that a package's name ends like."""
    if not parts or (len(parts) == 1 and "." not in parts[0]):
        return []
    folders = reader.folders_named(parts[-1])
    if not folders:
        return []
    best = max(folders, key=lambda folder: (_tail(folder.split(os.sep), parts), nearness(folder, near)))
    return [path for path in reader.in_folder(best) if not path.endswith("_test.go")][:MOST_FILES]


def _module_path(path: str) -> str:
    folder, name = os.path.split(path)
    stem = name.partition(".")[0]
    return folder if stem in INDEX_STEMS else os.path.join(folder, stem)


def _agreement(path: str, parts: Sequence[str]) -> int:
    """How many of a module's last parts the path's end has."""
    return _tail(_module_path(path).split(os.sep), parts)


def _tail(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left.lower().replace("-", "_") != right.lower().replace("-", "_"):
            break
        count += 1
    return count


def nearness(path: str, other: str) -> int:
    """How many folders two paths have in common, from the top."""
    pairs = zip(path.split(os.sep), other.split(os.sep), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
