"""llama.vim's way to ask, replayed from a description of it, for comparing what a keystroke costs.

What is replayed is when it asks and for what: at every move of the cursor, no debounce, one request in flight and a
look every 100 ms whether the next may go; 256 lines before and 64 behind the cursor, the line's beginning behind the
middle token; answers kept under four hashes and looked up 128 characters back; the next request at once, as if what
is shown were accepted; chunks of 64 lines gathered at jumps, sent ahead of the file and read in when nothing happens
for 3 s. Its server moves blocks in its cache (`--cache-reuse 256`), which is in its favour and counted so.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from contextlib import aclosing
from difflib import SequenceMatcher

from benchmarks.desk import Item
from benchmarks.model import PacedModel
from codestral_lsp.backends.base import Prompt, Sampling, Segment
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text

PREFIX_LINES, SUFFIX_LINES = 256, 64
MOST_BEHIND = 8
"""Characters behind the cursor at which it does not ask by itself."""
FIRST_S, FOLLOW_UP_S, RETRY_S = 0.25, 1.0, 0.1
MOST_TOKENS = 128
LOOK_BACK = 128
REMEMBERED = 250
HEAD_LINES = 3
CHUNKS, CHUNK_LINES = 16, 64
FAR_LINES = 32
IDLE_S = 3.0
SAME = 0.9

_Key = tuple[str, str, str]
_Place = tuple[str, str, str]


class LlamaVimCompleter:
    """Asks as llama.vim asks."""

    editor_wait_s = 0.0

    def __init__(self, model: PacedModel) -> None:
        self._model = model
        self._texts: dict[str, Text] = {}
        self._answers: OrderedDict[_Key, str] = OrderedDict()
        self._busy = False
        self._at: tuple[str, Position] | None = None
        self._waiting: asyncio.Future[Item | None] | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ring: deque[str] = deque(maxlen=CHUNKS)
        self._queue: deque[str] = deque(maxlen=CHUNKS)
        self._idle: asyncio.TimerHandle | None = None

    # ---- what the editor tells

    def opened(self, path: str, text: str) -> None:
        """Keep the document."""
        self._texts[path] = Text.of(text)

    def edited(self, path: str, span: Range, text: str) -> None:
        """Keep the edit."""
        self._texts[path], _ = self._texts[path].replace(span, text)

    def accepted(self, item: Item) -> None:
        """Of no interest."""

    def ask(self, path: str, cursor: Position) -> asyncio.Future[Item | None]:
        """The cursor moved: show what is remembered, or ask."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
        if self._at is not None and (self._at[0] != path or abs(self._at[1].line - cursor.line) > FAR_LINES):
            self._gather(*self._at)
        self._at = path, cursor
        self._waiting = asyncio.get_running_loop().create_future()
        self._restart_idle()
        if len(self._texts[path].line(cursor.line)) - cursor.column > MOST_BEHIND:
            self._waiting.set_result(None)
        elif not self._show():
            self._send_when_free()
        return self._waiting

    # ---- asking

    def _place(self, path: str, cursor: Position) -> _Place:
        lines, text = self._texts[path].lines, self._texts[path]
        prefix = "".join(lines[max(0, cursor.line - PREFIX_LINES) : cursor.line])
        line = text.line(cursor.line)
        suffix = line[cursor.column :] + "\n" + "".join(lines[cursor.line + 1 : cursor.line + 1 + SUFFIX_LINES])
        return prefix, line[: cursor.column], suffix

    def _show(self) -> bool:
        """Show what is remembered for the cursor, and ask at once for what would come after it."""
        assert self._at is not None
        path, cursor = self._at
        place = self._place(path, cursor)
        text = self._remembered(place)
        if text is None:
            return False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Item(cursor, cursor, text) if text.strip() else None)
        if text.strip() and not self._busy:
            after = _behind(place, text)
            if self._remembered(after) is None:
                self._start(after, FOLLOW_UP_S)
        return True

    def _remembered(self, place: _Place) -> str | None:
        prefix, middle, suffix = place
        whole = prefix + middle
        for back in range(min(LOOK_BACK, len(whole)) + 1):
            typed = whole[len(whole) - back :]
            lines, newline, line = whole[: len(whole) - back].rpartition("\n")
            text = self._answers.get((lines + newline, line, suffix))
            if text is not None and text.startswith(typed) and (len(text) > back or not back):
                return text[back:]
        return None

    def _send_when_free(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if self._busy:
            self._retry = asyncio.get_running_loop().call_later(RETRY_S, self._send_when_free)
        elif self._at is not None:
            self._start(self._place(*self._at), FIRST_S)

    def _start(self, place: _Place, within_s: float) -> None:
        self._busy = True
        task = asyncio.create_task(self._fetch(place, within_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch(self, place: _Place, within_s: float) -> None:
        loop = asyncio.get_running_loop()
        text, first_s = "", 0.0
        async with aclosing(self._model.stream(self._prompt(place), Sampling(MOST_TOKENS))) as pieces:
            async for piece in pieces:
                first_s = first_s or loop.time()
                text += piece.text
                if loop.time() - first_s > within_s:
                    break
        self._busy = False
        self._keep(place, text.rstrip())
        self._show()

    def _keep(self, place: _Place, text: str) -> None:
        prefix, middle, suffix = place
        for _ in range(HEAD_LINES + 1):
            self._answers[prefix, middle, suffix] = text
            prefix = prefix.partition("\n")[2]
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)

    def _prompt(self, place: _Place) -> Prompt:
        prefix, middle, suffix = place
        extra = "".join(f"<|file_sep|>file\n{chunk}" for chunk in self._ring)
        head = f"<|repo_name|>myproject\n{extra}<|file_sep|>filename\n" if extra else ""
        raw = f"{head}<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>{middle}"
        return Prompt(prefix + middle, suffix, (Segment(raw, control=True),))

    # ---- chunks of other places

    def _gather(self, path: str, cursor: Position) -> None:
        first = max(0, cursor.line - CHUNK_LINES // 2)
        chunk = "".join(self._texts[path].lines[first : first + CHUNK_LINES])
        for kept in (self._ring, self._queue):
            for other in [other for other in kept if _alike(other, chunk)]:
                kept.remove(other)
        self._queue.append(chunk)

    def _restart_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._read_in)

    def _read_in(self) -> None:
        if self._busy or not self._queue or self._at is None:
            return
        self._ring.append(self._queue.popleft())
        self._busy = True
        task = asyncio.create_task(self._warm(self._prompt(self._place(*self._at))))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _warm(self, prompt: Prompt) -> None:
        await self._model.warm(prompt)
        self._busy = False

    async def end(self) -> None:
        """Let go of everything."""
        for timer in (self._retry, self._idle):
            if timer is not None:
                timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _behind(place: _Place, text: str) -> _Place:
    """The place as it would be with `text` accepted."""
    prefix, middle, suffix = place
    lines, newline, line = (middle + text).rpartition("\n")
    return prefix + lines + newline, line, suffix


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.splitlines(), other.splitlines(), autojunk=False).ratio() > SAME
