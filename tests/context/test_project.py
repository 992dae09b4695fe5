"""The project's context as completion asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.backends.workspace.engine import Query
from codestral_lsp.backends.workspace.prediction import Likely
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.context.place import SourceName
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Document
from codestral_lsp.privacy.ignore import IgnoreRules
from tests.notation import at


@pytest.mark.parametrize("sources", [{SourceName.SIMILAR}, {SourceName.DEFINITIONS, SourceName.TESTS}])
async def test_the_embedded_engine_is_asked_where_similar_code_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: set[SourceName]
) -> None:
    monkeypatch.setattr("codestral_lsp.context.project.PATIENCE_S", 60.0)
    (tmp_path / "till.py").write_text("def pay():\n    take(3)\n", "utf-8")
    drawn, cursor = at("def run():\n    █\n")
    document = Document(drawn.uri, "python", 1, drawn.text, tmp_path / "main.py")
    asked = []

    def likely(query: Query) -> list[Likely]:
        asked.append(query.cursor)
        return [Likely("till.py", 1, "take(3)", 0.9)]

    context = ProjectContext(tmp_path / "index", WorkspaceIndexSettings(enabled=False), IgnoreRules(), likely)
    context.in_time_s = 60.0
    await context.open([tmp_path])
    found = await context.gather(document, cursor, range(3), sources, 500, len)
    await context.aclose()
    assert found is not None
    if SourceName.SIMILAR in sources:
        assert [snippet.text for snippet in found.snippets] == ["def pay():\n    take(3)\n"]
        assert asked == [cursor]
    else:
        assert not found.snippets
        assert not asked
