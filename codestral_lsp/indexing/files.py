"""Which files of a workspace folder are indexed, and their content."""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from codestral_lsp.privacy.ignore import IgnoreRules

Stamp = tuple[int, int]
"""Modification time in ns, and size in bytes: when both are as they were, the file is."""

_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "bower_components"})
_ENDINGS = (
    ".png .jpg .jpeg .gif .bmp .ico .webp .svg .pdf .zip .gz .tgz .bz2 .xz .zst .7z .tar .jar .war .whl .egg .exe .dll"
    " .so .dylib .a .o .obj .lib .class .pyc .pyo .wasm .woff .woff2 .ttf .otf .eot .mp3 .mp4 .wav .ogg .webm .mov .avi"
    " .db .sqlite .sqlite3 .bin .dat .pkl .npy .npz .parquet .onnx .pt .gguf .safetensors .csv .tsv .lock .map .po .mo"
    " .min.js .min.css .log .geojson .ipynb .snap .patch .diff package-lock.json go.sum"
)
_NO_CODE = tuple(_ENDINGS.split())
"""How the names of files end that hold no code that people wrote."""


class Files:
    """The files of one workspace folder. Names are relative to it, with slashes.

    Left out are what the ignore rules refuse, symbolic links, hidden folders, large files, and more than so many.
    """

    def __init__(self, root: Path, rules: IgnoreRules, max_files: int, max_file_kb: int) -> None:
        self._root = root
        self._rules = rules
        self._max_files = max_files
        self._max_bytes = max_file_kb << 10

    def all(self) -> dict[str, Stamp]:
        """All of them, those in outer folders first."""
        found: dict[str, Stamp] = {}
        folders = deque([""])
        while folders and len(found) < self._max_files:
            folder = folders.popleft()
            try:
                entries = sorted(os.scandir(self._root / folder), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                name = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if self._enters(name):
                        folders.append(f"{name}/")
                elif len(found) < self._max_files and (stamp := self.stamp(name)):
                    found[name] = stamp
        return found

    def stamp(self, name: str) -> Stamp | None:
        """A file's stamp, whatever folder it lies in; None if it is none to be indexed."""
        path = self._root / name
        try:
            status = os.lstat(path)
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode) or status.st_size > self._max_bytes or "\n" in name:
            return None
        if name.lower().endswith(_NO_CODE) or not self._rules.allows(path):
            return None
        return status.st_mtime_ns, status.st_size

    def is_folder(self, name: str) -> bool:
        """Whether it is no file but a folder."""
        return os.path.isdir(self._root / name)

    def reaches(self, name: str) -> bool:
        """Whether the folder of a file is one that is looked into."""
        *folders, _ = name.split("/")
        return all(
            self._enters(folder) and not os.path.islink(self._root / folder)
            for folder in ("/".join(folders[: end + 1]) for end in range(len(folders)))
        )

    def read(self, name: str) -> bytes | None:
        """A file's content, its secrets blotted out; empty if it is no text, None if it cannot be read."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(self._root / name, flags), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return None
                content = file.read(self._max_bytes)
        except OSError:
            return None
        content = content.removeprefix(b"\xef\xbb\xbf")
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return b""
        return b"" if b"\0" in content else _without_secrets(text)

    def _enters(self, folder: str) -> bool:
        return not _is_skipped(folder.rpartition("/")[2]) and self._rules.enters(self._root / folder)


def _without_secrets(text: str) -> bytes:
    """The text with other letters for each secret: an index lives longer than a line that was written by mistake."""
    from codestral_lsp.privacy.secrets import find_secrets  # slow to import

    parts, end = [], 0
    for secret in find_secrets(text):
        hidden = text[secret.start : secret.end].encode()
        parts += [text[end : secret.start].encode(), re.sub(rb"\S", b"x", hidden)]
        end = secret.end
    return b"".join([*parts, text[end:].encode()])


def concerns(root: Path, path: Path) -> bool:
    """Whether a file, or folder, may be one of those in `root` that are indexed, going by its path alone."""
    return path.is_relative_to(root) and not any(map(_is_skipped, path.relative_to(root).parts[:-1]))


def _is_skipped(folder: str) -> bool:
    return folder.startswith(".") or folder in _SKIPPED_FOLDERS


def names_in(root: Path, paths: Iterable[str]) -> list[str]:
    """Those of `paths` that lie in `root`, as names in it."""
    return [
        path.relative_to(root).as_posix() for path in map(Path, paths) if path != root and path.is_relative_to(root)
    ]
