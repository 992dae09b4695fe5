"""Work done once for all who need its result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """The result of `work`, shared by all who ask and remembered until `forget`; a failure is not remembered.

    A caller that is cancelled leaves the work running for the others and for the next one: loading a model and asking
    a password manager must not start anew with every keystroke.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None
        self._outdated: set[asyncio.Task[T]] = set()

    @property
    def result(self) -> T | None:
        """The result, if it is known already."""
        task = self._task
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        return task.result()

    async def get(self) -> T:
        """The result; raises what the work raises."""
        task = self._task
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._task = asyncio.create_task(self._work())
            # Looked at even if every caller was cancelled: asyncio reports failures that nobody looks at.
            task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(task)

    def forget(self) -> None:
        """Do the work anew the next time."""
        if self._task and not self._task.done():
            self._outdated.add(self._task)
            self._task.add_done_callback(self._outdated.discard)
        self._task = None

    async def aclose(self) -> None:
        """Break off what still runs."""
        running = {task for task in (*self._outdated, self._task) if task and not task.done()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
