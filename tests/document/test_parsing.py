"""Trees that are kept up to date by small reparses are the trees that parsing from nothing gives."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Node, Tree

from codestral_lsp.document.parsing import byte_column, column_of, edited, hunks, load, parse
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from tests.conftest import EXAMPLES
from tests.document.marked import BY_NAME, parsed
from tests.document.snippets import SNIPPETS

PIECES = [
    *("\n", "\r\n", "\r", "    ", "\t", " ", "", "x", "1", ",", ";", ":", ".", "=", "(", ")", "[", "]", "{", "}"),
    *('"', "'", "`", '"""', "/*", "*/", "//", "#", "\\", "if ", "end\n", "<", ">", "é", "漢", "\U0001f600", "\u0301"),
    *("\x00", "\ufeff", "\u2028", "\f", "\ud83d", "\ude00", "# comment\n", "// comment\n", "x = 1\n", "foo(bar);\n"),
]
Change = tuple[float, int, int, int, str]
"""Where, as a share of all lines, and at which column; how many lines and columns on it ends; what comes in."""

anything: st.SearchStrategy[Change] = st.tuples(
    st.floats(0, 1),
    st.integers(0, 40),
    st.integers(0, 2),
    st.integers(0, 12),
    st.lists(st.sampled_from(PIECES), max_size=3).map("".join),
)
harmless: st.SearchStrategy[Change] = st.one_of(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.just(0), st.just(0), st.just("q")),
    st.tuples(st.floats(0, 1), st.just(0), st.just(0), st.just(0), st.sampled_from(["\n", "\n\n", "# c\n", "// c\n"])),
    st.tuples(st.floats(0, 1), st.just(99), st.just(0), st.just(0), st.sampled_from([" ", "\n", "\r\n", "\t\r"])),
)
"""What leaves code whole, most of the time: longer names, blanks, comments."""


def nodes(tree: Tree) -> list[tuple[object, ...]]:
    """All there is in a tree."""
    found: list[tuple[object, ...]] = []
    cursor = tree.walk()
    while True:
        node = cursor.node
        assert node is not None
        found.append((node.type, node.byte_range, node.start_point, node.end_point, node.is_missing, cursor.field_name))
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found


def encoded(text: Text) -> bytes:
    """What the parser is to see: lone CRs as LFs, lone surrogates as U+FFFD."""
    lines = [line[:-1] + "\n" if line.endswith("\r") else line for line in text.lines]
    return "".join("\ufffd" if "\ud800" <= c < "\ue000" else c for c in "".join(lines)).encode()


def from_nothing(name: str, text: Text) -> Tree:
    """The tree as tree-sitter's plainest interface gives it: all bytes at once."""
    from tree_sitter import Parser

    grammar = BY_NAME[name].grammar
    assert grammar is not None
    return Parser(load(grammar)).parse(encoded(text))


def place(text: Text, share: float, column: int) -> Position:
    line = min(int(share * len(text.lines)), len(text.lines) - 1)
    return text.clamp(Position(line, column))


def changed(text: Text, change: Change) -> Text:
    share, column, lines_on, columns_on, inserted = change
    start = place(text, share, column)
    end = Position(start.line + lines_on, columns_on if lines_on else start.column + columns_on)
    return text.replace(Range(start, end), inserted)[0]


def renamed(tree: SyntaxTree, change: Change) -> Text:
    """The text with the change in it if that is inside a name; else as it is. (A keyword with a letter too many makes
    nonsense that a grammar may accept by chance.)"""
    where = place(tree.text, *change[:2])
    line = tree.text.lines[where.line]
    node = tree.tree.root_node.descendant_for_point_range(
        (where.line, byte_column(line, max(0, where.column - 1))), (where.line, byte_column(line, where.column))
    )
    is_name = node is not None and node.type.endswith(("identifier", "name", "constant"))
    return changed(tree.text, change) if is_name else tree.text


def moved(tree: SyntaxTree, text: Text) -> SyntaxTree:
    found = tree.moved_to(text)
    assert found is not None
    assert found.text is text
    check_positions(found.tree, text)
    return found


