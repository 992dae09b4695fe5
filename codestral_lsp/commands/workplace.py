"""What the subcommands that look at a file share: the file, its project, and an engine to ask."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codestral_lsp.actions.target import Target
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.document.document import Document
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.errors import UsageError
from codestral_lsp.server.app import App

_ROOT_MARKS = (".git", ".hg", "pyproject.toml", "package.json", "go.mod", "Cargo.toml", "pom.xml", ".codestral.toml")
_LOOKED_AT = 8192
"""Bytes of a file in which a NUL gives away that it is no text."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A file on the command line, and perhaps a line of it (from 0)."""

    file: Path
    line: int | None

    def cursor(self, document: Document) -> Range:
        """The first character of the line that is no blank. Raises UsageError if there is no such line."""
        line = self.line or 0
        if line >= len(document.text.lines):
            raise UsageError(f"{self.file} has no line {line + 1}.", cure=f"It has {len(document.text.lines)} lines.")
        content = document.text.line(line)
        place = Position(line, len(content) - len(content.lstrip()))
        return Range(place, place)


def spot(place: str, *, needs_line: bool = False) -> Spot:
    """FILE:LINE or, unless a line is needed, FILE. Raises UsageError for anything else."""
    name, colon, number = place.rpartition(":")
    if colon and number.isascii() and number.isdigit() and int(number):
        return Spot(Path(name), int(number) - 1)
    if needs_line:
        raise UsageError(f"{place!r} is not a place.", cure="Write FILE:LINE, the line from 1.")
    return Spot(Path(place), None)


def read_document(file: Path) -> Document:
    """A file as a document. Raises UsageError if it is no text file that can be read."""
    path = file.resolve()
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{file} is no file.", cure="Check the path.")
        content = path.read_bytes()
        text = Text.of(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not a UTF-8 text file.", cure="Convert it, or choose another.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", cure="Check the path.") from None
    if b"\0" in content[:_LOOKED_AT]:
        raise UsageError(f"{file} is a binary file.", cure="Choose a text file.")
    language = language_of("", path)
    return Document(path.as_uri(), language.ids[0] if language.ids else "plaintext", 1, text, path)


def project_of(file: Path) -> tuple[Path, ...]:
    """The folder of the file's project; none if it is in none: a lone file's folder may be a whole home."""
    marked = (folder for folder in file.parents if any((folder / mark).exists() for mark in _ROOT_MARKS))
    return tuple(itertools.islice(marked, 1))


def target_as_json(target: Target) -> dict[str, Any]:
    """A target as `--json` has it; lines from 1."""
    return {"kind": target.kind.value, "name": target.name, "first": target.first + 1, "last": target.stop}


@asynccontextmanager
async def work_on(document: Document, config: Path | None) -> AsyncIterator[App]:
    """The server's parts with one document open and the engine that the settings choose, until the block ends."""
    assert document.path is not None
    app = App(UserPaths.default(config))
    app.roots = project_of(document.path)
    app.begin()
    try:
        await app.reload()
        if not app.ignore.allows(document.path):
            raise UsageError(
                f"{document.path.name} is ignored: it is never sent to a model.",
                cure="See the setting privacy.ignore, .gitignore and .codestralignore.",
            )
        app.engines.choose(app.settings)
        await app.actions.open(app.roots)
        app.documents.open(document)
        yield app
    finally:
        await app.aclose()
