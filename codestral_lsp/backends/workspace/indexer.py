"""The process that indexes. Parsing holds the GIL, so it happens in a process of its own, at low priority.

It reads jobs from standard input and answers on standard output, one line of JSON each. It ends when it has had
nothing to do for a while, so that its memory is free again, and when whoever started it is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from codestral_lsp.backends.workspace.catalog import Catalog
from codestral_lsp.backends.workspace.files import Files, names_in
from codestral_lsp.backends.workspace.job import Job
from codestral_lsp.backends.workspace.update import update
from codestral_lsp.privacy.ignore import IgnoreRules

IDLE_S = 5.0
"""How long to wait for another job."""


def main() -> None:
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
        try:
            _do(job, rules)
        except OSError as error:
            _say(job, failed=error.strerror or str(error))
        else:
            _say(job, finished=True)


def _do(job: Job, rules: IgnoreRules) -> None:
    for root in map(Path, job.roots):
        catalog = Catalog(Path(job.index_dir), root)
        changed = None if job.changed is None else names_in(root, job.changed)
        if changed == []:
            continue
        for entries in update(catalog, Files(root, rules, job.max_files, job.max_file_kb), changed):
            segments = [(str(catalog.path(entry)), entry.excluded) for entry in entries]
            _say(job, root=str(root), segments=segments)


def _read(lines: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _say(job: Job, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"job": job.number, **fields}) + "\n")
    sys.stdout.flush()
