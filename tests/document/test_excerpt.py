"""What an excerpt says of a change is true of the whole file."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestral_lsp.document.excerpt import MAX_BYTES, breaks_nothing
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from tests.conftest import EXAMPLES
from tests.document.marked import BY_NAME, marked, parsed
from tests.document.snippets import SNIPPETS
from tests.document.test_keeper import Desk, desk, parses

__all__ = ["desk", "parses"]  # fixtures

PARSED = [name for name, language in BY_NAME.items() if language.grammar is not None and name in SNIPPETS]
BITS = [
    *("(", ")", "[", "]", "{", "}", '"', "'", '"""', "/*", "*/", "#", "//", "<<EOF\n", "#if X\n", "#endif\n", "\\"),
    *(
        "\n",
        "\n    ",
        "\n\t",
        "    ",
        ",",
        ";",
        ":",
        "=",
        "x",
        "else:",
        "} else {",
        "end\n",
        "fi\n",
        "case 1:",
        "return ",
    ),
]

BIG = '''\
"""Prices and what becomes of them."""

import re


''' + "".join(
    f'''\
def price_{number}(amount, rate=1.0, *, rounded=False):
    """The price of {number}."""
    if amount < 0:
        raise ValueError(f"not {{amount}}")
    for step in range({number}):
        amount = amount * rate + step
    return round(amount) if rounded else amount


'''
    for number in range(120)
)


def without_pause() -> bool:
    return True


@cache
def big(language: str) -> SyntaxTree:
    """The language's snippet, over and over."""
    snippet = SNIPPETS[language]
    return parsed(language, Text.of(snippet * (1 + 3 * MAX_BYTES // len(snippet.encode()))))


def told(tree: SyntaxTree, before: Text, cursor: Position, inserted: str) -> bool:
    after, _ = before.replace(Range(cursor, cursor), inserted)
    return breaks_nothing(tree, before, after, without_pause)


def in_big(
    begun: str, after: str = "    return round(amount) if rounded else amount\n"
) -> tuple[SyntaxTree, Text, Position]:
    """The tree of a big file, and the file once a line with a cursor has been begun in front of another."""
    at = BIG.index(after, len(BIG) // 2)
    before, cursor = marked(BIG[:at] + begun + BIG[at:])
    return parsed("python", Text.of(BIG)), before, cursor


@pytest.mark.parametrize("language", PARSED)
def test_what_an_excerpt_says_holds_for_the_whole(language: str) -> None:
    tree = big(language)
    lines = tree.text.lines
    pieces = st.one_of(st.sampled_from(BITS), st.sampled_from(SNIPPETS[language].splitlines(keepends=True)))
    texts = st.lists(pieces, max_size=3).map("".join)

    @settings(max_examples=EXAMPLES // 2, derandomize=True)
    @given(st.integers(0, len(lines) - 1), st.integers(0, 60), st.integers(0, 3), texts, texts, st.integers(0, 99))
    def holds(row: int, column: int, removed: int, begun: str, answer: str, most: int) -> None:
        start = tree.text.clamp(Position(row, column))
        end = tree.text.clamp(Position(row + removed, column if removed else 999))
        before, edit = tree.text.replace(Range(start, end), begun)
        after, _ = before.replace(Range(edit.new_end, edit.new_end), answer[:most])
        if breaks_nothing(tree, before, after, without_pause):
            now = tree.moved_to(before)
            then = now.moved_to(after) if now is not None else None
            assert now is not None
            assert then is not None
            assert then.error_count() <= now.error_count()

    holds()


@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        ("    total = █\n", "sum(amount, rate)"),
        ("    if rate > 2:█\n", "\n        amount /= 2"),
        ("    amount = max(█)\n", "amount, 0"),
        ("    steps = [█\n", "1, 2]"),
        ("    █\n", "while amount > 100:\n        amount -= 1\n    amount += 1"),
    ],
)
def test_what_fits_needs_no_look_at_the_whole(begun: str, answer: str) -> None:
    assert told(*in_big(begun), answer)


@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        ("    total = █\n", "sum(amount"),
        ("    total = █\n", '"""'),
        ("    total = █\n", "1\n    else:\n        pass"),
    ],
)
def test_what_does_not_fit_is_left_to_a_look_at_the_whole(begun: str, answer: str) -> None:
    assert not told(*in_big(begun), answer)


def test_errors_elsewhere_are_no_hindrance() -> None:
    tree, before, cursor = in_big("    total = █\n")
    wrong, _ = tree.text.replace(Range(Position(0, 0), Position(0, 0)), "x = = 1\n")
    broken = parsed("python", wrong)
    assert broken.has_errors
    begun, _ = before.replace(Range(Position(0, 0), Position(0, 0)), "x = = 1\n")
    below = Position(cursor.line + 1, cursor.column)
    assert told(broken, begun, below, "amount")
    assert not told(broken, begun, below, "amount(")


async def test_the_keeper_tells_from_the_last_tree_without_parsing_the_file(
    desk: Desk, parses: list[tuple[bool, bool]]
) -> None:
    await desk.keeper.tree(desk.open(BIG))
    at = Text.of(BIG[: BIG.index("    return", len(BIG) // 2)]).end
    begun = desk.type("    total = \n", at.line)
    cursor = Range(Position(at.line, 12), Position(at.line, 12))
    parses.clear()
    assert desk.keeper.breaks_nothing(begun, cursor, "amount")
    assert not desk.keeper.breaks_nothing(begun, cursor, "amount(")
    assert parses == []


async def test_a_small_file_is_looked_at_whole(desk: Desk) -> None:
    document = desk.open("x = \n")
    await desk.keeper.tree(document)
    assert not desk.keeper.breaks_nothing(document, Range(Position(0, 4), Position(0, 4)), "1")


def test_what_has_an_error_without_a_node_does_not_fit() -> None:
    accessors = (
        "    public int Count\n    {\n        get { return 1; }\n        set█\n        { count = value; }\n    }\n"
    )
    filler = "".join(f"    public void Do{number}() {{ Call({number}); }}\n" for number in range(800))
    before, cursor = marked(f"class A\n{{\n{filler}{accessors}{filler}}}\n")
    tree = parsed("csharp", before)
    assert tree.error_count() == 0
    assert not told(tree, before, cursor, "\n        { count = 2; }")


def test_a_change_far_from_the_last_tree_is_left_to_a_look_at_the_whole() -> None:
    tree, before, cursor = in_big("    total = █\n")
    elsewhere, _ = before.replace(Range(Position(8, 0), Position(8, 0)), "    rate += 1\n")
    assert told(tree, before, cursor, "1")
    assert not told(tree, elsewhere, Position(cursor.line + 1, cursor.column), "1")