@pytest.mark.parametrize("name", SNIPPETS)
@settings(max_examples=EXAMPLES // 3 + 1)
@given(
    rounds=st.lists(st.tuples(st.lists(anything, max_size=4), harmless), min_size=1, max_size=4), step=st.integers(1, 3)
)
def test_after_random_edits_the_tree_is_that_of_a_fresh_parse(
    name: str, rounds: list[tuple[list[Change], Change]], step: int
) -> None:
    """Each round edits the code to pieces, `step` edits between two questions, undoes that, and adds something.

    Of a text in pieces a fresh parse may mend something in another way than a reparse does (about once in 600 such
    texts), whole ones that came about by breaking others included, so these are checked to be covered only.
    """
    tree = parsed(name, Text.of(SNIPPETS[name]))
    for breaking, addition in rounds:
        texts = [tree.text]
        for change in breaking:
            texts.append(changed(texts[-1], change))
        for text in [*texts[step::step], *texts[-2::-step]]:
            tree = moved(tree, text)
            assert tree.byte_length == from_nothing(name, text).root_node.end_byte
        for text in (texts[0], renamed(tree, addition) if addition[4] == "q" else changed(texts[0], addition)):
            tree, fresh = moved(tree, text), from_nothing(name, text)
            if fresh.root_node.has_error:
                return
            check_same(tree.tree, fresh)


@pytest.mark.parametrize("where", ["undone", "elsewhere"])
def test_an_error_is_gone_with_its_cause(where: str) -> None:
    """Tree-sitter's own reparse would go on to see one here."""
    whole = parsed("cpp", Text.of(SNIPPETS["cpp"]))
    broken = whole.text.replace(Range(Position(27, 4), Position(29, 0)), "")[0]
    broken = broken.replace(Range(Position(0, 0), Position(0, 0)), "{")[0]
    tree = moved(whole, broken)
    assert tree.error_count() > 0
    text = Text.of(SNIPPETS["cpp"] + ("" if where == "undone" else "int x;\n"))
    assert moved(tree, text).error_count() == 0


def test_an_error_that_only_a_reparse_sees() -> None:
    """Tree-sitter's Bash sees one when a keyword becomes a command, but not when it reads the text from nothing."""
    whole = parsed("bash", Text.of(SNIPPETS["bash"]))
    text = whole.text.replace(Range(Position(6, 27), Position(6, 30)), "\n")[0]
    assert not from_nothing("bash", text).root_node.has_error
    assert moved(whole, text).error_count() == 0


AMBIGUOUS = {
    *("index_expression", "selector_expression", "identifier", "field_identifier"),
    *("type_instantiation_expression", "qualified_type", "type_identifier", "package_identifier"),
}
"""Go's `a.b[c]` is an element or an instance of a generic type: the grammar takes either, after edits perhaps the other
one."""


def check_same(one: Tree, other: Tree) -> None:
    for left, right in zip(nodes(one), nodes(other), strict=True):
        assert left == right or ({left[0], right[0]} <= AMBIGUOUS and left[1:4] == right[1:4])


def check_positions(tree: Tree, text: Text) -> None:
    """Bytes and rows of every node belong together, and no node overlaps the next."""
    source = encoded(text)
    starts = [0]
    for line in text.lines:
        starts.append(starts[-1] + len(line.encode("utf-8", "surrogatepass")))
    assert starts[-1] == len(source)
    waiting: list[Node] = [tree.root_node]
    while waiting:
        node = waiting.pop()
        for byte, point in ((node.start_byte, node.start_point), (node.end_byte, node.end_point)):
            assert starts[point.row] + point.column == byte
        for left, right in pairwise(node.children):
            assert left.end_byte <= right.start_byte
        waiting += node.children


@pytest.mark.parametrize("name", SNIPPETS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_first_parse_sees_what_a_parse_of_the_bytes_sees(name: str, end: str) -> None:
    text = Text.of(SNIPPETS[name].replace("\n", end))
    tree = parsed(name, text)
    assert nodes(tree.tree) == nodes(from_nothing(name, text))
    assert tree.error_count() == 0
    check_positions(tree.tree, text)


def test_long_lines_reach_the_parser_in_pieces_and_whole() -> None:
    for line in ("x = [" + "1, " * 3000 + "]", "x = '" + "é\U0001f600" * 3000 + "'"):
        for end in ("", "\n", "\r", "\r\n"):
            text = Text.of(line + end + "y = 2" + end)
            assert nodes(parsed("python", text).tree) == nodes(from_nothing("python", text))


def test_a_reparse_reads_a_small_part_of_the_text() -> None:
    """Also when the client sends the whole text again, and a small part of it is new."""
    source = SNIPPETS["typescript"]
    old = Text.of(source * 100)
    new = Text.of(source * 50 + source.replace("Red", "Blue") + source * 49)
    line = 50 * source.count("\n") + source[: source.index("Red")].count("\n")
    assert hunks(old.lines, new.lines) == [(line, line + 1, line + 1)]
    reads: list[int] = []

    def pace() -> bool:
        reads[-1] += 1
        return True

    reads.append(0)
    base = SyntaxTree.of(old, BY_NAME["typescript"], pace)
    assert base is not None
    reads.append(0)
    tree = base.moved_to(new, pace)
    assert tree is not None
    check_same(tree.tree, from_nothing("typescript", new))
    assert reads[1] < reads[0] / 10


def test_edits_far_apart_leave_what_is_between_alone() -> None:
    old = Text.of("a = 1\n" * 3000)
    new = old
    for line in (10, 2990):
        new, _ = new.replace(Range(Position(line, 0), Position(line, 1)), "b")
    assert hunks(old.lines, new.lines) == [(10, 11, 11), (2990, 2991, 2991)]
    base = parsed("python", old)
    copy = edited(base.tree, old, new, hunks(old.lines, new.lines))
    between = copy.root_node.descendant_for_point_range((1000, 0), (1000, 1))
    changed = copy.root_node.descendant_for_point_range((2990, 0), (2990, 1))
    assert between is not None
    assert changed is not None
    assert not between.has_changes
    assert changed.has_changes


lines = st.lists(st.sampled_from(["a\n", "b\n", "c\r", "d\r\n", "é\n"]), max_size=30)


@given(lines, lines, lines, lines)
def test_hunks_are_all_that_differs_and_no_more_at_either_end(
    head: list[str], removed: list[str], added: list[str], tail: list[str]
) -> None:
    old, new = [*head, *removed, *tail, ""], [*head, *added, *tail, ""]
    found = hunks(old, new)
    rebuilt: list[str] = []
    at = 0
    for hunk in found:
        rebuilt += old[at : hunk.first] + new[hunk.first : hunk.new_stop]
        at = hunk.old_stop
    assert [*rebuilt, *old[at:]] == new
    assert (found == []) is (old == new)
    for hunk in found:
        ends = [(rows[hunk.first], rows[stop - 1]) for rows, stop in ((old, hunk.old_stop), (new, hunk.new_stop))]
        if hunk.old_stop > hunk.first and hunk.new_stop > hunk.first:
            assert ends[0][0] != ends[1][0]
            assert ends[0][1] != ends[1][1]


@pytest.mark.parametrize("where", [0, 1, 63, 64, 65, 700, 1499, 1500])
def test_hunks_in_long_lists(where: int) -> None:
    old = [f"{number}\n" for number in range(1500)]
    new = [*old[:where], "new\n", *old[where:]]
    assert hunks(old, new) == [(where, where, where + 1)]
    assert hunks(new, old) == [(where, where + 1, where)]


def test_a_tree_and_its_edited_copy_are_two() -> None:
    text = Text.of("def f():\n    return 1\n")
    tree = parsed("python", text)
    before = nodes(tree.tree)
    broken = tree.with_edit(Range(Position(1, 99), Position(1, 99)), "(")
    assert broken.error_count() > 0
    assert nodes(tree.tree) == before
    assert str(tree.text) == str(text)
    assert str(broken.text) == "def f():\n    return 1(\n"


def test_a_parse_stops_when_its_pace_says_so() -> None:
    text = Text.of("x = (1 + 2)\n" * 2000)
    grammar = BY_NAME["python"].grammar
    assert grammar is not None
    asked = iter([True] * 5 + [False] * 10_000)
    assert parse(grammar, text, None, lambda: next(asked)) is None
    assert sum(1 for _ in asked) > 9_900  # and does not ask again


def test_columns_are_characters_whatever_their_bytes() -> None:
    tree = parsed("python", Text.of("x = '漢\U0001f600'; yé = 1\n"))
    assert tree.error_count() == 0
    assert [column_of("aé漢\U0001f600b", byte) for byte in (0, 1, 3, 6, 10, 11)] == [0, 1, 2, 3, 4, 5]
