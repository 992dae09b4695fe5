"""Holes in small programs, filled by a real model through the server: what must hold whatever the model says.

CODESTRAL_TEST_LLAMA_URL names a llama-server with a Qwen2.5-Coder model, CODESTRAL_TEST_FIM_DIR the folder with
HumanEval infilling's files. How many of the programs work is measured by `python -m benchmarks.infilling`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.humaneval import KINDS, holes
from benchmarks.infilling import Contest, breaks, record_wanted, repeats
from benchmarks.model import Memory
from benchmarks.recorded import RecordedModel
from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.llamacpp import LlamacppBackend
from codestral_lsp.config.settings import LlamacppSettings

URL = os.environ.get("CODESTRAL_TEST_LLAMA_URL", "")
DATA = os.environ.get("CODESTRAL_TEST_FIM_DIR", "")
COUNT = 4

pytestmark = [
    pytest.mark.skipif(not URL, reason="NOT RUN: no real model; set CODESTRAL_TEST_LLAMA_URL to a llama-server"),
    pytest.mark.skipif(not DATA, reason="NOT RUN: no holes; set CODESTRAL_TEST_FIM_DIR to HumanEval infilling's files"),
    pytest.mark.timeout(900),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_shown_breaks_nothing_and_repeats_nothing(kind: str) -> None:
    real = LlamacppBackend(LlamacppSettings(url=URL), Keys({}), local_only=True)
    memory = Memory(None)
    model = RecordedModel(memory, real)
    await model.describe()
    some = holes(Path(DATA), kind, COUNT)
    await record_wanted(memory, model, some, 1)
    filled = [await Contest(memory, model).ours(hole, "always") for hole in some]
    await real.aclose()
    assert any(each.text for each in filled)
    assert not [hole.id for hole, each in zip(some, filled, strict=True) if breaks(hole, each)]
    assert not [hole.id for hole, each in zip(some, filled, strict=True) if repeats(hole, each)]
