"""Code as tokens."""

from __future__ import annotations

import pytest

from codestral_lsp.backends.workspace.tokens import MAX_LINE, TOKEN, Line, Lines, brackets


def tokens(text: str) -> list[str]:
    return [token.decode().lstrip() for token in TOKEN.findall(text.encode())]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("foo(bar, 1)", ["foo", "(", "bar", ",", "1", ")"]),
        ("a == b != c", ["a", "==", "b", "!", "=", "c"]),
        ("# -----", ["#", "-----"]),
        ("größe = 'é'", ["größe", "=", "'", "é", "'"]),
        ("x = 🎉", ["x", "=", "🎉"]),
    ],
)
def test_words_signs_and_runs_of_signs(text: str, parts: list[str]) -> None:
    assert tokens(text) == parts


def test_blanks_between_tokens_make_no_difference() -> None:
    assert Line(b"f(a,b)", 0).codes == Line(b"f( a,  b )", 4).codes
    assert Line(b"f(a,b)", 0).codes != Line(b"f(b,a)", 0).codes


def test_in_shapes_all_words_are_alike() -> None:
    assert Line(b"x = f(1)", 0).shapes == Line(b"total = compute(n)", 0).shapes


def test_a_line_knows_where_its_tokens_begin() -> None:
    line = Line(b"if x:", 4)
    assert [line.text[start:] for start in line.starts] == [b"if x:", b" x:", b":", b""]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("foo(bar", (0, 1)),
        ("})", (2, 0)),
        ("} else {", (1, 1)),
        ('print("(")', (0, 0)),
        (r"'\'(' [", (0, 1)),
    ],
)
def test_brackets_that_a_line_leaves_open_or_closes_for_others(text: str, counts: tuple[int, int]) -> None:
    assert brackets(text.encode()) == counts


def test_blank_and_endless_lines_are_none() -> None:
    lines = Lines()
    assert lines["   \n"] is None
    assert lines["x" * (MAX_LINE + 1)] is None
    line = lines["\tfoo()  \r\n"]
    assert line is not None
    assert (line.text, line.indent) == (b"foo()", 1)
