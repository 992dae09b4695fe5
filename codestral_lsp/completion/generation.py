"""A running answer. It belongs to the document and not to the request that asked for it.

Editors cancel a request at every key and ask again a moment later. The stream goes on as long as what is typed is
what the answer says, and is closed the moment it is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from codestral_lsp.completion.cache import Answer
from codestral_lsp.completion.place import Place
from codestral_lsp.document.document import Change
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Edit

LINGER_S = 0.15
"""How long a stream outlives the last request for it."""

PATIENCE_S = 3.0
"""When the user types on, an answer that has not begun after so long is not waited for any more: it may never do."""

_CLOSER_OF = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}


class StreamClosed(Exception):
    """The stream was closed before its answer was whole: an edit disagreed, or something more urgent came."""


class Generation:
    """One answer on its way, and what the user has typed of it since it was asked for."""

    def __init__(self, place: Place, cursor: Position, *, follows_edits: bool) -> None:
        self.place = place
        self.answer = Answer(place.head, "", whole=False)
        """What has come so far."""
        self._follows_edits = follows_edits
        self._end = cursor
        """Behind the last character typed of the answer."""
        self._typed = ""
        self._waiting = 0
        self._grown = asyncio.Event()
        self._linger: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._patience: asyncio.TimerHandle | None = None

    def start(self, work: Coroutine[Any, Any, None], on_end: Callable[[], None]) -> None:
        """Run `work`, which streams the answer and hands it to `grew`; `on_end` is called when it ends, however."""
        self._task = asyncio.create_task(work)
        self._patience = asyncio.get_running_loop().call_later(PATIENCE_S, self._lose_patience)

        def ended(task: asyncio.Task[None]) -> None:
            self._grown.set()
            for timer in (self._linger, self._patience):
                if timer is not None:
                    timer.cancel()
            if not task.cancelled():
                task.exception()  # waiters get it; without any, it was reported by the work itself
            on_end()

        self._task.add_done_callback(ended)

    async def shown(self, places: Sequence[Place], *, everything: bool) -> str | None:
        """What to show at a cursor, described from its own line or from lines above, as soon as that can be told.

        None if the answer turns out to be another text. Raises BackendError if there is none, and StreamClosed if the
        stream was closed before.
        """
        assert self._task is not None
        self._waiting += 1
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        try:
            while (text := self._shown(places, everything)) is None and not self._task.done():
                self._grown.clear()
                await self._grown.wait()
        finally:
            self._waiting -= 1
            if not self._waiting and not self._task.done():
                self._linger = asyncio.get_running_loop().call_later(LINGER_S, self.close)
        if text is None and self._task.cancelled():
            raise StreamClosed
        if self._task.done() and not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error
        return text

    def _shown(self, places: Sequence[Place], everything: bool) -> str | None:
        here = (place for place in places if place.key == self.place.key)
        texts = (self.answer.shown_at(place, everything=everything) for place in here)
        return next((text for text in texts if text is not None), None)

    def close(self) -> None:
        """Stop the stream."""
        if self._task is not None:
            self._task.cancel()

    def _lose_patience(self) -> None:
        self._patience = None
        if self._typed and not self.answer.text:
            self.close()

    @property
    def running(self) -> bool:
        """Whether the answer is still on its way."""
        return self._task is not None and not self._task.done()

    def grew(self, answer: Answer) -> bool:
        """The answer so far. False if it turns out not to be what the user has typed meanwhile."""
        self.answer = answer
        self._grown.set()
        return self._agrees(self._typed)

    def covers(self, places: Iterable[Place]) -> bool:
        """Whether a cursor, described from its own line or from lines above, is on its way through this answer.

        As far as can be told yet: what is typed may be ahead of what has come.
        """
        head = self.place.head
        return any(
            place.key == self.place.key and place.head.startswith(head) and self._agrees(place.head[len(head) :])
            for place in places
        )

    def follows(self, change: Change) -> bool:
        """Whether edits only type (or take back) what the answer says. When not, the stream is of no use any more."""
        return self._follows_edits and bool(change.edits) and all(map(self._follow, change.edits))

    def _follow(self, edit: Edit) -> bool:
        inserted = edit.inserted.replace("\r\n", "\n").replace("\r", "\n")
        removed = edit.removed.replace("\r\n", "\n").replace("\r", "\n")
        # A closer that is typed over is replaced by itself.
        if edit.start == self._end and removed in ("", inserted):
            return self._type(edit, inserted)
        if not inserted and edit.old_end == self._end and self._typed.endswith(removed):
            self._typed = self._typed[: -len(removed)]
            self._end = edit.start
            return True
        return False

    def _type(self, edit: Edit, inserted: str) -> bool:
        if not self.answer.text and self._patience is None:
            return False
        if self._agrees(self._typed + inserted):
            self._typed += inserted
            self._end = edit.new_end
            return True
        # An opener whose closer came along: the cursor is between the two.
        if (
            len(inserted) == 2
            and _CLOSER_OF.get(inserted[0]) == inserted[1]
            and self._agrees(self._typed + inserted[0])
        ):
            self._typed += inserted[0]
            self._end = Position(edit.start.line, edit.start.column + 1)
            return True
        # A closer of its own behind the opener just typed, from editors that send it apart.
        return _CLOSER_OF.get(self._typed[-1:]) == inserted

    def _agrees(self, typed: str) -> bool:
        text = self.answer.text
        if self.answer.whole:
            return len(typed) < len(text) and text.startswith(typed)
        return text.startswith(typed) or typed.startswith(text)
