"""Stands between an editor and its language server, and writes down every message that passes.

    python record.py LOG COMMAND [ARGUMENT ...]

One JSON object a line: `from` (client or server), `at` (ms since the start), `message`. LOG.pid tells the server's
process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO


def main(log_path: str, command: list[str]) -> None:
    start = time.monotonic()
    writing = threading.Lock()
    with open(log_path, "a", encoding="utf-8") as log:

        def note(sender: str, body: bytes) -> None:
            at = round((time.monotonic() - start) * 1000, 1)
            entry = {"from": sender, "at": at, "message": json.loads(body)}
            with writing:
                log.write(json.dumps(entry, ensure_ascii=False) + "\n")
                log.flush()

        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        Path(f"{log_path}.pid").write_text(str(server.pid))
        assert server.stdin
        assert server.stdout
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        threading.Thread(target=pump, args=(sys.stdin.buffer, server.stdin, "client", note), daemon=True).start()
        pump(server.stdout, sys.stdout.buffer, "server", note)
        code = server.wait()
    # At once: a Python that ends the usual way waits a second for the thread that reads.
    os._exit(code)


def pump(source: IO[bytes], target: IO[bytes], sender: str, note: Callable[[str, bytes], None]) -> None:
    """Pass messages on until one side closes."""
    with suppress(BrokenPipeError, ValueError):
        while head := read_head(source):
            length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:"))
            body = source.read(length)
            note(sender, body)
            target.write(head + body)
            target.flush()
    with suppress(BrokenPipeError):
        target.close()


def read_head(source: IO[bytes]) -> bytes:
    """A message's header, the blank line that ends it included; empty at the end of the stream."""
    head = b""
    while line := source.readline():
        head += line
        if line == b"\r\n":
            return head
    return b""


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
