"""Names in the workspace's files, found by their text."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.actions.workspace_lookup import WorkspaceLookup
from codestral_lsp.config.settings import WorkspaceIndexSettings
from codestral_lsp.context.project import ProjectContext
from codestral_lsp.document.document import Document
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.privacy.ignore import IgnoreRules

FILES = {
    ".gitignore": "secret/\n",
    "shop/orders.py": "from shop.offers import discount\n\n\n"
    "def total(order):\n    return discount(order) + other.get(1)\n",
    "shop/offers.py": "def discount(order):\n    return 1\n",
    "far/away.py": "class Cache:\n    def get(self, key):\n        return key\n",
    "shop/till.py": "from shop.orders import total\n\nprint(total(1))\n# total of it all\n",
    "secret/keys.py": "def discount(order):\n    return 'hush'\n\n\nprint(total(2))\n",
    "web/cart.js": "function discount(order) {}\ntotal(3);\n",
}


@pytest.fixture
def lookup(tmp_path: Path) -> tuple[WorkspaceLookup, Document, DocumentStore]:
    """A workspace with its document `shop/orders.py` open."""
    (tmp_path / ".git").mkdir()
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    store = DocumentStore()
    document = opened(tmp_path, "shop/orders.py")
    store.open(document)
    return WorkspaceLookup(store, IgnoreRules(), lambda: (tmp_path,)), document, store


def opened(root: Path, name: str, text: str | None = None) -> Document:
    path = root / name
    language = language_of("", path)
    return Document(path.as_uri(), language.ids[0], 1, Text.of(FILES[name] if text is None else text), path)


Looked = tuple[WorkspaceLookup, Document, DocumentStore]


async def test_definitions_are_found_where_the_document_points(lookup: Looked) -> None:
    found = await lookup[0].definitions(["discount", "get", "nowhere"], lookup[1])
    assert [(each.name, each.path, each.line) for each in found] == [("discount", "shop/offers.py", 0)]
    assert found[0].text == "def discount(order):\n    return 1"


async def test_what_is_ignored_is_not_looked_at(lookup: Looked) -> None:
    uses = await lookup[0].uses("total", lookup[1])
    assert [(use.path, use.line) for use in uses] == [("shop/till.py", 2)]
    assert all("hush" not in each.text for each in await lookup[0].definitions(["discount"], lookup[1]))


@pytest.mark.parametrize(
    ("name", "line", "is_use"),
    [
        ("report.py", "    return total(rows)", True),
        ("report.py", "    found = await total(rows)", True),
        ("report.py", "    await total(rows)", True),
        ("report.py", "    if not total(rows):", True),
        ("report.py", "async def total(rows):", False),
        ("report.js", "  return total(rows)", True),
        ("Report.java", "    throw total(rows)", True),
        ("Report.java", "    static double total(Rows rows) {", False),
        ("report.go", "\tgo total(rows)", True),
    ],
)
async def test_a_call_is_told_from_a_definition(tmp_path: Path, name: str, line: str, is_use: bool) -> None:
    document = opened(tmp_path, name, f"first\n{line}\n")
    store = DocumentStore()
    store.open(document)
    uses = await WorkspaceLookup(store, IgnoreRules(), lambda: ()).uses("total", document)
    assert [use.line for use in uses] == ([1] if is_use else [])


async def test_open_documents_count_as_they_are_in_the_editor(lookup: Looked, tmp_path: Path) -> None:
    lookup[2].open(opened(tmp_path, "shop/offers.py", "\n\ndef discount(order, rate):\n    return rate\n"))
    (found,) = await lookup[0].definitions(["discount"], lookup[1])
    assert (found.line, found.text) == (2, "def discount(order, rate):\n    return rate")


async def test_what_is_indexed_is_found_by_its_import(tmp_path: Path, lookup: Looked) -> None:
    index = ProjectContext(tmp_path / "index", WorkspaceIndexSettings(), IgnoreRules())
    await index.open([tmp_path])
    try:
        await index.settled()
        indexed = WorkspaceLookup(lookup[2], IgnoreRules(), lambda: (tmp_path,), index)
        found = await indexed.definitions(["discount", "nowhere"], lookup[1])
        assert [(each.name, each.path, each.line) for each in found] == [("discount", "shop/offers.py", 0)]
        assert found[0].text == "def discount(order):\n    return 1"
    finally:
        await index.aclose()
