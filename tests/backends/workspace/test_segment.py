"""Segments: what is written is found again, and what is damaged is known for it."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codestral_lsp.backends.workspace.segment import BadSegment, Segment, SegmentWriter
from codestral_lsp.backends.workspace.tokens import CODES, LINE_END

FILES = {
    "a.py": "def area(width, height):\n    return width * height\n\n\nprint(area(2, 3))\n",
    "sub/b.js": "function f() {\r\n\treturn 'é🎉'\r\n}\r\n",
    "empty.py": "",
    "c.py": "no line end",
}


def write(path: Path, files: dict[str, str]) -> Path:
    writer = SegmentWriter()
    for number, (name, text) in enumerate(files.items()):
        writer.add(name, number, len(text), text.encode())
    writer.write(path)
    return path


def context(*tokens: str) -> list[int]:
    """Codes of the tokens before a place, the nearest first."""
    return [LINE_END if token == "\n" else CODES[token.encode()] for token in reversed(tokens)]


def test_what_was_written_is_found_again(tmp_path: Path) -> None:
    with closing(Segment(write(tmp_path / "s", FILES), verify=True)) as segment:
        assert segment.files() == [(name, number, len(text)) for number, (name, text) in enumerate(FILES.items())]
        assert [segment.find(name) for name in (*FILES, "b.js", "sub")] == [0, 1, 2, 3, None, None]
        ((_, _, at),) = [each for each in segment.alike(context("return", "width"), 0) if each[0] == -2]
        line = segment.line_of(at)
        assert segment.rest(at, line) == b" * height"
        assert segment.token(at) == b"width"
        assert segment.token(at - 1) == b"*"
        assert (segment.indent(line), segment.gap(line), segment.gap(line + 1)) == (4, 0, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    assert stat.S_IMODE(os.stat(write(tmp_path / "s", FILES)).st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_nothing_is_found_in_excluded_files(tmp_path: Path) -> None:
    files = {"one.py": "value = 1\n", "two.py": "value = 2\n", "three.py": "value = 3\n"}
    with closing(Segment(write(tmp_path / "s", files))) as segment:

        def follows() -> set[bytes]:
            return {segment.rest(at, segment.line_of(at)) for _, _, at in segment.alike(context("value", "="), 0)}

        assert {b" 1", b" 2", b" 3"} <= follows()
        segment.exclude([1])
        assert {b" 1", b" 3"} <= follows()
        assert not any(b"2" in rest for rest in follows())
        segment.exclude([0, 1, 2])
        assert follows() == set()


CODE = st.lists(st.lists(st.sampled_from(["a", "b", "(", ")"]), max_size=4).map(" ".join), max_size=12).map("\n".join)


# The search for this one looks at places whose context ends where the codes end.
@example(
    [
        "\nb b b b\n\na a a b\na b\n\na b a b\nb a a a\na\na a\n\nb a a b",
        "\n\nb a a b\na a a (\na\na b a\na b a\na a\n",
        "",
        "b a a a\n\n\n\n\na\nb\na\nb\n\na a ) a\n",
    ],
    ["a", "a", "a", "a", "a", "b"],
)
@given(st.lists(CODE, min_size=1, max_size=4), st.lists(st.sampled_from(["a", "b", "(", "\n"]), min_size=1, max_size=6))
@settings(deadline=None, max_examples=200)
def test_like_places_are_those_of_a_search_by_hand(texts: list[str], before: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "s", {f"{number}.py": text for number, text in enumerate(texts)})
        with closing(Segment(path)) as segment:
            back = context(*before)
            codes = list(segment.codes)

            def sameness(at: int) -> int:
                there = codes[at : at + len(back)]
                return next((n for n in range(len(back)) if n >= len(there) or there[n] != back[n]), len(back))

            expected = [(sameness(at), at) for at in range(1, len(codes)) if codes[at - 1] and codes[at]]
            expected = [each for each in expected if each[0]]
            found = [(-negative, at) for negative, _, at in segment.alike(back, 0)]
            assert [length for length, _ in found] == sorted((length for length, _ in expected), reverse=True)
            assert set(found) == set(expected)


@given(cut=st.floats(0, 1, exclude_max=True))
@settings(deadline=None, max_examples=60)
def test_a_file_cut_short_is_refused(cut: float) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "s", FILES)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(cut * len(whole))])
        with pytest.raises(BadSegment):
            Segment(path, verify=True)


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(deadline=None, max_examples=100)
def test_a_single_wrong_bit_is_noticed(where: float, bit: int) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "s", FILES)
        damaged = bytearray(path.read_bytes())
        damaged[int(where * len(damaged))] ^= 1 << bit
        path.write_bytes(damaged)
        with pytest.raises(BadSegment):
            Segment(path, verify=True)


def test_other_files_are_refused(tmp_path: Path) -> None:
    for content in (b"", b"{}", b"codestral index\n" + bytes(100)):
        (tmp_path / "s").write_bytes(content)
        with pytest.raises(BadSegment):
            Segment(tmp_path / "s", verify=True)
