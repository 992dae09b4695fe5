"""What all tests share: how many random cases are tried, an environment that holds nothing of the user's, a guard.

`CODESTRAL_TEST_EXAMPLES` raises the number of cases for a longer run; the default keeps the tests of a room within
seconds. No property test fails because the machine is slow.

No test's process reaches another machine (`tests/loopback`), and no test is skipped that is not announced here.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from codestral_lsp.actions import workspace_lookup
from codestral_lsp.context import project
from codestral_lsp.document import keeper, tree
from tests.loopback.sitecustomize import LEFT, RESERVED, install
from tests.patience import PATIENCE_S

EXAMPLES = int(os.environ.get("CODESTRAL_TEST_EXAMPLES", "60"))

settings.register_profile(
    "codestral", max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("codestral")

ANNOUNCED = {
    "tests/editors/test_jetbrains.py::test_the_keys_and_files_are_those_of_lsp4ijs_own_source": "needs that source",
    "tests/long/": "a long day takes minutes: `make test-long`",
    "tests/model/": "a real model is asked for with `make test-model`",
    "tests/backends/workspace/test_index.py::TestKept::test_a_home_that_cannot_be_written": "root writes anywhere",
}
"""The tests that may be skipped, by how their names begin, and why. Any other skip fails the run."""

_left = Path(tempfile.mkdtemp(prefix="codestral-tests-")) / "left"
"""What this process and its children wanted to send to other machines."""
_folder = str(Path(__file__).parent / "loopback")
os.environ[LEFT] = str(_left)
os.environ["PYTHONPATH"] = os.pathsep.join([_folder, *filter(None, [os.environ.get("PYTHONPATH")])])
install()

_unannounced: list[str] = []


def _is_announced(name: str) -> bool:
    # What is about POSIX says so where it stands, and is skipped on Windows.
    return sys.platform == "win32" or name.startswith(tuple(ANNOUNCED))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a skip that nobody announced."""
    if report.skipped and not hasattr(report, "wasxfail") and not _is_announced(report.nodeid):
        _unannounced.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if there was one."""
    if _unannounced and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which they were."""
    for name in _unannounced:
        terminalreporter.write_line(f"SKIPPED WITHOUT ANNOUNCEMENT (tests/conftest.py): {name}", red=True)


def left() -> list[str]:
    """What wanted to leave this machine since the last call."""
    if not _left.exists():
        return []
    lines = _left.read_text("utf-8").splitlines()
    _left.unlink()
    return lines


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Run a test, and fail it if anything wanted to leave this machine."""
    result = yield
    # A name that no name server knows is asked for only where that is what is tested.
    assert [line for line in left() if not line.endswith(RESERVED)] == []
    return result


@pytest.fixture(autouse=True, scope="session")
def _tidy() -> Iterator[None]:
    """Leave no folder behind."""
    yield
    _left.unlink(missing_ok=True)
    _left.parent.rmdir()


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Nothing in this process is given up for lack of time: what a test finds must not depend on who else computes."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (tree, "_MEND_S"),
            (keeper, "_GIVE_UP_S"),
            (keeper, "_EXCERPT_S"),
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
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "PYTHONPATH", "SYSTEMROOT", LEFT) or name.startswith("COVERAGE_")
    }
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    return {**kept, **folders}
