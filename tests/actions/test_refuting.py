"""Claims about names that the code disproves, and those that it does not."""

from __future__ import annotations

import pytest

from codestral_lsp.actions.refuting import is_refuted
from codestral_lsp.actions.target import TargetKind, target_at
from codestral_lsp.document.document import Document
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

PYTHON = """\
def mean(values, unused):
    total = 0
    for value in values:
        # wrong: counts twice
        total += value
    try:
        return total / len(values)
    except ZeroDivisionError as error:
        print(error)
    return error
"""
SCRIPT = """\
function sum(items) {
  if (items.length) {
    let total = 0;
    log(total);
  }
  return total;
}
"""


def refuted(code: str, language: str, line: int, why: str) -> bool:
    text, known = Text.of(code), language_of(language, "")
    tree = SyntaxTree.of(text, known)
    assert tree is not None
    document = Document("file:///x", language, 1, text)
    place = Position(line, len(text.line(line)) - 1)
    return is_refuted(why, line, target_at(tree, document, Range(place, place), TargetKind.FUNCTION), tree)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (2, "The variable `values` is not defined."),
        (4, "total was never declared, so this fails"),
        (4, "`value` is not defined"),
        (9, "`values` has not been defined"),
        (1, "The variable total is never used."),
    ],
)
def test_a_name_that_is_there_is_not_missing(line: int, why: str) -> None:
    assert refuted(PYTHON, "python", line, why)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (4, "`count` is not defined"),
        (
            1,
            "`total` is not defined before the loop",
        ),
        (9, "`error` is not defined after its block"),
        (4, "`wrong` is not defined: it stands in a comment only"),
        (0, "The parameter `unused` is never used"),
        (1, "`total` is not used in the loop"),
        (4, "`values` may be empty; then total is not defined well"),
        (4, "items.total is not defined"),
    ],
)
def test_what_may_be_true_is_left(line: int, why: str) -> None:
    assert not refuted(PYTHON, "python", line, why)


def test_a_name_of_an_inner_block_is_unknown_behind_it() -> None:
    assert not refuted(SCRIPT, "javascript", 5, "`total` is not defined here")
    assert refuted(SCRIPT, "javascript", 3, "`total` is not defined here")
    assert refuted(SCRIPT, "javascript", 5, "`items` is not defined here")
