"""What the parser's binding would keep of the text it reads, and what is left of that once it is given back.

`document.parsing` gives back the reference that py-tree-sitter 0.25 leaks at every read. Single-letter edits of one
file, each with a reparse, in a process of its own for each way.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

from benchmarks.report import table
from codestral_lsp.document import parsing
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

EDITS = 10_000
_WARM = 500
"""Edits that are not counted."""
_LETTER = Range(Position(20, 4), Position(20, 5))


def grown_mb() -> float:
    """How much larger this process is after the edits, in MB (Linux)."""
    source = "".join(
        f"def area_{number}(rows):\n    return sum(row.width for row in rows)\n\n\n" for number in range(80)
    )
    tree = SyntaxTree.of(Text.of(source), language_of("python", "a.py"))

    assert tree is not None
    before = 0.0
    for number in range(_WARM + EDITS):
        if number == _WARM:
            before = _resident_mb()
        tree = tree.with_edit(_LETTER, "xy"[number % 2])
    return _resident_mb() - before


def _resident_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def main() -> None:
    """Edit with the references given back, and with them kept."""
    if sys.argv[1:]:
        if sys.argv[1] == "kept":
            parsing._is_kept = lambda grammar: False  # type: ignore[assignment]
        print(round(grown_mb(), 1))
        return
    seen = {
        way: subprocess.run(
            [sys.executable, "-m", "benchmarks.leak", way], check=True, capture_output=True, text=True
        ).stdout.strip()
        for way in ("given back", "kept")
    }
    print(table({"MB": seen}))


if __name__ == "__main__":
    main()
