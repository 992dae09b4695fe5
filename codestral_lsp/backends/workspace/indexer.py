"""The process that indexes for the embedded engine: words and where they stand, in segments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codestral_lsp.backends.workspace.catalog import Catalog
from codestral_lsp.backends.workspace.update import update
from codestral_lsp.indexing.child import serve
from codestral_lsp.indexing.files import Files, names_in
from codestral_lsp.indexing.job import Job
from codestral_lsp.privacy.ignore import IgnoreRules


def main() -> None:
    """Do what standard input says."""
    serve(_work)


def _work(job: Job, rules: IgnoreRules) -> Iterator[dict[str, Any]]:
    for root in map(Path, job.roots):
        catalog = Catalog(Path(job.index_dir), root)
        changed = None if job.changed is None else names_in(root, job.changed)
        if changed == []:
            continue
        for entries in update(catalog, Files(root, rules, job.max_files, job.max_file_kb), changed):
            segments = [(str(catalog.path(entry)), entry.excluded) for entry in entries]
            yield {"root": str(root), "segments": segments}
