"""The program's own folders, and the cache of answers in one of them."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from codestral_lsp.insight.doctor.finding import Finding, Level, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject

_SCARCE = 200 << 20
"""Bytes of free space below which the caches may not be kept any more."""


def check(subject: Subject) -> Iterator[Finding]:
    """Look whether what is to be remembered can be."""
    for name, folder in (("cache", subject.paths.cache), ("state", subject.paths.state)):
        yield _folder(name, folder)
    if subject.settings.cache.enabled:
        yield _cache(subject.paths.cache / "completions.db")
    yield _index(subject)


def _folder(name: str, folder: Path) -> Finding:
    check = f"folder.{name}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        message = f"The {name} folder {folder} cannot be written: {error.strerror or error}."
        cure = _cure(error, name, _blocking(folder))
        return trouble(check, Level.WARNING, "folder", message, cure=cure, folder=str(folder))
    if free < _SCARCE:
        message = f"Only {free >> 20} MB are free where the {name} folder {folder} is."
        return trouble(check, Level.WARNING, "disk-full", message, cure="Free some space.", free=free)
    return fine(check, f"The {name} folder {folder} can be written.", folder=str(folder), free=free)


def _cure(error: OSError, name: str, blocking: Path) -> str:
    """What makes the folder writable; `blocking` is the part of its path where it ends now."""
    if not blocking.is_dir():
        return f"Move what stands in the folder's place: mv {blocking} {blocking}.aside"
    if error.errno == errno.ENOSPC:
        return "Free some space."
    if os.name != "posix":
        return f"Give yourself the right to write into {blocking}."
    if error.errno == errno.EROFS:
        return f"Choose another place: export XDG_{name.upper()}_HOME=/a/folder/of/yours"
    return f'Run: sudo chown -R "$USER" {blocking}'


def _blocking(folder: Path) -> Path:
    """The part of the path that exists."""
    return next((part for part in (folder, *folder.parents) if part.exists()), folder)


def _cache(file: Path) -> Finding:
    if not file.is_file():
        return fine("cache.file", "The cache of answers is empty.", file=str(file))
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                raise sqlite3.DatabaseError(said)
            answers = connection.execute("SELECT count(*) FROM answers").fetchone()[0]
    except sqlite3.Error as error:
        return trouble("cache.file", Level.WARNING, "cache", f"The cache {file} is damaged: {error}.", file=str(file))
    size = file.stat().st_size
    return fine("cache.file", f"The cache holds {answers} answers in {size / 1e6:.1f} MB.", answers=answers, bytes=size)


def _index(subject: Subject) -> Finding:
    if not subject.settings.workspace_index.enabled:
        source = subject.loaded.sources.get("workspaceIndex.enabled", "?")
        message = f"The workspace index is switched off ({source})."
        return trouble("index.files", Level.NOTE, "index", message)
    folder = subject.paths.cache / "index"
    try:
        sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    except OSError as error:
        return trouble("index.files", Level.WARNING, "index", f"The index {folder} cannot be read: {error.strerror}.")
    message = (
        f"The workspace index takes {sum(sizes) / 1e6:.1f} MB in {folder}." if sizes else "Nothing is indexed yet."
    )
    return fine("index.files", message, files=len(sizes), bytes=sum(sizes))
