"""Text and positions equal a plain string that is spliced by the protocol's definitions, whatever is typed."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position, PositionCodec, PositionEncoding, Range
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Edit, Text, split_lines, without_line_end
from tests.document.reference import index_of, joined, line_spans, offset_of, units

ENCODINGS: tuple[PositionEncoding, ...] = ("utf-8", "utf-16", "utf-32")

# Whatever ends a line, looks as if it did, or takes more than one unit of some encoding.
AWKWARD = "a b\t\r\n\r\n\f\v\x1c\x85\u2028\u2029\x00éß\u0301漢\ufeff\U0001f600\U0001d49c\ud83d\ude00"
texts = st.text(st.sampled_from(AWKWARD) | st.characters(), max_size=40) | st.lists(
    st.sampled_from(["\r", "\n", "\r\n", "", "x", "\U0001f600", "\ud83d", "\ude00"]), max_size=12
).map("".join)
places = st.tuples(st.integers(-1, 12), st.integers(-1, 16))
changes = st.one_of(
    st.builds(ClientChange, texts, places, places),
    st.builds(ClientChange, texts.map(joined)),
)


def opened(text: str, encoding: PositionEncoding = "utf-16") -> DocumentStore:
    store = DocumentStore(PositionCodec(encoding))
    store.open(Document("untitled:x", "plaintext", 1, Text.of(text)))
    return store


@given(texts, st.sampled_from(ENCODINGS), st.lists(st.lists(changes, min_size=1, max_size=4), max_size=5))
@example("a\nb", "utf-16", [[ClientChange("\r", (0, 1), (0, 1))]])
@example("a\rX\nb", "utf-16", [[ClientChange("", (1, 0), (1, 1))]])
@example("a\rb", "utf-16", [[ClientChange("\n", (1, 0), (1, 0))]])
@example("\ud83dX\ude00", "utf-32", [[ClientChange("", (0, 1), (0, 2))]])
@example("\U0001f600b", "utf-16", [[ClientChange("x", (0, 1), (0, 9))]])
def test_every_edit_gives_what_splicing_a_string_gives(
    start: str, encoding: PositionEncoding, messages: list[list[ClientChange]]
) -> None:
    expected, store = joined(start), opened(start, encoding)
    told: list[Change] = []
    store.listen(told.append)
    for number, message in enumerate(messages, start=2):
        before = expected
        for change in message:
            if change.start is None or change.end is None:
                expected = before = change.text
                continue
            one, other = (offset_of(expected, *place, encoding) for place in (change.start, change.end))
            expected = joined(expected[: min(one, other)] + change.text + expected[max(one, other) :])
        after = store.change("untitled:x", number, message)
        assert after is not None
        assert after.version == number
        assert str(after.text) == expected
        spans = line_spans(expected)
        assert [without_line_end(line) for line in after.text.lines] == [expected[a:b] for a, b in spans]
        assert told[-1].after is after
        if told[-1].edits:
            assert replayed(before, told[-1].edits) == expected


def replayed(text: str, edits: tuple[Edit, ...]) -> str:
    """`text` after `edits`, each checked against the text it was made in and the one it made."""
    for edit in edits:
        start, end = index_of(text, edit.start), index_of(text, edit.old_end)
        assert text[start:end] == edit.removed
        text = text[:start] + edit.inserted + text[end:]
        assert index_of(text, edit.start) == start
        assert index_of(text, edit.new_end) == start + len(edit.inserted)
    return text


@given(texts.map(joined), st.sampled_from(ENCODINGS))
def test_positions_go_to_the_client_and_back(text: str, encoding: PositionEncoding) -> None:
    codec = PositionCodec(encoding)
    for line in (without_line_end(line) for line in split_lines(text)):
        for column in range(len(line) + 1):
            count = codec.units(line, column)
            assert count == units(line[:column], encoding)
            assert codec.column(line, count) == column
            for inside in range(count + 1, units(line[: column + 1], encoding)):
                assert codec.column(line, inside) == column
        assert codec.column(line, units(line, encoding) + 7) == len(line)
        assert codec.column(line, -3) == 0


@given(texts, st.data())
def test_slices_are_those_of_the_string(text: str, data: st.DataObject) -> None:
    value, text = Text.of(text), joined(text)
    spots = [Position(n, c) for n, (a, b) in enumerate(line_spans(text)) for c in range(b - a + 1)]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(spots), st.sampled_from(spots))))
    a, b = index_of(text, start), index_of(text, end)
    assert value.slice(Range(start, end)) == text[a:b]
    assert value.before(end) == text[:b]
    assert value.after(start) == text[a:]
    assert value.before(end, start.line) == text[line_spans(text)[start.line][0] : b]
    if end.line > start.line:
        assert value.after(start, end.line) == text[a : line_spans(text)[end.line][0]]


@pytest.mark.parametrize(
    ("before", "span", "inserted", "expected"),
    [
        # A CR typed in front of a LF: the edit takes the LF in, for no place lies between the two.
        ("a\nb", ((0, 1), (0, 1)), "\r", ((0, 1), (1, 0), (1, 0), "\n", "\r\n")),
        ("a\rb", ((1, 0), (1, 0)), "\n", ((0, 1), (1, 0), (1, 0), "\r", "\r\n")),
        ("a\rX\nb", ((1, 0), (1, 1)), "", ((0, 1), (2, 0), (1, 0), "\rX\n", "\r\n")),
        ("a\r\nb", ((0, 1), (1, 0)), "\n", ((0, 1), (1, 0), (1, 0), "\r\n", "\n")),
        ("ab", ((0, 2), (0, 1)), "x\ny", ((0, 1), (0, 2), (1, 1), "b", "x\ny")),
        ("ab\n", ((0, 9), (7, 7)), "", ((0, 2), (1, 0), (0, 2), "\n", "")),
    ],
)
def test_an_edit_says_exactly_what_it_replaced(
    before: str,
    span: tuple[tuple[int, int], tuple[int, int]],
    inserted: str,
    expected: tuple[tuple[int, int], tuple[int, int], tuple[int, int], str, str],
) -> None:
    _, edit = Text.of(before).replace(Range(Position(*span[0]), Position(*span[1])), inserted)
    start, old_end, new_end = (Position(*place) for place in expected[:3])
    assert edit == Edit(start, old_end, new_end, *expected[3:])


def test_an_edit_leaves_the_old_text_and_the_other_lines_alone() -> None:
    old = Text.of("one\ntwo\nthree\n")
    new, _ = old.replace(Range(Position(1, 0), Position(1, 3)), "2")
    assert str(old) == "one\ntwo\nthree\n"
    assert str(new) == "one\n2\nthree\n"
    assert all(a is b for a, b in zip(old.lines[2:], new.lines[2:], strict=True))


@pytest.mark.parametrize(("text", "end"), [("a\r\nb", "\r\n"), ("a\rb\nc", "\r"), ("a\nb\r\n", "\n"), ("a", "\n")])
def test_the_line_end_is_that_of_the_first_line(text: str, end: str) -> None:
    assert Text.of(text).line_end() == end


def test_a_line_of_a_megabyte_and_a_hundred_thousand_lines_are_edited_like_any_other() -> None:
    for text in ("é\U0001f600" * 500_000, "line\r\n" * 100_000):
        store = opened(text)
        at = offset_of(text, 0, 4, "utf-16")
        after = store.change(
            "untitled:x", None, [ClientChange("!", (0, 4), (0, 4)), ClientChange("?", (10**6, 0), (10**6, 0))]
        )
        assert after is not None
        assert str(after.text) == text[:at] + "!" + text[at:] + "?"


class TestStore:
    def test_an_unknown_document_is_not_changed(self) -> None:
        assert DocumentStore().change("untitled:none", 2, [ClientChange("x")]) is None

    def test_listeners_hear_of_open_change_and_close_in_order(self) -> None:
        told: list[Change] = []
        store = DocumentStore()
        store.listen(told.append)
        document = Document("untitled:x", "python", 1, Text.of("a"))
        store.open(document)
        after = store.change("untitled:x", 5, [ClientChange("b", (0, 1), (0, 1))])
        store.close("untitled:x")
        store.close("untitled:x")
        assert [(change.before, change.after) for change in told] == [
            (None, document),
            (document, after),
            (after, None),
        ]
        assert [str(edit.inserted) for edit in told[1].edits] == ["b"]
        assert len(store) == 0

    def test_a_change_without_a_version_counts_on(self) -> None:
        store = opened("a")
        after = store.change("untitled:x", None, [ClientChange("b")])
        assert after is not None
        assert after.version == 2
        assert list(store) == [after]

    def test_replacing_everything_has_no_edits(self) -> None:
        told: list[Change] = []
        store = opened("a\nb")
        store.listen(told.append)
        store.change("untitled:x", 2, [ClientChange("x", (0, 0), (0, 0)), ClientChange("new")])
        assert told[0].edits == ()
        assert str(store.get("untitled:x").text) == "new"  # type: ignore[union-attr]

    def test_opening_again_takes_the_new_text(self) -> None:
        store = opened("a")
        first = store.get("untitled:x")
        assert first is not None
        told: list[Change] = []
        store.listen(told.append)
        again = replace(first, text=Text.of("b"), language="go")
        store.open(again)
        assert told == [Change(first, again)]
        assert store.get("untitled:x") is again
