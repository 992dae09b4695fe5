"""Which marks right of the cursor an answer replaces."""

import pytest

from codestral_lsp.prompt.closers import consumed, only_closers


@pytest.mark.parametrize("rest", ["", "  ", ")", "))", ')"', '")', "']", "});", "):", "),", " )", "`"])
def test_closers_are_recognised(rest: str) -> None:
    assert only_closers(rest)


@pytest.mark.parametrize("rest", ["x", ") + 1", ".foo()", "> 3", ", b)", ": int", ";", "# note"])
def test_code_is_not_closers(rest: str) -> None:
    assert not only_closers(rest)


@pytest.mark.parametrize(
    ("answer", "rest", "taken"),
    [
        ("a, b)", ")", ")"),
        ("a, b", ")", ""),
        ("bar(x)", ")", ""),
        ("bar(x))", ")", ")"),
        ("a)", "))", ")"),
        ("a))", "))", "))"),
        ("a]", ")", ""),
        ('hello")', '")', '")'),
        ("hello", '")', ""),
        ('he said \\"hi\\""', '"', '"'),
        ("it's)", ")", ""),
        ('"(", x)', ")", ")"),
        ("a):", "):", "):"),
        ("a) ;", ")", ")"),
        ("\n    a,\n)", ")", ")"),
        ("a }", " }", " }"),
        ("x", "", ""),
    ],
)
def test_what_the_answer_closes_itself(answer: str, rest: str, taken: str) -> None:
    assert rest[: consumed(answer, rest)] == taken
