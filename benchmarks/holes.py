"""Holes in real code: places in files from which something is taken away, to be guessed again."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.completers import LANGUAGES
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text
from codestral_lsp.indexing.files import Files
from codestral_lsp.privacy.ignore import IgnoreRules

REPOS = "CODESTRAL_BENCH_REPOS"
"""Environment variable: folders of real code or bare git repositories, separated as in PATH."""
MOST_ROWS = 8
"""Lines that a block's hole has at most, below its first."""


@contextmanager
def repositories() -> Iterator[dict[str, Path]]:
    """The folders to measure on, by name; without any named, the standard library."""
    with tempfile.TemporaryDirectory() as unpacked:
        roots: dict[str, Path] = {}
        for root in [Path(folder).resolve() for folder in os.environ.get(REPOS, "").split(os.pathsep) if folder]:
            if (root / "HEAD").is_file() and (root / "objects").is_dir():
                name = root.name.removesuffix(".git") if root.name != "repo" else root.parent.name
                roots[name] = Path(unpacked) / name
                archive = subprocess.run(["git", "--git-dir", root, "archive", "HEAD"], capture_output=True, check=True)
                with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
                    tar.extractall(roots[name], filter="data")
            else:
                roots[root.name] = root
        yield roots or {"standard library": Path(sysconfig.get_paths()["stdlib"])}


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a file; what stood from there to the line's end, and perhaps on the lines below, is gone."""

    document: Document
    cursor: Position
    truth: tuple[str, ...]
    """What is gone: the rest of the line, then whole lines, without line ends and trailing blanks."""

    @property
    def rest(self) -> str:
        """The rest of the line."""
        return self.truth[0]


class Repository:
    """The code of one repository, read once."""

    def __init__(self, root: Path) -> None:
        settings = WorkspaceIndexSettings()
        stamps = Files(root, IgnoreRules(), settings.max_files, settings.max_file_kb).all()
        self.root = root
        self.texts: dict[Path, Text] = {}
        for name in sorted(stamps):
            if (path := root / name).suffix in LANGUAGES:
                try:
                    self.texts[path] = Text.of(path.read_bytes().decode())
                except UnicodeDecodeError:
                    continue

    def holes(self, count: int, seed: int, *, blocks: bool = False, ends: bool = False) -> Iterator[Hole]:
        """So many: a line that is not blank, chosen evenly, and a place before or in it, chosen evenly.

        With `blocks` the hole goes on over the lines below, as long as they belong to the same block; with `ends` the
        place may be the line's end.
        """
        places = [
            (path, row) for path, text in self.texts.items() for row, line in enumerate(text.lines) if line.strip()
        ]
        chosen = random.Random(seed)
        for path, row in chosen.sample(places, min(count, len(places))):
            text = self.texts[path]
            line = text.line(row).rstrip()
            column = chosen.randrange(_indent(line), len(line) + ends)
            end = row + 1
            while blocks and end < len(text.lines) and end - row <= MOST_ROWS and _belongs(text.line(end), line):
                end += 1
            below = tuple(text.line(each).rstrip() for each in range(row + 1, end))
            lines = [*text.lines[:row], line[:column] + "\n", *text.lines[end:]]
            document = Document(path.as_uri(), LANGUAGES[path.suffix], 1, Text(lines), path)
            yield Hole(document, Position(row, column), (line[column:], *below))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _belongs(line: str, first: str) -> bool:
    return bool(line.strip()) and _indent(line) >= _indent(first)
