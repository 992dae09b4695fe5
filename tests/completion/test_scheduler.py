"""One slot: typing before actions before prefetching before warming up, each pre-empting what ranks below."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.backends.base import Priority
from codestral_lsp.completion.scheduler import Scheduler

TYPING, ACTION, PREFETCH, WARM_UP = Priority


class Work:
    """Something that holds a slot until it is done or pre-empted."""

    def __init__(self, scheduler: Scheduler, priority: Priority) -> None:
        self.done = asyncio.Event()
        self.log: list[str] = []
        self.task = asyncio.create_task(self._run(scheduler, priority))

    async def _run(self, scheduler: Scheduler, priority: Priority) -> None:
        async with scheduler.slot(priority, self._preempt):
            self.log.append("began")
            await self.done.wait()
        self.log.append("ended")

    def _preempt(self) -> None:
        self.log.append("pre-empted")
        self.done.set()

    @property
    def state(self) -> str:
        return self.log[-1] if self.log else "waiting"


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@contextmanager
def finishing(*works: Work) -> Iterator[None]:
    yield
    for work in works:
        work.task.cancel()


@pytest.mark.parametrize(
    ("running", "coming", "wins"),
    [
        (WARM_UP, TYPING, True),
        (WARM_UP, PREFETCH, True),
        (PREFETCH, ACTION, True),
        (ACTION, TYPING, True),
        (TYPING, TYPING, True),
        (TYPING, ACTION, False),
        (ACTION, ACTION, False),
        (ACTION, PREFETCH, False),
        (PREFETCH, WARM_UP, False),
    ],
)
async def test_who_goes_first(running: Priority, coming: Priority, wins: bool) -> None:
    scheduler = Scheduler()
    first = Work(scheduler, running)
    await settle()
    second = Work(scheduler, coming)
    await settle()
    with finishing(first, second):
        assert first.log == (["began", "pre-empted", "ended"] if wins else ["began"])
        assert second.state == ("began" if wins else "waiting")
        assert scheduler.busy == (coming if wins else running)


async def test_those_who_wait_are_served_by_rank() -> None:
    scheduler = Scheduler()
    first = Work(scheduler, TYPING)
    await settle()
    waiting = {priority: Work(scheduler, priority) for priority in (WARM_UP, ACTION, PREFETCH)}
    await settle()
    first.done.set()
    for priority in (ACTION, PREFETCH, WARM_UP):
        await settle()
        assert waiting[priority].state == "began"
        waiting[priority].done.set()
    await settle()
    assert scheduler.busy is None


async def test_a_server_with_more_slots_does_more_at_once() -> None:
    scheduler = Scheduler(2)
    works = [Work(scheduler, ACTION) for _ in range(3)]
    await settle()
    with finishing(*works):
        assert [work.state for work in works] == ["began", "began", "waiting"]


async def test_whoever_gives_up_waiting_leaves_the_queue() -> None:
    scheduler = Scheduler()
    first, second, third = (Work(scheduler, ACTION) for _ in range(3))
    await settle()
    second.task.cancel()
    first.done.set()
    await settle()
    assert third.state == "began"
    third.done.set()
    await settle()
    assert scheduler.busy is None


@given(st.lists(st.tuples(st.sampled_from(Priority), st.sampled_from(["come", "end", "cancel", "pass"])), max_size=30))
def test_however_they_come_and_go_one_at_a_time_holds_the_slot(steps: list[tuple[Priority, str]]) -> None:
    async def play() -> None:
        scheduler, works, holding = Scheduler(), list[Work](), 0
        for priority, step in steps:
            if step == "come":
                works.append(Work(scheduler, priority))
            elif works and step == "end":
                works[0].done.set()
            elif works and step == "cancel":
                works[-1].task.cancel()
            await settle()
            holding = sum(work.state in ("began", "pre-empted") and not work.task.done() for work in works)
            assert holding <= 1
            works = [work for work in works if not work.task.done()]
            assert (scheduler.busy is None) == (not works)
        for work in works:
            work.task.cancel()
        await settle()
        assert scheduler.busy is None

    asyncio.run(play())
