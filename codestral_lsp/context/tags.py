"""What a file defines and imports, read off its tree by the queries in `queries/`, or off its lines' shapes.

The queries are data, one file a language; a language without one goes by its lines, whether it has a grammar or not.
Their captures: the definition's node under its kind (`@function`, `@class`, ...) and its `@name`; `@owner` where a
method names its type itself; `@import` with `@module`, `@member` and `@local` where the import names them, `@all` where
it takes everything; `@javascript` and the like for a piece that is in another language.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from codestral_lsp.document.language import Language, ScopeKind
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.parsing import load

if TYPE_CHECKING:
    from tree_sitter import Node, Query

MAX_DEFINITIONS = 600
"""Definitions kept of one file: the first ones. Generated files have more, and nobody wants to see them."""
MAX_SIGNATURE = 240
"""Characters of a signature."""

_SHARED = {"tsx": "typescript"}
"""Languages that use another one's queries."""
_KINDS = ("class", "impl", "namespace", "type", "function", "method", "field", "constant")
_CONTAINERS = frozenset({"class", "impl"})
_TOPS = ("translation_unit", "source_file")
_MARKS = "\"':"
"""Stand around a name and are not part of it."""
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that a file gives to something. Lines count from 0; `end` is behind the last one."""

    kind: str
    """class, type, namespace, function, method, field or constant; impl for a block of methods of a type."""
    name: str
    container: str
    """What it is a member of; empty at the top of a file or of a namespace."""
    line: int
    end: int
    signature: str
    """Its head without its body, on one line."""


@dataclass(frozen=True, slots=True)
class Import:
    """What a file takes from elsewhere."""

    module: str
    """As it is written."""
    member: str = ""
    """The name that is taken out of the module; empty if it is the module itself, or everything in it."""
    local: str = ""
    """What it is called here; empty where everything in the module is taken over under its own name."""


@dataclass(frozen=True, slots=True)
class FileTags:
    """A file's definitions in the order of their lines, and its imports."""

    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]


def read_tags(text: str, language: Language) -> FileTags:
    """What `text` defines and imports. Holds the interpreter's lock for about 10 ms in 10,000 lines."""
    if language.grammar is None or not _has_query(language):
        return FileTags(tuple(_by_shape(text, language))[:MAX_DEFINITIONS], ())
    from tree_sitter import Parser, QueryCursor

    data = text.encode("utf-8", "replace")
    tree = Parser(load(language.grammar)).parse(data)
    found: dict[int, tuple[str, Node, str, str]] = {}
    imports: list[Import] = []
    inner: list[Definition] = []
    for _, captures in QueryCursor(_query(language)).matches(tree.root_node):
        named = {name: _text(nodes[0], data) for name, nodes in captures.items() if name not in _KINDS}
        if "import" in captures:
            imports.extend(_imports(named, language.name))
        elif "name" not in captures:
            for name, piece in named.items():
                tags = read_tags(piece, language_of(name))
                inner.extend(_lower(tags.definitions, captures[name][0].start_point.row))
                imports.extend(tags.imports)
        else:
            at, kind = captures["name"][0].start_byte, next(kind for kind in _KINDS if kind in captures)
            if at not in found or _KINDS.index(kind) < _KINDS.index(found[at][0]):
                found[at] = (kind, captures[kind][0], named["name"].strip(_MARKS), named.get("owner", ""))
    entries = sorted(found.values(), key=lambda entry: (entry[1].start_byte, -entry[1].end_byte))
    imported = {each.local for each in imports}
    outer = [each for each in _nested(entries, data, language.grammar.bodies) if not _renames(each, imported)]
    definitions = sorted([*outer, *inner], key=lambda each: each.line) if inner else outer
    return FileTags(tuple(definitions)[:MAX_DEFINITIONS], tuple(dict.fromkeys(imports)))


def _lower(definitions: Iterable[Definition], by: int) -> Iterator[Definition]:
    """The definitions, so many lines farther down."""
    return (replace(each, line=each.line + by, end=each.end + by) for each in definitions)


def _renames(definition: Definition, imported: Container[str]) -> bool:
    """Whether a constant is only what an import is called here."""
    return definition.kind == "constant" and not definition.container and definition.name in imported


def has_tags(language: Language) -> bool:
    """Whether anything is known of what files of this language define."""
    return bool(language.headers) or _has_query(language)


@cache
def _has_query(language: Language) -> bool:
    return _queries(language).is_file()


@cache
def _query(language: Language) -> Query:
    from tree_sitter import Query

    assert language.grammar is not None
    return Query(load(language.grammar), _queries(language).read_text("utf-8"))


def _queries(language: Language) -> Traversable:
    return files(__package__) / "queries" / f"{_SHARED.get(language.name, language.name)}.scm"


