"""What the editor gets: text that keeps every character it replaces, so that ghost text can be drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.completion.item import suggestion
from codestral_lsp.completion.request import SelectedCompletion
from codestral_lsp.document.position import Position, Range
from tests.notation import CURSOR, asked


def accept(drawn: str, answer: str) -> str:
    """The text after the suggestion is accepted; the text as it was if there is none."""
    request = asked(drawn)
    item = suggestion(request, answer, 1)
    if item is None:
        return str(request.document.text)
    return str(request.document.text.replace(item.range, item.text)[0])


@pytest.mark.parametrize(
    ("drawn", "answer", "accepted"),
    [
        ("x = █", "1", "x = 1"),
        ("foo(█)", "bar)", "foo(bar)"),
        ("foo(█)", "bar", "foo(bar)"),
        ("foo(bar(█))", "x), y)", "foo(bar(x), y)"),
        ("foo(bar(█))", "x)", "foo(bar(x))"),
        ('print("█")', 'hello")', 'print("hello")'),
        ("if (a█) {", "&& b", "if (a&& b) {"),
        ("def f():\r\n█\r\n", "    a\n    b", "def f():\r\n    a\r\n    b\r\n"),
        ("😀 = █", "1", "😀 = 1"),
        ("\tif x:█", "\n\t\ty()", "\tif x:\n\t\ty()"),
        ("x█", "  ", "x"),
    ],
)
def test_accepting_gives_the_finished_text(drawn: str, answer: str, accepted: str) -> None:
    assert accept(drawn, answer) == accepted


@pytest.mark.parametrize(
    ("drawn", "answer", "accepted"),
    [
        ("foo(█)", "bar)", "foo(bar)"),
        ("foo(bar([█]))", "1, 2]))", "foo(bar([1, 2]))"),
        ("foo(█)", "bar)\nbaz()", "foo(bar)\nbaz()"),
        ("foo(█)", "bar) + 1", "foo()"),  # nothing to show: the bracket would have to move
        ("x = █", "1", "x = 1"),
    ],
)
def test_clients_that_only_insert_keep_what_stands_behind_the_cursor(drawn: str, answer: str, accepted: str) -> None:
    request = replace(asked(drawn), inserts_only=True)
    item = suggestion(request, answer, 1)
    if item is not None:
        assert item.range.end == request.cursor
    text = request.document.text
    assert str(text.replace(item.range, item.text)[0] if item else text) == accepted


@given(
    head=st.text("ab( \t", max_size=8),
    rest=st.text(")]}\"' ;", max_size=5),
    answer=st.text("ab()[]{}\"'; \n", min_size=1, max_size=12),
)
def test_nothing_that_is_replaced_is_lost(head: str, rest: str, answer: str) -> None:
    item = suggestion(asked(f"first\n{head}{CURSOR}{rest}\nlast"), answer, 1)
    if item is None:
        assert not answer.strip()
        return
    assert item.range.start.line == item.range.end.line == 1
    replaced = f"{head}{rest}"[: item.range.end.column]
    left = iter(item.text)
    assert item.text.startswith(head)
    assert all(character in left for character in replaced.replace(" ", "")), "VS Code would draw nothing"
    assert item.ghost == item.text[len(head) :]


def test_the_range_stays_clear_of_surrogate_pairs() -> None:
    item = suggestion(asked('label = "😀" + "🛒" + na█'), "me", 1)
    assert item is not None
    assert (item.text, item.ghost) == ('" + name', "me")
    assert item.range == Range(Position(0, 16), Position(0, 22)), "VS Code draws nothing over such a character"


def test_with_an_entry_selected_the_suggestion_extends_it() -> None:
    selected = SelectedCompletion(Range(Position(0, 2), Position(0, 4)), "append")
    request = asked("a.ap█", selected=selected)
    assert str(request.as_if_selected().document.text) == "a.append"
    item = suggestion(request, "(x)", 7)
    assert item is not None
    assert (item.range, item.text, item.ghost, item.number) == (selected.range, "append(x)", "(x)", 7)


def test_with_an_entry_selected_closers_are_not_doubled() -> None:
    selected = SelectedCompletion(Range(Position(0, 4), Position(0, 5)), "bar")
    item = suggestion(asked("foo(b█)", selected=selected), ".baz)", 1)
    assert item is not None
    assert item.text == "bar.baz"
