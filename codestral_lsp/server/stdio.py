"""The server's end of the pipe to the editor. Standard input and output only: an open port would let any web page in.

Where the operating system allows it the event loop itself reads and writes the pipes; elsewhere (Windows, or a
plain file in place of a pipe) one thread a direction does. Neither ever blocks the loop.
"""

from __future__ import annotations

import asyncio
import os
import queue
import stat
import sys
import threading
from collections.abc import Callable
from typing import Protocol

_CHUNK_BYTES = 256 * 1024


class Writer(Protocol):
    """Where replies go. Writing returns at once; bytes leave in order."""

    def write(self, data: bytes) -> None:
        """Send `data`, now or as soon as the client reads."""
        ...

    def close(self) -> None:
        """Send what is still waiting, then close."""
        ...


class _PipeReader(asyncio.Protocol):
    def __init__(self, on_data: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._on_data = on_data
        self._on_end = on_end

    def data_received(self, data: bytes) -> None:
        self._on_data(data)

    def connection_lost(self, _: Exception | None) -> None:
        self._on_end()


class _PipeWriter(asyncio.BaseProtocol):
    def __init__(self, on_end: Callable[[], None]) -> None:
        self._on_end = on_end

    def connection_lost(self, _: Exception | None) -> None:
        self._on_end()


class _ThreadWriter:
    def __init__(self, descriptor: int, on_end: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._on_end = on_end
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="stdout", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        self._waiting.put(data)

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while (data := self._waiting.get()) is not None:
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError:
                self._loop.call_soon_threadsafe(self._on_end)
                return


def _read_in_thread(descriptor: int, on_data: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def run() -> None:
        try:
            while data := os.read(descriptor, _CHUNK_BYTES):
                loop.call_soon_threadsafe(on_data, data)
            loop.call_soon_threadsafe(on_end)
        except OSError:
            loop.call_soon_threadsafe(on_end)
        except RuntimeError:
            return  # the loop is closed: the server has ended

    threading.Thread(target=run, name="stdin", daemon=True).start()


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


class Stdio:
    """Standard input and output, taken away from everybody else: `print` goes to standard error from here on.

    `on_end` is called when either direction is closed, perhaps twice.
    """

    def __init__(self, on_end: Callable[[], None], *, force_threads: bool = False) -> None:
        self._on_end = on_end
        self._force_threads = force_threads
        self._source, self._target = os.dup(sys.stdin.fileno()), os.dup(sys.stdout.fileno())
        sys.stdout = sys.stderr

    async def writer(self) -> Writer:
        """Open the way out."""
        if self._force_threads or not _is_pipe(self._target):
            return _ThreadWriter(self._target, self._on_end)
        pipe = os.fdopen(self._target, "wb", 0)
        transport, _ = await asyncio.get_running_loop().connect_write_pipe(lambda: _PipeWriter(self._on_end), pipe)
        return transport

    async def read(self, on_data: Callable[[bytes], None]) -> None:
        """Start reading: `on_data` gets bytes as they come."""
        if self._force_threads or not _is_pipe(self._source):
            _read_in_thread(self._source, on_data, self._on_end)
            return
        pipe = os.fdopen(self._source, "rb", 0)
        await asyncio.get_running_loop().connect_read_pipe(lambda: _PipeReader(on_data, self._on_end), pipe)
