"""Edits and findings on their way through random edits: at the right place, or nowhere."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.actions.edits import DocumentEdit, TextEdit
from codestral_lsp.actions.finding import Finding
from codestral_lsp.actions.target import Target, TargetKind
from codestral_lsp.actions.watch import FindingsWatch
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.errors import StaleEdit

LINE = st.text(alphabet="ab \t", max_size=6)
LINES = st.lists(LINE, min_size=6, max_size=14)
END = st.sampled_from(["\n", "\r\n"])


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[float, float, int, str]]:
    """Edits as shares of the text (from, length in lines), a column, and what is inserted."""
    return draw(
        st.lists(
            st.tuples(
                st.floats(0, 1),
                st.sampled_from([0.0, 0.0, 1.0, 2.0]),
                st.integers(0, 6),
                st.sampled_from(["", "x", "\n", "y\nz\n"]),
            ),
            max_size=5,
        )
    )


def opened(lines: list[str], end: str) -> tuple[DocumentStore, Document]:
    store = DocumentStore()
    text = end.join(f"{line}{number}" for number, line in enumerate(lines))
    store.open(Document("file:///x.py", "python", 1, Text.of(text), Path("/x.py")))
    document = store.get("file:///x.py")
    assert document
    return store, document


def change(store: DocumentStore, edit: tuple[float, float, int, str]) -> None:
    document = store.get("file:///x.py")
    assert document
    where, length, column, inserted = edit
    first = int(where * (len(document.text.lines) - 1))
    store.change(document.uri, None, [ClientChange(inserted, (first, column), (first + int(length), column))])


@given(LINES, END, st.data(), edits())
def test_a_moved_edit_replaces_the_very_lines_it_was_made_for(
    lines: list[str], end: str, data: st.DataObject, changes: list[tuple[float, float, int, str]]
) -> None:
    store, before = opened(lines, end)
    first = data.draw(st.integers(0, len(lines) - 1))
    stop = data.draw(st.integers(first + 1, len(lines)))
    span = Range(Position(first, 0), Position(stop, 0) if stop < len(lines) else before.text.end)
    edit = DocumentEdit(before, (TextEdit(span, f"new{end}"),))
    for each in changes:
        change(store, each)
    after = store.get(before.uri)
    assert after
    try:
        moved = edit.moved_to(after)
    except StaleEdit:
        return
    assert after.text.slice(moved.edits[0].span) == before.text.slice(span)


@given(LINES, END, st.data(), edits())
def test_a_finding_stands_where_its_quote_stands_or_nowhere(
    lines: list[str], end: str, data: st.DataObject, changes: list[tuple[float, float, int, str]]
) -> None:
    store, document = opened(lines, end)
    first = data.draw(st.integers(0, len(lines) - 2))
    stop = data.draw(st.integers(first + 1, len(lines)))
    line = data.draw(st.integers(0, stop - first - 1))
    quote = document.text.line(first + line)
    span = Range(Position(line, 0), Position(line, len(quote)))
    watch = FindingsWatch()

    def follow(edit: Change) -> None:
        watch.observe(edit)

    store.listen(follow)
    target = Target(document, TargetKind.FUNCTION, "f", first, stop, first)
    watch.put(target, [Finding("id", span, quote, "other", "why", "", 1.0)], document)
    for each in changes:
        change(store, each)
        now = store.get(document.uri)
        assert now
        for placed in watch.placed(now):
            assert now.text.slice(placed.span) == quote
            assert placed.target.text.rstrip("\r\n") == target.text.rstrip("\r\n")
