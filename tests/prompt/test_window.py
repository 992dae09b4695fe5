"""The window holds still while the user types, so that the model reads only what is new."""

from __future__ import annotations

from dataclasses import replace

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Text
from codestral_lsp.prompt.window import Window, WindowAnchor, WindowBudget

BUDGET = WindowBudget(prefix=300, suffix=90)
URI = "file:///a.py"


def three_tokens_a_line(line: str) -> float:
    return 3.0


class Editor:
    """A document with a cursor, and the window that follows it."""

    def __init__(self, lines: int, cursor: Position) -> None:
        self.store = DocumentStore()
        self.anchor = WindowAnchor()
        self.store.listen(self.anchor.observe)
        self.store.open(Document(URI, "python", 1, Text.of("".join(f"line {n}\n" for n in range(lines)))))
        self.cursor = cursor

    @property
    def document(self) -> Document:
        document = self.store.get(URI)
        assert document
        return document

    def type(self, text: str) -> None:
        before = self.cursor
        self.store.change(URI, None, [ClientChange(text, (before.line, before.column), (before.line, before.column))])
        typed = Text.of(text).lines
        column = len(typed[-1]) + (before.column if len(typed) == 1 else 0)
        self.cursor = Position(before.line + len(typed) - 1, column)

    def edit(self, line: int, text: str) -> None:
        self.store.change(URI, None, [ClientChange(text, (line, 0), (line, 0))])

    def window(self, budget: WindowBudget = BUDGET) -> Window:
        return self.anchor.window(self.document, self.cursor, budget, three_tokens_a_line)


def test_typing_only_appends_to_the_prefix() -> None:
    editor = Editor(1000, Position(500, 0))
    first = editor.window()
    assert first.fresh
    for text in ["x", " = 1", "\n", "    y", "(", "\n\n"]:
        before = editor.window()
        editor.type(text)
        after = editor.window()
        assert not after.fresh
        assert after.suffix.endswith(before.suffix[-50:])
        assert after.prefix == before.prefix + text
    assert editor.window().suffix in first.suffix


def test_typing_many_lines_cuts_the_head_in_few_big_steps() -> None:
    editor = Editor(1000, Position(500, 0))
    suffixes, fresh = set(), 0
    for _ in range(200):
        editor.type("word\n")
        window = editor.window()
        suffixes.add(window.suffix)
        fresh += window.fresh
    assert len(suffixes) == 1
    assert fresh <= 1 + 200 // 30


def test_closers_behind_the_cursor_are_left_to_the_answer() -> None:
    editor = Editor(20, Position(10, 0))
    editor.type("foo(")
    before = editor.window()
    editor.store.change(URI, None, [ClientChange(")", (10, 4), (10, 4))])
    after = editor.window()
    assert (after.rest.rstrip("\n"), after.suffix) == (")line 10", before.suffix) or not after.fresh


def test_code_behind_the_cursor_is_shown() -> None:
    editor = Editor(20, Position(10, 4))
    assert editor.window().suffix.startswith(" 10\nline 11\n")
    editor.type("x")
    assert editor.window().suffix.startswith(" 10\nline 11\n")
    assert not editor.window().fresh


def test_an_edit_below_the_cursor_inside_the_window_renews_it() -> None:
    editor = Editor(1000, Position(500, 8))
    editor.window()
    editor.edit(505, "changed ")
    window = editor.window()
    assert window.fresh
    assert "changed line 505" in window.suffix


def test_a_line_added_further_down_is_not_read_at_once() -> None:
    editor = Editor(1000, Position(500, 8))
    before = editor.window()
    for number, text in enumerate(("#", " as above", "\n")):
        editor.store.change(URI, None, [ClientChange(text, (510, (0, 1, 10)[number]), (510, (0, 1, 10)[number]))])
    after = editor.window()
    assert not after.fresh
    assert (after.prefix, after.suffix) == (before.prefix, before.suffix)
    editor.type("x")
    assert not editor.window().fresh
    for line in range(512, 520):
        editor.edit(line, "another\n")
    assert editor.window().fresh, "many lines are worth reading"
    assert "as above" in editor.window().suffix


def test_a_line_added_right_below_the_cursor_is_read() -> None:
    editor = Editor(1000, Position(500, 8))
    editor.window()
    editor.edit(502, "added\n")
    window = editor.window()
    assert window.fresh
    assert window.suffix.startswith("\nline 501\nadded\n")


