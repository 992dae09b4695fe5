"""The benchmarks' own machinery: whoever completes, the same text is typed, and what is counted is right."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from benchmarks.desk import Desk, Item
from benchmarks.llama_vim import LlamaVimCompleter
from benchmarks.made_up import MadeUp
from benchmarks.model import PROFILES, Absent, Aside, Memory, PacedModel
from benchmarks.sessions import Session, retyping
from benchmarks.slot import REUSED_BLOCK, Slot
from benchmarks.traces import Played, play_llama_vim, play_ours, play_plain, reading
from benchmarks.typist import Job, Typist
from codestral_lsp.backends.base import Backend, Piece, Prompt, Sampling, Usage
from codestral_lsp.document.position import Position, Range
from codestral_lsp.prompt.families import CODESTRAL
from tests.completion.scene import ScriptedModel, in_virtual_time
from tests.virtual_time import run

FILE = "def first(alpha, beta):\n    return alpha\n\n\ndef second(alpha):\n    pass\n"
SESSION = Session(
    "small",
    {"a.py": FILE},
    {"a.py": FILE},
    (Job("a.py", 1, 16, " + compute(beta)"), Job("a.py", 5, 4, "first(alpha, 2)", "pass")),
)


class Knowing(ScriptedModel):
    """Knows what will be typed."""

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
        """What is missing of the line; nothing on a blank one."""
        line = prompt.prefix.rpartition("\n")[2]
        wholes = ("    return alpha + compute(beta)", "    first(alpha, 2)")
        rest = next((whole[len(line) :] for whole in wholes if whole.startswith(line) and line.strip()), "")
        yield Piece(rest, logprob=-0.01)
        yield Piece("\n", "stop", Usage(prompt.tokens, 0, 1, 1.0), logprob=-0.01)


class Nobody:
    """Never suggests anything."""

    editor_wait_s = 0.0

    def __init__(self) -> None:
        self.texts: list[str] = []

    def opened(self, path: str, text: str) -> None:
        """Of no interest."""

    def edited(self, path: str, span: Range, text: str) -> None:
        """Keep it."""
        self.texts.append(text)

    def ask(self, path: str, cursor: Position) -> asyncio.Future[Item | None]:
        """Nothing."""
        future: asyncio.Future[Item | None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future

    def accepted(self, item: Item) -> None:
        """Never happens."""


@in_virtual_time
async def test_without_suggestions_every_key_is_typed() -> None:
    nobody = Nobody()
    tally = await Desk(SESSION, nobody, Typist(1), accepts=True).play()
    # The editor types one closing bracket of each pair itself; stepping over it is a key all the same.
    assert tally.keys == len(" + compute(beta)") + len("first(alpha, 2)")
    assert (tally.accepted, tally.ghosts, tally.keys_saved) == (0, 0, 0)
    assert "".join(nobody.texts).count("()") == 2


@pytest.mark.parametrize("accepts", [True, False])
@in_virtual_time
async def test_a_model_that_knows_saves_keys_for_whoever_accepts(tmp_path: Path, accepts: bool) -> None:
    aside = Aside()
    ours = await play_ours(
        SESSION, PacedModel(Knowing(), aside, PROFILES[0]), tmp_path, accepts=accepts, seed=1, settings={}
    )
    model = PacedModel(Knowing(), aside, PROFILES[0])
    plain = await play_plain(SESSION, model, CODESTRAL, debounce_s=0.25, accepts=accepts, seed=1)
    aside.close()
    for played in (ours, plain):
        assert played.tally.ghosts > 0
        assert played.tally.wrong == 0
        assert (played.tally.keys_saved > 0) is accepts
    assert ours.tally.keys + ours.tally.keys_saved == plain.tally.keys + plain.tally.keys_saved


@in_virtual_time
async def test_llama_vims_way_asks_at_nearly_every_key_and_has_one_request_at_a_time() -> None:
    aside = Aside()
    model = PacedModel(Knowing(), aside, PROFILES[0])
    played = await play_llama_vim(SESSION, model, seed=1)
    aside.close()
    assert played.row["requests per 100 keys"] > 20
    assert reading(model, played.tally.keys)["newly read characters per 100 keys"] > 0
    assert played.tally.ghosts > 0


@in_virtual_time
async def test_llama_vims_way_answers_typing_from_memory() -> None:
    aside = Aside()
    completer = LlamaVimCompleter(PacedModel(Knowing(), aside, PROFILES[0]))
    completer.opened("a.py", FILE)
    item = await completer.ask("a.py", Position(1, 16))
    assert item is not None
    assert item.text == " + compute(beta)"
    completer.edited("a.py", Range(Position(1, 16), Position(1, 16)), " + c")
    waiting = completer.ask("a.py", Position(1, 20))
    assert waiting.done()
    typed = waiting.result()
    assert typed is not None
    assert typed.text == "ompute(beta)"
    await completer.end()
    aside.close()


def test_a_slot_reads_what_it_has_not_read_before() -> None:
    slot = Slot()
    assert slot.unread("abcdef") == 6
    slot.holds("abcdef")
    assert slot.unread("abcxyz") == 3
    assert slot.unread("abcdefg") == 1


def test_blocks_that_moved_up_are_not_read_again_where_the_server_moves_them() -> None:
    block = "".join(f"line {number}\n" for number in range(REUSED_BLOCK // 6))
    for moves, unread in ((True, len("new")), (False, len(block) + len("new"))):
        slot = Slot(moves_blocks=moves)
        slot.holds("<p>first\n" + block + "suffix")
        assert slot.unread("<p>" + block + "new") == unread


def test_retyping_goes_from_place_to_place(tmp_path: Path) -> None:
    for number in range(40):
        text = "".join(f"def function_{number}_{line}(alpha):\n    return alpha\n" for line in range(150))
        (tmp_path / f"m{number}.py").write_text(text)
    session = retyping(tmp_path, seed=1, keys=2000, jumps=True)
    assert len(session.jobs) > 10
    assert sum(job.added.startswith("# ") for job in session.jobs) >= 5


def test_pauses_are_the_same_at_the_same_places_whatever_was_typed_before_them() -> None:
    gaps = {place: Typist(1).gap_s(*place) for place in ((0, 0), (0, 1), (1, 0))}
    assert len(set(gaps.values())) == len(gaps)
    typist = Typist(1)
    assert {place: typist.gap_s(*place) for place in reversed(gaps)} == gaps
    assert Typist(2).gap_s(0, 0) != gaps[0, 0]


@in_virtual_time
async def test_a_made_up_model_is_as_often_right_as_it_says() -> None:
    text = "".join(f"value_{number} = compute({number})\n" for number in range(400))
    job = Job("a.py", 0, 0, text)
    model = MadeUp(Session("made up", {"a.py": ""}, {}, (job,)))
    told = right = 0.0
    for number in range(100, 400):
        before = text[: text.index(f"value_{number}")]
        first = await anext(model.stream(Prompt(before, ""), Sampling(max_tokens=5)))
        assert first.logprob is not None
        told += math.exp(first.logprob)
        right += text.startswith(first.text, len(before))
    assert right == pytest.approx(told, rel=0.1)


def test_what_a_model_once_answered_is_played_without_it(tmp_path: Path) -> None:
    aside, memory, info = Aside(), Memory(tmp_path / "answers.sqlite"), asyncio.run(Knowing().describe())
    memory.keep_model(info)
    assert Memory(tmp_path / "answers.sqlite").model() == info

    def played(real: Backend) -> Played:
        model = PacedModel(real, aside, PROFILES[0], memory=memory)
        return run(play_plain(SESSION, model, CODESTRAL, debounce_s=0.25, accepts=True, seed=1))

    absent = Absent(info)
    nothing = played(absent)
    assert (nothing.tally.ghosts, absent.unanswered) == (0, nothing.requests)
    live = played(Knowing())
    absent = Absent(info)
    assert played(absent) == live
    assert absent.unanswered == 0
    aside.close()
