"""A process that indexes, seen from inside: it reads jobs from standard input, answers on standard output, and ends.

Parsing holds the interpreter's lock, so it happens in a process of its own, at low priority. An answer is one line of
JSON, and so is a job. The process ends when it has had nothing to do for a while, so that its memory is free again,
and when whoever started it is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from codestral_lsp.indexing.job import Job
from codestral_lsp.privacy.ignore import IgnoreRules

IDLE_S = 5.0
"""How long to wait for another job."""

Work = Callable[[Job, IgnoreRules], Iterator[dict[str, Any]]]
"""Does a job and says, as often as it likes, what has come of it. Raises OSError where there is no room for that."""


def serve(work: Work) -> None:
    """Do jobs until there are none."""
    if sys.platform != "win32":
        os.nice(15)
    lines = SimpleQueue[str]()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    rules = IgnoreRules()
    while True:
        try:
            job = Job.of_line(lines.get(timeout=IDLE_S))
        except Empty:
            return
        rules.configure(job.patterns)
        busy_with("")
        try:
            for said in work(job, rules):
                _say(job, **said)
        except OSError as error:
            _say(job, failed=error.strerror or str(error))
        else:
            _say(job, finished=True)


def busy_with(path: str) -> None:
    """Note which file is parsed next, so that whoever started the process can read what it has died over.

    On standard error, which is a file of their own: in the pipe each file would be a message for their event loop.
    """
    with suppress(OSError):  # there may have been no room for such a file
        os.lseek(2, 0, os.SEEK_SET)
        os.ftruncate(2, os.write(2, os.fsencode(path) + b"\n") if path else 0)


def _read(lines: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _say(job: Job, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"job": job.number, **fields}) + "\n")
    sys.stdout.flush()
