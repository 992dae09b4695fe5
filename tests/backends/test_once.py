"""Work that is done once, whoever waits for it or gives up waiting."""

from __future__ import annotations

import asyncio

import pytest

from codestral_lsp.backends.once import Once


class Work:
    """Counts its runs; ends when it is let."""

    def __init__(self) -> None:
        self.runs = 0
        self.started = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self) -> int:
        self.runs += 1
        self.started.release()
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return self.runs


def known(once: Once[int]) -> int | None:
    return once.result


async def test_all_who_ask_share_one_run_and_its_result_is_kept() -> None:
    work = Work()
    once = Once(work)
    waiting = [asyncio.create_task(once.get()) for _ in range(3)]
    await work.started.acquire()
    assert known(once) is None
    work.gate.set()
    assert await asyncio.gather(*waiting) == [1, 1, 1]
    assert await once.get() == 1
    assert known(once) == 1
    once.forget()
    assert known(once) is None
    assert await once.get() == 2


async def test_a_caller_who_gives_up_does_not_stop_the_work() -> None:
    work = Work()
    once = Once(work)
    impatient = asyncio.create_task(once.get())
    await work.started.acquire()
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    work.gate.set()
    assert await once.get() == 1


async def test_a_failure_reaches_everyone_and_is_not_kept() -> None:
    work = Work()
    work.failure = ValueError("no")
    work.gate.set()
    once = Once(work)
    for found in await asyncio.gather(once.get(), once.get(), return_exceptions=True):
        assert isinstance(found, ValueError)
    assert known(once) is None
    work.failure = None
    assert await once.get() == 2


async def test_closing_breaks_off_what_runs_even_if_it_was_forgotten() -> None:
    work = Work()
    once = Once(work)
    forgotten = asyncio.create_task(once.get())
    await work.started.acquire()
    once.forget()
    current = asyncio.create_task(once.get())
    await work.started.acquire()
    assert work.runs == 2
    await once.aclose()
    for task in (forgotten, current):
        with pytest.raises(asyncio.CancelledError):
            await task
