"""Merges the sources of settings into one tree, and says what it refused and why.

Weakest first: defaults, the user's file, a trusted project's file, the environment, the editor.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from codestral_lsp.config.kinds import Kind
from codestral_lsp.config.settings import Settings
from codestral_lsp.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings from one source, as that source wrote them (names in camelCase, nested)."""

    source: str
    """What the user would call it: a path, `environment`, `editor`."""
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting of the tree: its dotted camelCase path, and what the tree says of it."""

    path: str
    kind: Kind
    doc: str
    default: Any
    env: tuple[str, ...]
    machine: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """The merged tree, where each value that is not a default came from, and the values that were refused."""

    settings: Settings
    sources: Mapping[str, str]
    problems: tuple[SettingsError, ...] = ()


def camel(name: str) -> str:
    """`max_tokens` as users write it: `maxTokens`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _default(entry: Field[Any]) -> Any:
    if entry.default_factory is not MISSING:
        return entry.default_factory()
    return entry.default


def leaves(tree: type = Settings, prefix: str = "") -> Iterator[Leaf]:
    """Every setting, in the tree's order."""
    hints = get_type_hints(tree)
    for entry in fields(tree):
        path = prefix + camel(entry.name)
        if is_dataclass(hints[entry.name]):
            yield from leaves(hints[entry.name], path + ".")
        else:
            meta = entry.metadata
            yield Leaf(path, meta["kind"], meta["doc"], _default(entry), meta["env"], meta["machine"])


def load(layers: Iterable[Layer]) -> Loaded:
    """Merge `layers`, weakest first. Never raises: what is wrong is left out and reported.

    None (`null`) stands for "not set" everywhere.
    """
    known = {leaf.path: leaf for leaf in leaves()}
    sections = {path[: dot.start()] for path in known for dot in re.finditer(r"\.", path)}
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems: list[SettingsError] = []

    def take(layer: Layer, node: Mapping[str, Any], prefix: str) -> None:
        for name, value in node.items():
            path = f"{prefix}{name}"
            if value is None:
                continue
            if path in sections:
                if isinstance(value, Mapping):
                    take(layer, value, path + ".")
                else:
                    problems.append(SettingsError(path, layer.source, "expected a group of settings"))
                continue
            leaf = known.get(path)
            if leaf is None:
                problems.append(_unknown(path, layer.source, [*known, *sections]))
                continue
            try:
                parsed = leaf.kind.parse(value)
            except ValueError as error:
                instead = f"the default is used, {leaf.default!r}" if path not in values else "it is left as it was"
                cure = f"Mend it there; until then {instead}."
                problems.append(SettingsError(path, layer.source, str(error), cure=cure))
                continue
            values[path] = _merged(values.get(path, leaf.default), parsed) if leaf.kind.merges else parsed
            sources[path] = layer.source

    for layer in layers:
        take(layer, layer.values, "")
    return Loaded(_build(Settings, values, ""), sources, tuple(problems))


def _merged(old: Any, new: Any) -> Any:
    if isinstance(new, dict):
        return {**old, **new}
    return (*old, *(item for item in new if item not in old))


def _unknown(path: str, source: str, known: Sequence[str]) -> SettingsError:
    from difflib import get_close_matches

    close = get_close_matches(path, known, 1, 0.75)
    cure = f"Did you mean {close[0]}?" if close else "It is ignored; docs/settings.md lists all settings."
    return SettingsError(path, source, "there is no such setting", cure=cure)


def _build(tree: type, values: Mapping[str, Any], prefix: str) -> Any:
    hints = get_type_hints(tree)
    arguments = {}
    for entry in fields(tree):
        path = prefix + camel(entry.name)
        if is_dataclass(hints[entry.name]):
            arguments[entry.name] = _build(hints[entry.name], values, path + ".")
        elif path in values:
            arguments[entry.name] = values[path]
    return tree(**arguments)


def file_layer(path: Path, *, required: bool = False) -> tuple[Layer, tuple[SettingsError, ...]]:
    """The settings in a TOML file; a missing file is an empty layer unless `required`, a broken one is reported."""
    source = str(path)
    try:
        return Layer(source, _toml(path.read_text("utf-8"))), ()
    except FileNotFoundError:
        if not required:
            return Layer(source, {}), ()
        return Layer(source, {}), (SettingsError("", source, "there is no such file", cure="Check --config."),)
    except (OSError, ValueError) as error:  # no UTF-8 and no TOML are ValueErrors
        problem = f"the file cannot be read: {getattr(error, 'strerror', None) or error}"
        return Layer(source, {}), (SettingsError("", source, problem, cure="Mend or remove the file."),)


def _toml(text: str) -> dict[str, Any]:
    import tomllib  # most users have no file, and the server's start is waited for

    return tomllib.loads(text)


def environment_layer(environ: Mapping[str, str] = os.environ) -> Layer:
    """The settings that environment variables give."""
    values: dict[str, Any] = {}
    for leaf in leaves():
        for variable in leaf.env:
            if text := environ.get(variable, "").strip():
                node = values
                *groups, name = leaf.path.split(".")
                for group in groups:
                    node = node.setdefault(group, {})
                node[name] = ollama_url(text) if variable == "OLLAMA_HOST" else text
    return Layer("environment", values)


def ollama_url(host: str) -> str:
    """What OLLAMA_HOST means to a client: scheme and port may be left out, and 0.0.0.0 is where servers bind."""
    scheme, _, rest = host.rpartition("://")
    name, colon, port = rest.rstrip("/").rpartition(":")
    if not colon or "]" in port:
        name, port = rest.rstrip("/"), {"http": "80", "https": "443"}.get(scheme, "11434")
    if name in ("", "0.0.0.0", "[::]"):  # noqa: S104 - compared with, not bound to
        name = "127.0.0.1"
    return f"{scheme or 'http'}://{name}:{port}"
