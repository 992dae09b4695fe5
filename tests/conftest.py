"""What all tests share: how many random cases are tried, and an environment that holds nothing of the user's.

`CODESTRAL_TEST_EXAMPLES` raises the number of cases for a longer run; the default keeps the tests of a room within
seconds. No property test fails because the machine is slow.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("CODESTRAL_TEST_EXAMPLES", "60"))

settings.register_profile(
    "codestral", max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("codestral")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty home and none of the user's settings or keys."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "SYSTEMROOT")}
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    return {**kept, **folders}
