"""Tests of the file at the cursor, or the file that is tested there, found by their names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import PurePath

from codestral_lsp.context.outline import skeleton as heads
from codestral_lsp.context.place import Place, Snippet, SourceName
from codestral_lsp.context.resolve import resolve
from codestral_lsp.context.tags import Import
from codestral_lsp.context.workspace import Workspace

_TEST = re.compile(r"^(?:test_(?P<a>\w+)|(?P<b>\w+?)(?:_test|_spec|Tests?|Spec|\.test|\.spec))$")
_SHAPES = ("test_{}", "{}_test", "{}_spec", "{}Test", "{}Tests", "{}Spec", "{}")
_MOST_HEADS = 40
_MOST_LINES = 14


def tests(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """In a test: the outline of what it tests. Elsewhere: the lines of its tests that use the names near the cursor."""
    stem = re.sub(r"\.\w+$", "", PurePath(place.path).name)
    match = _TEST.match(stem)
    if match is not None:
        subject = match["a"] or match["b"]
        named = _nearest(workspace, place.path, [subject])
        near = _imported_folders(place, workspace) if named else set()
        for path in [path for path in named if not near or os.path.dirname(path) in near][:1]:
            own = [each for each in workspace.definitions(path) if each.kind != "field"][:_MOST_HEADS]
            if own:
                yield Snippet(SourceName.TESTS, path, 0, own[-1].end, heads(own, place.language), 1.2)
        return
    for path in _nearest(workspace, place.path, [shape.format(stem) for shape in _SHAPES])[:1]:
        function = _function_around(place, workspace)
        lines = workspace.lines(path)
        at = next((number for number, line in enumerate(lines) if function and function in line), None)
        if at is not None:
            first = max(0, at - 2)
            text = "".join(lines[first : first + _MOST_LINES])
            yield Snippet(SourceName.TESTS, path, first, first + _MOST_LINES, _ended(text), 0.3)


def _nearest(workspace: Workspace, path: str, stems: list[str]) -> list[str]:
    suffix = PurePath(path).suffix
    found = [
        each
        for stem in stems
        for each in workspace.reader.with_stem(stem)
        if each != path and PurePath(each).suffix == suffix and is_test(each) != is_test(path)
    ]
    mine = PurePath(path).parts
    return sorted(found, key=lambda each: -len(set(PurePath(each).parts) & set(mine)))


def _imported_folders(place: Place, workspace: Workspace) -> set[str]:
    """The folders of what a file imports: what a test tests is there, or nothing says where it is."""
    modules = {imported.module for imported in workspace.imports(place.path)}
    found = (resolve(workspace, place.path, place.language, Import(module, "", "")) for module in modules)
    return {os.path.dirname(each) for files in found for each in files if isinstance(each, str)}


def is_test(path: str) -> bool:
    """Whether a file is a test, by its name."""
    return _TEST.match(re.sub(r"\.\w+$", "", PurePath(path).name)) is not None


def _function_around(place: Place, workspace: Workspace) -> str:
    around = [
        each.name
        for each in workspace.definitions(place.path)
        if each.kind in ("function", "method") and each.line <= place.line < each.end
    ]
    return around[-1] if around else ""


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