def _text(node: Node, data: bytes) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _nested(entries: Sequence[tuple[str, Node, str, str]], data: bytes, bodies: Container[str]) -> Iterator[Definition]:
    """The definitions, each with what it is in."""
    around: list[tuple[Node, str]] = []
    seen: set[tuple[str, str]] = set()
    functions: list[int] = []
    for kind, node, name, owner in entries:
        while around and (around[-1][0].end_byte <= node.start_byte or around[-1][0] == node):
            around.pop()
        while functions and functions[-1] <= node.start_byte:
            functions.pop()
        container = owner or (around[-1][1] if around else "")
        if kind == "field" and (container, name) in seen:
            continue
        if kind in ("function", "method"):
            local = bool(functions) and (not around or around[-1][0].end_byte >= functions[-1])
            functions.append(node.end_byte)
            if local:
                continue
            kind = "method" if container and kind == "function" and _is_member(node) else kind
        seen.add((container, name))
        yield Definition(
            kind, name, container, node.start_point.row, node.end_point.row + 1, _signature(node, data, bodies)
        )
        if kind in _CONTAINERS:
            around.append((node, name))


def _is_member(node: Node) -> bool:
    return node.parent is not None and node.parent.type not in _TOPS


def _is_body(node: Node, data: bytes, bodies: Container[str]) -> bool:
    return node.type in bodies and data[node.start_byte : node.start_byte + 1] in (b"{", b"=")


def _signature(node: Node, data: bytes, bodies: Container[str]) -> str:
    """The definition up to its body; where it has none, its first line."""
    body = node.child_by_field_name("body") or next(
        (each for each in node.children if _is_body(each, data, bodies)), None
    )
    if body is None:
        lines = _text(node, data).splitlines()
        text = next((line for line in lines if not line.lstrip().startswith("@")), lines[0] if lines else "")
    else:
        text = data[node.start_byte : body.start_byte].decode("utf-8", "replace").rstrip().removesuffix("=")
    parent = node.parent
    if parent is not None and parent.type == "decorated_definition":
        decorators = (_text(child, data) for child in parent.children if child.type == "decorator")
        text = " ".join(each for each in decorators if "(" not in each) + " " + text
    return _tidy(text)[:MAX_SIGNATURE]


def _tidy(text: str) -> str:
    """A head that is written on several lines, as it is on one."""
    return re.sub(r",? (?=[)\]])", "", re.sub(r"(?<=[(\[]) ", "", _BLANKS.sub(" ", text))).strip()


def _imports(named: dict[str, str], language: str) -> Iterator[Import]:
    module = named["module"]
    if language == "rust":
        yield from _use_tree(module, "::")
        return
    if language == "scala":
        renamed = re.sub(r"\s*=>\s*", " as ", module.removeprefix("import"))
        yield from _use_tree(re.sub(r"\b_\b", "*", renamed), ".")
        return
    member = named.get("member", "")
    local = named.get("local", "") or member
    yield Import(module, member, local if local or "all" in named else _last_name(module))


def _last_name(module: str) -> str:
    """What a module is called where nothing else is said: the last part of its name."""
    return re.split(r"[./\\:]", module.rstrip("/"))[-1] or module


def _use_tree(text: str, separator: str) -> Iterator[Import]:
    """The imports of a Rust `use`: `a::{b, c::{d as e, *}}`; or of Scala's, with points."""
    path: list[str] = []
    depths: list[int] = []
    for part in re.findall(r"[{},*]|\w+(?:\s+as\s+\w+)?", _BLANKS.sub(" ", text)):
        if part == "{":
            depths.append(len(path))
        elif part in ",}":
            if path and (not depths or len(path) > depths[-1]):
                yield _use(path, separator)
            del path[depths[-1] if depths else 0 :]
            if part == "}" and depths:
                depths.pop()
                path.clear() if not depths else path.__delitem__(slice(depths[-1], None))
        else:
            path.append(part)
    if path and not depths:
        yield _use(path, separator)


def _use(path: list[str], separator: str) -> Import:
    last, _, alias = path[-1].partition(" as ")
    module = separator.join(path[:-1])
    if last in ("*", "self"):
        return Import(module, "", path[-2] if last == "self" and len(path) > 1 else "")
    return Import(module, last, alias.strip() or last)


def _by_shape(text: str, language: Language) -> Iterator[Definition]:
    """Definitions by the looks of their first lines, where there is no query; members by their indentation."""
    headers = [
        (header.kind, re.compile(header.pattern)) for header in language.headers if header.kind is not ScopeKind.BLOCK
    ]
    if not headers:
        return
    around: list[tuple[int, str]] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        stripped = line.lstrip()
        if not stripped or len(line) > MAX_SIGNATURE:
            continue
        width = len(line) - len(stripped)
        for kind, pattern in headers:
            match = pattern.match(stripped)
            if match is None or not (name := _named(match)):
                continue
            while around and around[-1][0] >= width:
                around.pop()
            container = around[-1][1] if around else ""
            kind_name = {ScopeKind.CLASS: "class", ScopeKind.NAMESPACE: "namespace"}.get(kind, "function")
            yield Definition(kind_name, name, container, number, number + 1, stripped.rstrip(" {\t"))
            if kind_name == "class":
                around.append((width, name))
            break


def _named(match: re.Match[str]) -> str:
    return next((name for name in match.groupdict().values() if name), "")
