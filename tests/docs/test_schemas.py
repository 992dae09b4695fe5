"""The manual names every field that `--json` prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codestral_lsp.insight.trace import Trace
from codestral_lsp.privacy.ledger import Entry

_MANUAL = Path("docs/command-line.md").read_text("utf-8")


def documented(command: str) -> set[str]:
    """What the manual's part on a command has in code type."""
    part = _MANUAL.partition(f"\n## {command}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"`(\w+)`", part))


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("why", {*Trace(1, "python", "automatic", 0.0).as_json(), "at", "line"}),
        ("sent", {*Entry("typing", "ollama", "127.0.0.1", "codestral", remote=False).as_json()}),
    ],
)
def test_every_field_is_named(command: str, fields: set[str]) -> None:
    assert not fields - documented(command)
