"""The index: built by a process of its own, kept on disk, brought up to date; never of what is nobody's business."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from codestral_lsp.backends.workspace.catalog import Catalog
from codestral_lsp.backends.workspace.engine import WorkspaceEngine
from codestral_lsp.backends.workspace.segment import SegmentWriter
from codestral_lsp.backends.workspace.update import update
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.errors import IndexingError
from codestral_lsp.indexing.files import Files
from codestral_lsp.indexing.job import Job
from codestral_lsp.privacy.ignore import IgnoreRules
from tests.backends.workspace.conftest import Start, Write, ghost, opened

LINE = "connection = psycopg.connect(settings.database_url, autocommit=True)"
HEAD = "connection = psyc"
REST = LINE.removeprefix(HEAD)

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions and links as POSIX has them")


def said(engine: WorkspaceEngine, head: str = HEAD) -> str:
    """What is said in a file outside of the workspace, however unsure."""
    return ghost(engine, head + "█", bar=0).partition("\n")[0]


def indexed(engine: WorkspaceEngine) -> set[str]:
    """The files that can be found."""
    return {
        name
        for segment in engine.segments
        for number, (name, _, _) in enumerate(segment.files())
        if number not in segment.excluded
    }


def files_of(index_dir: Path, kind: str = "*.segment") -> dict[Path, bytes]:
    """What lies on disk."""
    return {path: path.read_bytes() for path in index_dir.rglob(kind)}


def assert_private(index_dir: Path) -> None:
    """Nobody else may look in."""
    for path in (index_dir, *index_dir.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


async def test_what_stands_in_the_workspace_is_known(workspace: Write, start: Start) -> None:
    engine = await start(workspace({"db/open.py": LINE + "\n", "README.md": "# Read me\n"}))
    assert engine.indexed
    assert indexed(engine) == {"db/open.py", "README.md"}
    assert said(engine) == REST


async def test_not_indexed_where_it_is_switched_off(workspace: Write, start: Start, index_dir: Path) -> None:
    engine = await start(workspace({"a.py": LINE}), WorkspaceIndexSettings(enabled=False))
    assert engine.indexed
    assert said(engine) == ""
    assert files_of(index_dir) == {}
    await engine.configure(WorkspaceIndexSettings())
    await engine.settled()
    assert said(engine) == REST


async def test_limits_are_kept(workspace: Write, start: Start) -> None:
    root = workspace({f"deep/{number}.py": "x = 1\n" for number in range(5)} | {"a.py": "x\n", "big.py": "x\n" * 1000})
    engine = await start(root, WorkspaceIndexSettings(max_files=3, max_file_kb=1))
    assert indexed(engine) == {"a.py", "deep/0.py", "deep/1.py"}


class TestIgnored:
    """What nobody may read."""

    async def test_by_git_by_the_project_by_the_user_and_for_secrets(self, workspace: Write, start: Start) -> None:
        root = workspace(
            {
                ".gitignore": "build/\n*.gen.py\n",
                ".codestralignore": "private/\n",
                "build/a.py": LINE,
                "b.gen.py": LINE,
                "private/c.py": LINE,
                ".env": LINE,
                "sub/id_rsa": LINE,
                "users/d.py": LINE,
                "node_modules/e/e.js": LINE,
                ".hidden/f.py": LINE,
                "seen.py": "x = 1\n",
            }
        )
        engine = await start(root, ignore=("users/",))
        assert indexed(engine) == {".gitignore", ".codestralignore", "seen.py"}
        assert said(engine) == ""

    async def test_what_comes_to_be_ignored_is_forgotten(self, workspace: Write, start: Start, index_dir: Path) -> None:
        root = workspace({"a.py": LINE, "b.py": "x = 1\n"})
        engine = await start(root)
        workspace({".codestralignore": "a.py\n"})
        engine.files_changed([root / ".codestralignore"])
        await engine.settled()
        assert indexed(engine) == {".codestralignore", "b.py"}
        assert not any(b"psycopg" in content for content in files_of(index_dir).values())

    @posix
    async def test_links_are_not_followed(self, workspace: Write, start: Start, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "a.py").write_text(LINE)
        root = workspace({"b.py": "x = 1\n"})
        (root / "folder").symlink_to(outside)
        (root / "file.py").symlink_to(outside / "a.py")
        (root / "loop").symlink_to(root)
        os.mkfifo(root / "pipe.py")
        engine = await start(root)
        engine.files_changed([root / "folder" / "a.py", root / "file.py", outside / "a.py"])
        await engine.settled()
        assert indexed(engine) == {"b.py"}

    async def test_no_text_no_index(self, workspace: Write, start: Start) -> None:
        root = workspace({"a.py": LINE})
        (root / "zero.py").write_bytes(LINE.encode() + b"\0")
        (root / "latin.py").write_bytes("größe = 1".encode("latin-1"))
        (root / "image.png").write_bytes(b"\x89PNG")
        engine = await start(root)
        assert said(engine) == REST
        assert said(engine, "grö") == ""


class TestChanges:
    """The index follows the files."""

    async def test_a_changed_a_new_and_a_deleted_file(self, workspace: Write, start: Start) -> None:
        root = workspace({"a.py": LINE, "b.py": "old = 1\n"})
        engine = await start(root)
        (root / "a.py").unlink()
        workspace({"b.py": "timeout = compute_timeout(retries)\n", "c/d.py": "limit = compute_limit(retries)\n"})
        engine.files_changed([root / "a.py", root / "b.py", root / "c" / "d.py"])
        await engine.settled()
        assert indexed(engine) == {"b.py", "c/d.py"}
        assert said(engine) == ""
        assert said(engine, "timeout = comp") == "ute_timeout(retries)"
        assert said(engine, "limit = comp") == "ute_limit(retries)"

    async def test_a_deleted_and_a_new_folder(self, workspace: Write, start: Start) -> None:
        root = workspace({"old/a.py": LINE, "b.py": "x = 1\n"})
        engine = await start(root)
        (root / "old").rename(root / "new")
        engine.files_changed([root / "old", root / "new"])
        await engine.settled()
        assert indexed(engine) == {"new/a.py", "b.py"}

    async def test_what_git_does_for_itself_wakes_nobody(self, workspace: Write, start: Start) -> None:
        root = workspace({"a.py": LINE, ".git/index": "", "node_modules/b.js": ""})
        engine = await start(root)
        engine.files_changed([root / ".git" / "index", root / "node_modules" / "b.js", root.parent / "c.py"])
        assert not engine.indexing
        engine.files_changed([root / "a.py"])
        assert engine.indexing

    async def test_many_changes_leave_few_segments(self, workspace: Write, start: Start, index_dir: Path) -> None:
        root = workspace({"a.py": "x = 1\n" * 200})
        engine = await start(root)
        for number in range(12):
            workspace({f"{number}.py": f"value_{number} = compute({number})\n"})
            engine.files_changed([root / f"{number}.py"])
            await engine.settled()
        assert len(engine.segments) <= 5
        assert indexed(engine) == {"a.py", *(f"{number}.py" for number in range(12))}
        assert len(files_of(index_dir)) == len(engine.segments)

    async def test_an_open_document_counts_as_it_is_in_the_editor(self, workspace: Write, start: Start) -> None:
        root = workspace({"a.py": LINE + "\n"})
        engine = await start(root)
        opened(engine, "nothing = 1\n", root / "a.py")
        assert said(engine) == ""

    async def test_the_file_at_the_cursor_does_not_count_as_it_is_on_disk(self, workspace: Write, start: Start) -> None:
        root = workspace({"a.py": LINE + "\n"})
        engine = await start(root)
        assert ghost(engine, HEAD + "█", path=root / "a.py", bar=0) == ""
        assert said(engine) == REST

    async def test_other_folders_are_opened_and_closed(self, workspace: Write, start: Start, tmp_path: Path) -> None:
        engine = await start(workspace({"a.py": "x = 1\n"}))
        other = tmp_path / "other"
        other.mkdir()
        (other / "b.py").write_text(LINE)
        await engine.open([tmp_path / "workspace", other])
        await engine.settled()
        assert said(engine) == REST
        await engine.open([tmp_path / "workspace"])
        await engine.settled()
        assert said(engine) == ""


class TestKept:
    """The index outlives the server."""

    async def test_it_is_there_at_the_next_start(self, workspace: Write, start: Start, index_dir: Path) -> None:
        root = workspace({"a.py": LINE})
        await (await start(root)).aclose()
        before = files_of(index_dir)
        engine = await start(root)
        assert said(engine) == REST
        assert files_of(index_dir) == before

    async def test_what_changed_meanwhile_is_seen(self, workspace: Write, start: Start) -> None:
        root = workspace({"a.py": "x = 1\n", "b.py": "y = 2\n"})
        await (await start(root)).aclose()
        workspace({"a.py": LINE})
        (root / "b.py").unlink()
        engine = await start(root)
        assert indexed(engine) == {"a.py"}
        assert said(engine) == REST

    @posix
    async def test_for_this_user_only(self, workspace: Write, start: Start, index_dir: Path) -> None:
        await start(workspace({"a.py": LINE}))
        assert_private(index_dir)

    @pytest.mark.parametrize("damage", [b"", b"codestral index\n", b"\xff" * 4000])
    @pytest.mark.parametrize("kind", ["*.segment", "segments.json"])
    async def test_a_damaged_file_is_set_aside(
        self, workspace: Write, start: Start, index_dir: Path, damage: bytes, kind: str
    ) -> None:
        root = workspace({"a.py": LINE})
        await (await start(root)).aclose()
        (path,) = files_of(index_dir, kind)
        path.write_bytes(damage)
        engine = await start(root)
        assert said(engine) == REST
        assert (path.parent / "damaged").read_bytes() == damage

    async def test_two_servers_share_it(self, workspace: Write, start: Start, index_dir: Path) -> None:
        root = workspace({f"{number}.py": f"value_{number} = 1\n" * 50 for number in range(20)})
        one, two = await asyncio.gather(start(root), start(root))
        workspace({"0.py": LINE})
        for engine in (one, two):
            engine.files_changed([root / "0.py"])
        await asyncio.gather(one.settled(), two.settled())
        assert said(one)
        assert said(one) == said(two)
        assert len(files_of(index_dir)) == len(one.segments)

    @posix
    @pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else False, reason="root may write anywhere")
    async def test_a_home_that_cannot_be_written(
        self, workspace: Write, start: Start, index_dir: Path, errors: list[IndexingError]
    ) -> None:
        index_dir.parent.mkdir(mode=0o500)
        await self._works_without(workspace, start, errors)

    async def test_a_home_that_is_no_folder(
        self, workspace: Write, start: Start, index_dir: Path, errors: list[IndexingError]
    ) -> None:
        index_dir.parent.write_text("in the way")
        await self._works_without(workspace, start, errors)

    async def _works_without(self, workspace: Write, start: Start, errors: list[IndexingError]) -> None:
        root = workspace({"a.py": LINE})
        engine = await start(root)
        assert said(engine) == REST
        workspace({"b.py": "x = 1\n"})
        engine.files_changed([root / "b.py"])
        await engine.settled()
        assert indexed(engine) == {"a.py", "b.py"}
        (error,) = errors
        assert "The workspace index cannot be kept in" in error.cause
        assert error.cure

    def test_a_disk_that_fills_up_leaves_the_old_index(
        self, workspace: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace({"a.py": LINE})
        catalog, files = Catalog(tmp_path / "index", root), Files(root, IgnoreRules(), 100, 100)
        *_, before = update(catalog, files)
        workspace({"b.py": "x = 1\n"})

        def full(self: object, path: Path) -> None:
            path.with_suffix(".1.new").write_bytes(b"half")
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(SegmentWriter, "write", full)
            with pytest.raises(OSError, match="No space"):
                list(update(catalog, files))
        assert catalog.entries() == before
        *_, after = update(catalog, files)
        assert len(after) == 2
        assert not list((tmp_path / "index").rglob("*.new"))


class TestProcess:
    """The process that indexes."""

    async def test_it_is_started_again_when_it_dies(self, workspace: Write, start: Start) -> None:
        root = workspace({"a.py": "x = 1\n"})
        engine = await start(root)
        assert engine.indexer is not None
        os.kill(engine.indexer, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        workspace({"a.py": LINE})
        engine.files_changed([root / "a.py"])
        await engine.settled()
        assert said(engine) == REST

    def test_it_ends_with_whoever_started_it(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", "from codestral_lsp.backends.workspace.indexer import main; main()"],
            stdin=subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0

    def test_it_ends_when_it_has_nothing_to_do(self, workspace: Write, tmp_path: Path) -> None:
        root = workspace({"a.py": LINE})
        program = "from codestral_lsp.indexing import child; child.IDLE_S = 0.2;"
        program += " from codestral_lsp.backends.workspace.indexer import main; main()"
        job = Job(1, str(tmp_path / "index"), (str(root),), (), 100, 100, None)
        with subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(job.as_line())
            process.stdin.flush()
            *_, last = process.stdout.read().splitlines()
            assert last == b'{"job": 1, "finished": true}'
            assert process.wait() == 0

    def test_it_loads_neither_server_nor_parsers(self) -> None:
        program = "import sys; from codestral_lsp.backends.workspace import indexer; print(*sys.modules)"
        loaded = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout.split()
        assert not {"pygls", "lsprotocol", "tree_sitter", "httpx2", "asyncio"} & set(loaded)
