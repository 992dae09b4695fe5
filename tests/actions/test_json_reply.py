"""JSON as models write it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.actions.json_reply import is_whole, read_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Sure! Here it is:\n```json\n{"a": 1}\n```\nHope it helps.', {"a": 1}),
        ('{"a": [1, 2, ], "b": "x",}', {"a": [1, 2], "b": "x"}),
        ("{'a': 'it is', 'b': True, c: None}", {"a": "it is", "b": True, "c": None}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('{"quote": "print("hi")", "line": 3}', {"quote": 'print("hi")', "line": 3}),
        ('{"a": "x", "b": [{"c": "d"}, {"c": "cut of', {"a": "x", "b": [{"c": "d"}, {"c": "cut of"}]}),
        ('{"a": 1 // why\n, "b": /* what */ 2}', {"a": 1, "b": 2}),
        (r'{"a": "re.match(\d+)"}', {"a": r"re.match(\d+)"}),
        ('{"a": """x = "y"\n"""}', {"a": 'x = "y"\n'}),
        ('{"a": `x`}', {"a": "x"}),
        ('{"confidence": 90%}', {"confidence": 0.9}),
        ('[{"a": 1}', [{"a": 1}]),
        ("There is no bug.", None),
        ("", None),
        ("{", {}),
        ("}{", {}),
    ],
)
def test_what_is_meant_is_read(text: str, value: object) -> None:
    assert read_json(text) == value


@given(JSON.filter(lambda value: isinstance(value, dict)), st.text(alphabet="ab \n.`", max_size=10))
def test_good_json_is_read_as_it_is_wherever_it_stands(value: object, around: str) -> None:
    text = json.dumps(value)
    assert read_json(text) == value
    assert read_json(f"{around}{text}{around}") == value
    assert is_whole(f"{around}{text}")


@given(st.text(alphabet="{}[]\",:\\\n ab1/*`'", max_size=60))
def test_nonsense_comes_to_an_end(text: str) -> None:
    read_json(text)
    is_whole(text)


@given(JSON.filter(lambda value: isinstance(value, dict)), st.data())
def test_an_object_is_whole_only_at_its_end(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text) - 1))
    assert not is_whole(text[:cut])


def test_deep_nesting_does_no_harm() -> None:
    read_json("[" * 100_000)
    read_json('{"a":' * 100_000)