def test_a_model_that_reads_the_suffix_last_is_shown_it_as_it_is() -> None:
    budget = replace(BUDGET, suffix_first=False)
    editor = Editor(1000, Position(500, 8))
    editor.window(budget)
    editor.edit(510, "added\n")
    assert "added" in editor.window(budget).suffix


def test_edits_outside_the_window_leave_it_alone() -> None:
    editor = Editor(1000, Position(500, 8))
    before = editor.window()
    editor.edit(900, "far below\n")
    editor.edit(3, "far above\nand more\n")
    editor.cursor = replace(editor.cursor, line=502)
    after = editor.window()
    assert not after.fresh
    assert (after.prefix, after.suffix) == (before.prefix, before.suffix)
    assert after.first_line == before.first_line + 2


def test_deleting_lines_of_the_suffix_never_shows_text_that_is_gone() -> None:
    editor = Editor(100, Position(50, 7))
    editor.window()
    editor.store.change(URI, None, [ClientChange("", (52, 0), (60, 0))])
    window = editor.window()
    assert "line 55" not in window.suffix
    assert "line 60" in window.suffix


def test_a_jump_inside_the_window_keeps_its_far_end() -> None:
    editor = Editor(1000, Position(500, 8))
    before = editor.window()
    editor.cursor = Position(503, 8)
    after = editor.window()
    assert after.last_line == before.last_line
    assert before.suffix.endswith(after.suffix)


def test_a_jump_out_of_the_window_moves_it() -> None:
    editor = Editor(1000, Position(500, 8))
    editor.window()
    editor.cursor = Position(20, 7)
    window = editor.window()
    assert window.fresh
    assert window.prefix.endswith("line 19\nline 20")
    assert window.suffix.startswith("\nline 21\n")


def test_a_suffix_that_runs_low_is_renewed() -> None:
    editor = Editor(1000, Position(500, 8))
    last = editor.window().last_line
    editor.cursor = Position(last - 2, 5)
    window = editor.window()
    assert window.fresh
    assert window.last_line > last + 10


def test_at_the_end_of_the_file_there_is_no_suffix() -> None:
    editor = Editor(10, Position(10, 0))
    window = editor.window()
    assert window.suffix == ""
    assert window.prefix.endswith("line 9\n")


def test_replacing_the_whole_text_forgets_the_window() -> None:
    editor = Editor(100, Position(50, 0))
    editor.window()
    editor.store.change(URI, None, [ClientChange("a\nb\nc\n")])
    editor.cursor = Position(1, 1)
    window = editor.window()
    assert (window.prefix, window.suffix) == ("a\nb", "\nc\n")


def test_what_is_typed_comes_on_top_of_what_was_read_first() -> None:
    budget = replace(BUDGET, first=60)
    editor = Editor(1000, Position(500, 0))
    first = editor.window(budget)
    assert first.last_line > 500 >= first.first_line >= 480
    for _ in range(70):
        editor.type("word\n")
        assert editor.window(budget).prefix.startswith(first.prefix)
    assert not editor.window(budget).fresh


def test_the_head_begins_where_a_block_begins() -> None:
    lines = []
    for n in range(100):
        lines += [f"def f{n}():\n", *["    pass\n"] * 9]
    document = Document(URI, "python", 1, Text.of("".join(lines)))
    window = WindowAnchor().window(document, Position(905, 4), BUDGET, three_tokens_a_line)
    assert window.prefix.startswith("def f")


def test_overlong_lines_are_cut_to_the_budget_in_coarse_steps() -> None:
    long = "x" * 100_000
    document = Document(URI, "javascript", 1, Text.of(f"{long}\n{long}\n"))
    anchor = WindowAnchor()
    first = anchor.window(document, Position(0, 50_000), BUDGET, three_tokens_a_line)
    assert len(first.prefix) <= 6 * BUDGET.prefix
    assert len(first.suffix) <= 6 * BUDGET.suffix
    text, edit = document.text.replace(Range(Position(0, 50_000), Position(0, 50_000)), "y")
    changed = replace(document, text=text)
    anchor.observe(Change(document, changed, (edit,)))
    second = anchor.window(changed, Position(0, 50_001), BUDGET, three_tokens_a_line)
    assert second.prefix == first.prefix + "y"
