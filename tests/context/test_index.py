"""The index on disk: what is in it, and that it follows the files."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.context.indexer import Indexer
from codestral_lsp.context.store import TagReader, index_file
from codestral_lsp.indexing.background import Background
from codestral_lsp.indexing.job import Job
from codestral_lsp.privacy.ignore import IgnoreRules


class Reader(TagReader):
    """Closes its files when the test drops it."""

    def __del__(self) -> None:
        self.close()


class Heard:
    """What a process says of its work."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def heard(self, said: dict[str, Any]) -> None:
        self.said.append(said)

    def failed(self, why: str) -> None:
        self.said.append("failed")

    def gave_up(self) -> None:
        self.said.append("gave up")


def scan(root: Path, *, most: int = 1000, changed: tuple[str, ...] | None = None) -> TagReader:
    """Index a folder; the reader of what came of it."""
    index_dir = root.parent / "index"
    indexer = Indexer(root, Job(1, str(index_dir), (str(root),), (), most, 512, changed), IgnoreRules())
    if changed is None:
        indexer.scan()
    else:
        indexer.changed(changed)
    indexer.close()
    return Reader([index_file(index_dir, root)])


def names(reader: TagReader, path: Path) -> list[str]:
    return [each.name for each in reader.defined_in(str(path))]


def test_it_follows_the_files(tmp_path: Path) -> None:
    root = tmp_path / "house"
    root.mkdir()
    (root / "a.py").write_text("def one(): ...\n")
    (root / "b.py").write_text("def two(): ...\n")
    assert scan(root).size == 2
    (root / "a.py").write_text("def three(): ...\ndef four(): ...\n")
    (root / "b.py").unlink()
    reader = scan(root, changed=(str(root / "a.py"), str(root / "b.py")))
    assert names(reader, root / "a.py") == ["three", "four"]
    assert reader.named("two") == []
    assert reader.named("one") == []
    assert reader.size == 1


def test_what_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    root = tmp_path / "house"
    root.mkdir()
    file = root / "a.py"
    file.write_text("def one(): ...\n")
    scan(root)
    stamp = file.stat()
    file.write_text("def two(): ...\n")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert names(scan(root), file) == ["one"], "time and size are as they were"


def test_ignored_files_and_secrets_are_not_in_it(tmp_path: Path) -> None:
    root = tmp_path / "house"
    (root / ".git").mkdir(parents=True)
    (root / "private").mkdir()
    (root / ".gitignore").write_text("private/\n")
    (root / ".codestralignore").write_text("mine.py\n")
    for name in ("private/a.py", "mine.py", "ours.py"):
        (root / name).write_text("def one(): ...\n")
    reader = scan(root)
    assert [each.path for each in reader.named("one")] == [str(root / "ours.py")]
    scan(root, changed=(str(root / "private/a.py"), str(root / "mine.py")))
    assert reader.size == 1


def test_it_is_bounded(tmp_path: Path) -> None:
    root = tmp_path / "house"
    (root / "deep").mkdir(parents=True)
    for number in range(6):
        (root / "deep" / f"{number}.py").write_text("x = 1\n")
    (root / "top.py").write_text("def top(): ...\n")
    (root / "big.py").write_text("y = 1\n" * 100_000)
    reader = scan(root, most=4)
    assert reader.size == 4
    assert reader.named("top"), "outer folders come first"
    assert names(reader, root / "big.py") == []


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    root = tmp_path / "house"
    root.mkdir()
    (root / "a.py").write_text("def one(): ...\n")
    file = index_file(tmp_path / "index", root)
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 100)
    assert scan(root).size == 1


def test_a_process_of_its_own_keeps_it(tmp_path: Path) -> None:
    root = tmp_path / "house"
    root.mkdir()
    (root / "a.py").write_text("def one(): ...\n")

    async def work() -> tuple[list[str], list[str]]:
        index = Background("codestral_lsp.context.indexer", tmp_path / "index", heard)
        index.look([root], ["*.pyi"], WorkspaceIndexSettings())
        await index.settled()
        reader = Reader([index_file(index.folder, root)])
        before = names(reader, root / "a.py")
        (root / "b.py").write_text("def two(): ...\n")
        (root / "c.pyi").write_text("def three(): ...\n")
        index.changed([root / "b.py", root / "c.pyi"])
        await index.settled()
        await index.aclose()
        return before, [found.definition.name for name in ("two", "three") for found in reader.named(name)]

    heard = Heard()
    assert asyncio.run(work()) == (["one"], ["two"])
    assert heard.said == [{"job": 1, "root": str(root), "files": 1}, {"job": 2, "root": str(root), "files": 2}]


def test_without_a_home_it_says_so(tmp_path: Path) -> None:
    root = tmp_path / "house"
    root.mkdir()
    (root / "a.py").write_text("def one(): ...\n")
    (tmp_path / "index").write_text("a file where a folder should be")

    async def work() -> None:
        index = Background("codestral_lsp.context.indexer", tmp_path / "index", heard)
        index.look([root], [], WorkspaceIndexSettings())
        await index.settled()
        await index.aclose()

    heard = Heard()
    asyncio.run(work())
    assert heard.said == ["failed"]


def test_a_process_that_dies_over_its_work_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "breaks.py").write_text("def main():\n    input()\n    raise SystemExit(1)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def work() -> bool:
        index = Background("breaks", tmp_path / "index", heard)
        index.look([tmp_path], [], WorkspaceIndexSettings())
        await index.settled()
        await index.aclose()
        return index.complete

    heard = Heard()
    assert asyncio.run(work())
    assert heard.said == ["gave up"]


DIES_OF_SOME = """
import os, signal
from codestral_lsp.context import indexer
read = indexer.read_tags
def read_tags(text, language):
    if "deadly" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    return read(text, language)
indexer.read_tags = read_tags
main = indexer.main
"""


@pytest.mark.skipif(sys.platform == "win32", reason="dies as POSIX has it")
def test_files_of_which_a_parser_dies_are_left_out_and_the_others_are_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when there are more of them than deaths of unknown cause are allowed; they are not tried again either."""
    (tmp_path / "dies_of_some.py").write_text(DIES_OF_SOME)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    root = tmp_path / "house"
    root.mkdir()
    for number in range(12):
        (root / f"m{number:02}.py").write_text(f"def name{number}(): {'deadly' if number % 2 else '...'}\n")

    async def work() -> bool:
        index = Background("dies_of_some", tmp_path / "index", heard)
        index.look([root], [], WorkspaceIndexSettings())
        await index.settled()
        (root / "late.py").write_text("def late(): ...\n")
        index.changed([root / "late.py"])
        await index.settled()
        await index.aclose()
        return index.complete

    heard = Heard()
    assert asyncio.run(work())
    assert "gave up" not in heard.said
    reader = Reader([index_file(tmp_path / "index", root)])
    found = {name for name in [*(f"name{number}" for number in range(12)), "late"] if reader.named(name)}
    assert found == {*(f"name{number}" for number in range(0, 12, 2)), "late"}
    parsed: list[str] = []
    job = Job(1, str(tmp_path / "index"), (str(root),), (), 1000, 512, None)
    with closing(Indexer(root, job, IgnoreRules(), parsed.append)) as another_time:
        another_time.scan()
    assert parsed == []
