"""How much of a text stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.insight.kept import counted_characters, kept_characters


@pytest.mark.parametrize(
    ("accepted", "there", "kept"),
    [
        ("total = sum(items)", "total = sum(items)", 16),
        ("total = sum(items)", "total  =  sum( items )", 16),  # a formatter's blanks
        ("total = sum(items)", "amount = sum(items)", 11),  # one word of six another
        ("total = sum(items)", "", 0),
        ("total", "tot + al", 0),  # words count whole
        ("a b c", "c b a", 1),  # in the same order
        ("", "anything", 0),
        ("größe = straße", "größe = straße", 12),
    ],
)
def test_kept_characters(accepted: str, there: str, kept: int) -> None:
    assert kept_characters(accepted, there) == kept


def slowly(accepted: list[str], there: list[str]) -> int:
    """The longest common subsequence as the textbook has it, each word weighing what it has of characters."""
    rows = [[0] * (len(there) + 1) for _ in range(len(accepted) + 1)]
    for one, word in enumerate(accepted):
        for other, theirs in enumerate(there):
            rows[one + 1][other + 1] = (
                rows[one][other] + len(word) if word == theirs else max(rows[one][other + 1], rows[one + 1][other])
            )
    return rows[-1][-1]


words = st.lists(st.sampled_from(["a", "ab", "aba", "ba", "(", ")", "total"]), max_size=12)


@given(words, words)
def test_it_is_the_longest_common_subsequence(accepted: list[str], there: list[str]) -> None:
    kept = kept_characters(" ".join(accepted), " ".join(there))
    assert kept == slowly(accepted, there)
    assert 0 <= kept <= counted_characters(" ".join(accepted))
