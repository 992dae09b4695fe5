"""A programmer, an editor and a completer, in virtual time: sessions played key by key.

The editor behaves as VS Code does: it sends each edit at once, cancels the request before, asks 50 ms after the last
key, and keeps showing a ghost while what is typed is what it says. The programmer accepts a ghost when all of it is
what they were going to type, once it has stood long enough to be read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from benchmarks.sessions import Session
from benchmarks.typist import Job, Key, Typing, Typist, keys_for
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text

VSCODE_WAIT_S = 0.05
"""How long after the last key VS Code asks."""
READ_S = 0.25
"""How long a ghost must have stood before its reader can decide to take it."""
GLIMPSE_S = 0.1
"""A ghost that stood for less was not seen."""


@dataclass(frozen=True, slots=True)
class Item:
    """A suggestion as the editor has it: `text` in place of a range of the cursor's line."""

    start: Position
    end: Position
    text: str
    number: int = 0


class Completer(Protocol):
    """What answers the editor. Places are in code points (sessions keep to the basic plane)."""

    editor_wait_s: float
    """How long after a key its editor asks it."""

    def opened(self, path: str, text: str) -> None:
        """A document was opened."""
        ...

    def edited(self, path: str, span: Range, text: str) -> None:
        """A document was edited."""
        ...

    def ask(self, path: str, cursor: Position) -> asyncio.Future[Item | None]:
        """Ask for a suggestion; cancelling the future cancels the request."""
        ...

    def accepted(self, item: Item) -> None:
        """A suggestion was taken."""
        ...


@dataclass
class Tally:
    """What came of a session."""

    keys: int = 0
    seconds: float = 0.0
    requests: int = 0
    """What the editor asked the completer."""
    ghosts: int = 0
    """Different ghosts that were seen; one that shrinks as it is typed is one."""
    wrong: int = 0
    """Ghosts seen whose text is not what came."""
    keys_with_ghost: int = 0
    """Keys after which a ghost was seen."""
    accepted: int = 0
    keys_saved: int = 0
    """Keys that accepting spared, less the key it takes."""
    to_ghost_ms: list[float] = field(default_factory=list)
    """From the last key to a ghost that was not there before."""


@dataclass
class _Ghost:
    item: Item
    text: str
    """What is new to the reader."""
    since_s: float
    seen: bool = False


