"""Who may use the model now. Local engines do one thing at a time, completion and chat alike.

Typing goes before explicit actions, actions before prefetching, prefetching before warming up; whatever comes in
pre-empts what ranks below it, and typing also replaces older typing: the user has only one cursor.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from codestral_lsp.backends.base import Priority


@dataclass(eq=False, slots=True)
class _Request:
    priority: Priority
    number: int
    preempt: Callable[[], object]
    turn: asyncio.Future[None]
    preempted: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        """Order of service: by priority; the newest typing first, everything else in order of arrival."""
        return self.priority, -self.number if self.priority is Priority.TYPING else self.number


class Scheduler:
    """The slots of one backend."""

    def __init__(self, slots: int = 1, on_admit: Callable[[Priority], None] = lambda priority: None) -> None:
        """`on_admit` is told what gets a slot."""
        self._slots = max(1, slots)
        self._on_admit = on_admit
        self._running: list[_Request] = []
        self._waiting: list[_Request] = []
        self._count = 0

    @asynccontextmanager
    async def slot(self, priority: Priority, preempt: Callable[[], object]) -> AsyncIterator[None]:
        """Hold a slot for the time of the block.

        `preempt` is called, at most once, when a more urgent request wants the slot; it must make the block end soon
        (close its stream), not wait for it.
        """
        self._count += 1
        request = _Request(priority, self._count, preempt, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        self._admit()
        if request in self._waiting:
            self._preempt_for(request)
        try:
            await request.turn
            yield
        finally:
            (self._waiting if request in self._waiting else self._running).remove(request)
            self._admit()

    @property
    def busy(self) -> Priority | None:
        """The most urgent thing that is being done; None when idle."""
        return min((request.priority for request in self._running), default=None)

    @property
    def acting(self) -> bool:
        """Whether an action holds the last free slot: what is typed then goes without the model, until it is asked."""
        is_full = len(self._running) >= self._slots
        return is_full and any(request.priority is Priority.ACTION for request in self._running)

    def _admit(self) -> None:
        while self._waiting and len(self._running) < self._slots:
            request = min(self._waiting, key=lambda request: request.rank)
            self._waiting.remove(request)
            self._running.append(request)
            self._on_admit(request.priority)
            if not request.turn.done():
                request.turn.set_result(None)

    def _preempt_for(self, request: _Request) -> None:
        victim = max(self._running, key=lambda running: running.rank)
        if request.rank < victim.rank and not victim.preempted:
            victim.preempted = True
            victim.preempt()
