"""What is still there of what was taken, where the file is closed by then, or the editor is."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from codestral_lsp.document.document import Document
from codestral_lsp.document.text import Text
from codestral_lsp.insight.history import History, last
from codestral_lsp.insight.trace import Kept, Trace
from codestral_lsp.insight.unseen import on_disk
from tests.completion.scene import URI, Scene, in_virtual_time

LINE = "return compute(first, second)"
ALL = Kept(27, 27)


async def taken(file: Path) -> tuple[Scene, Trace]:
    """A scene in a file, in which a line has just been taken over and saved."""
    scene = Scene("def total(first, second):\n    █\n")
    scene.model.answer = lambda prompt: f"{LINE}\n"
    scene.document_at_start = replace(scene.document_at_start, path=file)
    await scene.begin()
    await scene.ghost()
    trace = scene.last
    scene.insert(LINE)
    file.write_text(str(scene.document.text), "utf-8")
    return scene, trace


@in_virtual_time
async def test_a_file_that_is_closed_is_looked_at_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    scene, trace = await taken(file)
    scene.store.close(URI)
    await asyncio.sleep(31)
    assert trace.kept == {"30s": {"whole": ALL}}
    file.write_text(f"import os\n\n\ndef total(first, second):\n    {LINE.replace('second', 'third')}\n", "utf-8")
    await asyncio.sleep(600)
    assert trace.kept["10min"] == {"whole": Kept(21, 27)}


@in_virtual_time
async def test_a_file_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    scene, trace = await taken(tmp_path / "x.py")
    scene.store.close(URI)
    (tmp_path / "x.py").unlink()
    await asyncio.sleep(601)
    assert trace.kept == {}


@in_virtual_time
async def test_a_file_that_is_opened_again_is_followed_on(tmp_path: Path) -> None:
    scene, trace = await taken(tmp_path / "x.py")
    text = str(scene.document.text)
    scene.store.close(URI)
    scene.store.open(Document(URI, "python", 1, Text.of(f"# new\n{text}"), tmp_path / "x.py"))
    scene.cursor = replace(scene.cursor, line=2)
    scene.delete(len(LINE) - len("return"))
    await asyncio.sleep(601)
    assert trace.kept == {"30s": {"whole": Kept(6, 27)}, "10min": {"whole": Kept(6, 27)}}


async def closed(file: Path, state: Path) -> None:
    """An editor in which a line was taken, and that was closed before the first look."""
    scene, trace = await taken(file)
    trace.started_s = asyncio.get_running_loop().time()
    history = History(state)
    scene.store.close(URI)
    history.save(scene.traces, trace.started_s)
    history.postpone(await scene.service.unseen())
    history.database.close()
    assert LINE.encode() not in (state / "traces.db").read_bytes()


def later(state: Path, seconds: float) -> Trace:
    """The trace as somebody finds it who opens the history so much later."""
    history = History(state, now_s=lambda: time.time() + seconds)
    found = history.database.now(last, 1)
    history.database.close()
    assert found
    return found[0][1]


@in_virtual_time
async def test_an_editor_that_was_closed_before_the_look(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    await closed(file, tmp_path)
    assert later(tmp_path, 0).kept == {}
    assert later(tmp_path, 100).kept == {"30s": {"whole": ALL}}
    assert later(tmp_path, 700).kept == {"30s": {"whole": ALL}, "10min": {"whole": ALL}}
    assert later(tmp_path, 1400).kept["10min"] == {"whole": ALL}  # and once only


@in_virtual_time
async def test_a_file_that_was_changed_after_the_editor_was_closed_tells_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    await closed(file, tmp_path)
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert later(tmp_path, 700).kept == {}


@in_virtual_time
async def test_what_was_never_saved_is_not_said_to_be_gone(tmp_path: Path) -> None:
    scene, _ = await taken(tmp_path / "x.py")
    (tmp_path / "x.py").write_text("def total(first, second):\n    \n", "utf-8")
    assert await scene.service.unseen() == []


def test_what_is_no_text_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert on_disk(tmp_path / "binary") is None
    assert on_disk(tmp_path) is None
    (tmp_path / "windows").write_bytes("\ufeffa\r\nb".encode())
    assert on_disk(tmp_path / "windows") == "a\r\nb"