class Desk:
    """Plays a session."""

    def __init__(self, session: Session, completer: Completer, typist: Typist, *, accepts: bool) -> None:
        self.tally = Tally()
        self._session = session
        self._completer = completer
        self._typist = typist
        self._accepts = accepts
        self._texts: dict[str, Text] = {}
        self._path = ""
        self._cursor = Position(0, 0)
        self._typing = Typing("")
        self._ghost: _Ghost | None = None
        self._asking: asyncio.Task[None] | None = None
        self._key_s = 0.0

    async def play(self) -> Tally:
        """Do all the session's jobs."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, job in enumerate(self._session.jobs):
            await self._go(job, self._typist.way_s(number))
            if job.removed:
                await asyncio.sleep(self._typist.gap_s(number, -1))
                end = _behind(self._cursor, job.removed)
                self._edit(Range(self._cursor, end), "")
            self._typing = Typing(job.added)
            while self._typing.coming:
                await asyncio.sleep(self._typist.gap_s(number, self._typing.position))
                self._look()
                if not self._accept():
                    self._type(self._typing.key())
        await asyncio.sleep(1)
        self._look()
        self._stop_asking()
        self.tally.seconds = loop.time() - began
        return self.tally

    async def _go(self, job: Job, way_s: float) -> None:
        await asyncio.sleep(way_s)
        self._look()
        self._ghost = None
        self._stop_asking()
        self._path, self._cursor = job.path, Position(job.line, job.column)
        if job.path not in self._texts:
            self._texts[job.path] = Text.of(self._session.files[job.path])
            self._completer.opened(job.path, self._session.files[job.path])

    # ---- keys

    def _type(self, key: Key) -> None:
        self.tally.keys += 1
        self._key_s = asyncio.get_running_loop().time()
        # Typing over a closer is an edit too: it replaces the mark by itself.
        over = Position(self._cursor.line, self._cursor.column + key.over)
        self._edit(Range(self._cursor, over), key.text, key.behind)
        self._keep_ghost(key)
        self._ask_soon()

    def _edit(self, span: Range, text: str, behind: int | None = None) -> None:
        self._texts[self._path], _ = self._texts[self._path].replace(span, text)
        self._completer.edited(self._path, span, text)
        self._cursor = _behind(span.start, text if behind is None else text[:behind])

    def _accept(self) -> bool:
        """Take the ghost, if it is right and was there long enough."""
        ghost, now = self._ghost, asyncio.get_running_loop().time()
        if not self._accepts or ghost is None or now - ghost.since_s < READ_S or not self._is_right(ghost.text):
            return False
        saved = keys_for(ghost.text) - 1
        if saved < 1:
            return False
        closers = ghost.item.end.column - self._cursor.column
        self._edit(Range(Position(self._cursor.line, ghost.item.start.column), ghost.item.end), ghost.item.text)
        self._typing.accept(ghost.text, closers)
        self._completer.accepted(ghost.item)
        self.tally.keys += 1
        self.tally.accepted += 1
        self.tally.keys_saved += saved
        self._ghost = None
        self._key_s = now
        self._ask_soon()
        return True

    def _is_right(self, ghost: str) -> bool:
        return bool(ghost.strip()) and self._typing.coming.startswith(ghost)

    # ---- ghosts

    def _keep_ghost(self, key: Key) -> None:
        """Editors go on showing a ghost while it is typed."""
        ghost = self._ghost
        if ghost is None:
            return
        typed = key.text[: key.behind]
        if ghost.text.startswith(typed) and len(ghost.text) > len(typed) and "\n" not in typed:
            ghost.text = ghost.text[len(typed) :]
            ghost.item = Item(
                ghost.item.start, Position(ghost.item.end.line, ghost.item.end.column + len(typed)), ghost.item.text
            )
        else:
            self._ghost = None

    def _look(self) -> None:
        """A key is about to be pressed: count what stands on the screen."""
        ghost, now = self._ghost, asyncio.get_running_loop().time()
        if ghost is None or now - max(ghost.since_s, self._key_s) < GLIMPSE_S:
            return
        self.tally.keys_with_ghost += 1
        if not ghost.seen:
            ghost.seen = True
            self.tally.ghosts += 1
            self.tally.wrong += not self._is_right(ghost.text)

    def _ask_soon(self) -> None:
        self._stop_asking()
        self._asking = asyncio.create_task(self._ask())

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _ask(self) -> None:
        await asyncio.sleep(self._completer.editor_wait_s)
        self.tally.requests += 1
        item = await self._completer.ask(self._path, self._cursor)
        head = self._texts[self._path].line(self._cursor.line)[item.start.column : self._cursor.column] if item else ""
        if item is None or not item.text.startswith(head):
            self._ghost = None
            return
        text = item.text[len(head) :]
        if self._ghost is not None and self._ghost.text == text:
            self._ghost.item = item
            return
        now = asyncio.get_running_loop().time()
        if self._ghost is None:
            self.tally.to_ghost_ms.append((now - self._key_s) * 1000)
        self._ghost = _Ghost(item, text, now)


def _behind(start: Position, text: str) -> Position:
    lines = text.split("\n")
    if len(lines) == 1:
        return Position(start.line, start.column + len(text))
    return Position(start.line + len(lines) - 1, len(lines[-1]))


def merged(tallies: list[Tally]) -> Tally:
    """All sessions as one."""
    whole = Tally()
    for tally in tallies:
        for name, value in vars(tally).items():
            setattr(whole, name, getattr(whole, name) + value)
    return whole


def as_row(tally: Tally) -> dict[str, Any]:
    """The figures of a tally."""
    waits = sorted(tally.to_ghost_ms)
    minutes = tally.seconds / 60
    return {
        "keys": tally.keys,
        "ghosts": tally.ghosts,
        "right": tally.ghosts - tally.wrong,
        "wrong": tally.wrong,
        "wrong %": round(100 * tally.wrong / max(1, tally.ghosts), 1),
        "keys with a ghost per 100": round(100 * tally.keys_with_ghost / max(1, tally.keys), 1),
        "accepted": tally.accepted,
        "characters kept per 100 keys": round(100 * tally.keys_saved / max(1, tally.keys), 1),
        "characters saved per minute": round(tally.keys_saved / max(minutes, 0.01), 2),
        "key to ghost p50 ms": round(waits[len(waits) // 2]) if waits else None,
        "key to ghost p90 ms": round(waits[int(len(waits) * 0.9)]) if waits else None,
    }
