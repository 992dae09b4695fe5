"""Workspaces, and engines that index them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest

from codestral_lsp.backends.workspace.engine import Query, WorkspaceEngine
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.document.document import Change, Document
from codestral_lsp.errors import IndexingError
from codestral_lsp.privacy.ignore import IgnoreRules
from tests.notation import at

BAR = 0.5
EVERYTHING = WorkspaceIndexSettings()

Write = Callable[[dict[str, str]], Path]


class Start(Protocol):
    """Starts an engine on a workspace; it is indexed when the call returns."""

    def __call__(
        self, root: Path, settings: WorkspaceIndexSettings = ..., ignore: tuple[str, ...] = ...
    ) -> Awaitable[WorkspaceEngine]: ...


@pytest.fixture
def workspace(tmp_path: Path) -> Write:
    """Writes files into a workspace folder."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / ".git").mkdir()

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return root

    return write


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """Where indexes are kept."""
    return tmp_path / "cache" / "index"


@pytest.fixture
def errors() -> list[IndexingError]:
    """What users were told."""
    return []


@pytest.fixture
async def start(index_dir: Path, errors: list[IndexingError]) -> AsyncIterator[Start]:
    """Starts engines, and stops them after the test."""
    engines: list[WorkspaceEngine] = []

    async def start(
        root: Path, settings: WorkspaceIndexSettings = EVERYTHING, ignore: tuple[str, ...] = ()
    ) -> WorkspaceEngine:
        engine = WorkspaceEngine(index_dir, settings, IgnoreRules(ignore), on_error=errors.append)
        engines.append(engine)
        await engine.open([root])
        await engine.settled()
        return engine

    yield start
    await asyncio.gather(*(engine.aclose() for engine in engines))


def ghost(engine: WorkspaceEngine, drawn: str, *, path: Path = Path("/elsewhere/x.py"), bar: float = BAR) -> str:
    """What is surely enough said at the cursor that `drawn` shows."""
    document, cursor = at(drawn)
    document = Document(path.as_uri(), document.language, document.version, document.text, path)
    prediction = engine.predict(Query(document, cursor))
    return prediction.sure(bar) if prediction else ""


def opened(engine: WorkspaceEngine, text: str, path: Path = Path("/elsewhere/other.py")) -> Document:
    """Open a document in the editor."""
    document, _ = at(text + "█")
    document = Document(path.as_uri(), "python", 1, document.text, path)
    engine.observe(Change(None, document))
    return document
