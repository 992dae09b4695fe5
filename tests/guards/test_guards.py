"""The table of guards fits the code; that their removal is noticed is shown by `make test-guards`."""

from __future__ import annotations

from pathlib import Path

import pytest

import codestral_lsp
from tests.guards.table import GUARDS, Guard

PRODUCT = Path(codestral_lsp.__file__).parent


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.promise)
def test_a_guard_still_applies(guard: Guard) -> None:
    assert (PRODUCT / guard.file).read_text("utf-8").count(guard.text) == 1
    assert guard.without != guard.text
    files = [word for word in guard.tests.split() if word.startswith("tests/")]
    assert all((PRODUCT.parent / file).exists() for file in files)
