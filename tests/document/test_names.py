"""Names that the code behind a place needs and nothing gives a value, and values that nothing reads."""

from __future__ import annotations

import pytest

from codestral_lsp.document.languages import language_of
from codestral_lsp.document.names import missing_names, unread_names
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from tests.notation import asked


@pytest.mark.parametrize(
    ("drawn", "language", "missing"),
    [
        ("def f(xs):\n    █\n    return low + high\n", "python", {"low", "high"}),
        ("def f(low):\n    █\n    return low\n", "python", set()),
        ("def f(xs):\n    █\n    total = sum(xs)\n    return total\n", "python", set()),
        ("def f(xs):\n    █\n    return [x for x in xs if x]\n", "python", set()),
        ("def f(xs):\n    █\n    return helper(xs).name\n", "python", set()),
        ("# low is explained here\ndef f():\n    █\n    return low\n", "python", {"low"}),
        ("def f():\n    █\n    return 1\n\n\ndef g(low):\n    return low\n", "python", set()),
        ("function f(xs) {\n  █\n  return total;\n}\n", "javascript", {"total"}),
        ("func f() int {\n\t█\n\treturn total\n}\n", "go", {"total"}),
    ],
)
def test_what_is_missing(drawn: str, language: str, missing: set[str]) -> None:
    request = asked(drawn, language=language)
    tree = SyntaxTree.of(request.document.text, language_of(language, ""))
    assert tree is not None
    assert missing_names(tree, request.cursor) == missing


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("for x in xs:\n    total += x\n", False),
        ("for x in xs:\n    total += 1\n", True),
        ("for a, b in xs:\n    total += b\n", False),
        ("while total:\n    total -= 1\n", False),
    ],
)
def test_a_loop_whose_variable_is_not_read(text: str, unread: bool) -> None:
    tree = SyntaxTree.of(Text.of(text), language_of("python", ""))
    assert tree is not None
    assert unread_names(tree, 0) is unread
