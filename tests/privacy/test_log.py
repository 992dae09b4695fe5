"""The log holds no secret, whoever writes what into it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SECRET = "Tr0ub4dor" + "&3"
PROGRAM = """
import logging, sys
from pathlib import Path
from codestral_lsp import log
log.start(Path(sys.argv[1]), "debug", for_a_person=False)
for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
    logging.getLogger("a.library").log(level, "cannot read: password = %r", sys.argv[2])
"""


def test_secrets_are_taken_out_of_log_lines_at_every_level(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path / "log"), SECRET], check=True)
    text = (tmp_path / "log").read_text("utf-8")
    assert text.count("cannot read: password") == 4
    assert SECRET not in text
