"""Texts with a cursor drawn into them: `█`."""

from collections.abc import Callable

import pytest

from codestral_lsp.document.languages import LANGUAGES
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.rules import TextRules
from codestral_lsp.document.syntax import Syntax
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

BY_NAME = {language.name: language for language in LANGUAGES}


def marked(text: str) -> tuple[Text, Position]:
    """The text without its cursor, and where that was."""
    before, mark, after = text.partition("█")
    assert mark, "draw a cursor: █"
    return Text.of(before + after), Text.of(before).end


def parsed(language: str, text: Text) -> SyntaxTree:
    tree = SyntaxTree.of(text, BY_NAME[language])
    assert tree is not None
    return tree


def ruled(language: str, text: Text) -> TextRules:
    return TextRules(text, BY_NAME[language])


def typed(language: str, text: Text) -> SyntaxTree:
    """A tree that came about by deleting everything and undoing that."""
    everything = Range(Position(0, 0), text.end)
    emptied = parsed(language, text).with_edit(everything, "")
    return emptied.with_edit(Range(Position(0, 0), Position(0, 0)), str(text))


either = pytest.mark.parametrize("syntax", [parsed, ruled, typed])
"""Runs a test on a tree, on text rules and on a tree after edits: all three must give the same answers."""

Maker = Callable[[str, Text], Syntax]
