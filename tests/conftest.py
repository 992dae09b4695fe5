"""What all tests share: how many random cases are tried, and an environment that holds nothing of the user's.

`CODESTRAL_TEST_EXAMPLES` raises the number of cases for a longer run; the default keeps the tests of a room within
seconds. No property test fails because the machine is slow.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from codestral_lsp.actions import workspace_lookup
from codestral_lsp.context import project
from codestral_lsp.document import keeper, tree
from tests.patience import PATIENCE_S

EXAMPLES = int(os.environ.get("CODESTRAL_TEST_EXAMPLES", "60"))

settings.register_profile(
    "codestral", max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("codestral")


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Nothing in this process is given up for lack of time: what a test finds must not depend on who else computes."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (tree, "_MEND_S"),
            (keeper, "_GIVE_UP_S"),
            (project, "PATIENCE_S"),
            (project, "IN_TIME_S"),
            (workspace_lookup, "_MOST_S"),
        ):
            patch.setattr(module, name, PATIENCE_S)
        patch.setattr(keeper, "_AT_ONCE_MS", PATIENCE_S * 1000)
        yield


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty home and none of the user's settings or keys."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "SYSTEMROOT")}
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    return {**kept, **folders}
