"""What is kept of answers, and for how long."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from codestral_lsp.actions import answers
from codestral_lsp.actions.answers import Answer, Answers, digest
from codestral_lsp.backends.base import Message
from codestral_lsp.config.settings import CacheSettings

SAID = Answer("It adds.", "codestral", 120)
SECRET = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"


def question(number: int) -> bytes:
    return digest("ollama/codestral", [Message("user", f"What is {number}?")], 700, None)


async def kept(folder: Path, *given: Answer, settings: CacheSettings | None = None) -> None:
    """Keep answers to the questions 0, 1 …, and close the file."""
    store = Answers(folder, settings)
    for number, answer in enumerate(given):
        store.put(question(number), answer)
    await asyncio.to_thread(store.close)


async def found(folder: Path, count: int, settings: CacheSettings | None = None) -> list[Answer | None]:
    """What a process that starts later finds."""
    store = Answers(folder, settings)
    answers = [await store.find(question(number)) for number in range(count)]
    await asyncio.to_thread(store.close)
    return answers


async def test_an_answer_is_there_for_the_next_process(tmp_path: Path) -> None:
    await kept(tmp_path, SAID, replace(SAID, text="Ça ajoute 🛒 \ud800"))
    first, second = await found(tmp_path, 2)
    assert first == SAID
    assert second is not None
    assert second.text == "Ça ajoute 🛒 ?"


async def test_a_secret_does_not_reach_the_disk(tmp_path: Path) -> None:
    await kept(tmp_path, replace(SAID, text=f"The token is {SECRET}."), SAID)
    assert await found(tmp_path, 2) == [None, SAID]
    assert not any(SECRET.encode() in file.read_bytes() for file in tmp_path.iterdir())


async def test_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_ON_DISK", 2)
    await kept(tmp_path, SAID, SAID, SAID)
    assert await found(tmp_path, 3) == [None, SAID, SAID]


async def test_what_is_too_old_is_forgotten(tmp_path: Path) -> None:
    await kept(tmp_path, SAID)
    with sqlite3.connect(tmp_path / "answers.db") as connection:
        connection.execute("UPDATE answers SET used = ?", (int(time.time()) - 3 * 86400,))
    connection.close()
    store = Answers(tmp_path, CacheSettings(max_age_days=2))
    store.put(question(7), SAID)
    await asyncio.to_thread(store.close)
    assert await found(tmp_path, 1) == [None]


async def test_switched_off_nothing_is_written_and_nothing_read(tmp_path: Path) -> None:
    off = CacheSettings(enabled=False)
    await kept(tmp_path, SAID, settings=off)
    assert not list(tmp_path.iterdir())
    await kept(tmp_path, SAID)
    assert await found(tmp_path, 1, off) == [None]


async def test_a_file_that_is_none_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "answers.db").write_bytes(b"no database " * 1000)
    await kept(tmp_path, SAID)
    assert await found(tmp_path, 1) == [SAID]


def test_the_same_words_to_another_engine_are_another_question() -> None:
    messages = [Message("user", "What is it?")]
    names = {
        digest("ollama/codestral", messages, 700, None),
        digest("mistral/codestral", messages, 700, None),
        digest("ollama/codestral", messages, 500, None),
        digest("ollama/codestral", messages, 700, {"type": "object"}),
        digest("ollama/codestral", messages, 700, None, ("3",)),
        digest("ollama/codestral", [Message("user", "What is"), Message("user", " it?")], 700, None),
    }
    assert len(names) == 6
