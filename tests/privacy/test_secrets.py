"""Secrets are found, what looks like them is left alone, and what was taken out comes back in answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.privacy.redaction import Restorer, Vault
from codestral_lsp.privacy.secrets import find_secrets
from tests.privacy.corpus import Maker, Planted
from tests.privacy.held_out import HeldOut

SEEDS = (1, 2, 3)


def hidden(planted: Planted) -> bool:
    """Whether nothing of a planted secret is left."""
    (text,), _ = Vault().redact([planted.text])
    return planted.secret not in text


@pytest.mark.parametrize("seed", SEEDS)
def test_recall_over_forty_kinds_is_at_least_98_percent(seed: int) -> None:
    planted = Maker(seed).secrets(rounds=4)
    assert len(planted) >= 150
    assert len({each.kind for each in planted}) >= 40
    missed = [each for each in planted if not hidden(each)]
    assert len(missed) <= 0.02 * len(planted), missed


@pytest.mark.parametrize("seed", SEEDS)
def test_false_alarms_over_500_look_alikes_are_at_most_1_percent(seed: int) -> None:
    texts = Maker(seed).look_alikes(500)
    alarms = [text for text in texts if find_secrets(text)]
    assert len(alarms) <= 0.01 * len(texts), alarms


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_holds_for_what_was_written_before_the_rules_were_read(seed: int) -> None:
    lines = HeldOut(seed)
    planted, texts = lines.secrets() + lines.more_secrets(), lines.look_alikes() + lines.more_look_alikes()
    missed = [each for each in planted if not hidden(each)]
    alarms = [text for text in texts if find_secrets(text)]
    assert len(missed) <= 0.02 * len(planted), missed
    assert len(alarms) <= 0.01 * len(texts), alarms


@pytest.mark.parametrize("lines", range(90, 130))
def test_the_name_of_a_secret_may_stand_above_it(lines: int) -> None:
    """Also where the two come into different blocks."""
    text = "env:\n" * lines + '  - name: DB_PASSWORD\n    value: "Tr0ub4dor&3"\n  - name: PORT\n    value: 8080x1\n'
    (secret,) = find_secrets(text)
    assert text[secret.start : secret.end] == "Tr0ub4dor&3"


def test_only_the_secret_is_taken_out() -> None:
    (text,), kinds = Vault().redact(['connect(host="db", password="Tr0ub4dor&3")\n'])
    assert text == 'connect(host="db", password="REDACTED_1_SECRET")\n'
    assert kinds == {"credential": 1}


def test_a_secret_has_one_placeholder_wherever_and_whenever_it_stands() -> None:
    vault, line = Vault(), 'password = "Tr0ub4dor&3"\n'
    first, _ = vault.redact([line, f"# again\n{line}"])
    vault.redact(['password = "another-0ne"\n'])
    again, _ = vault.redact([line])
    assert first[0] == again[0] == first[1].removeprefix("# again\n")


def test_what_looks_like_our_placeholder_and_is_none_stays() -> None:
    vault = Vault()
    assert vault.restore("REDACTED_7_SECRET") == "REDACTED_7_SECRET"
    assert not find_secrets('password = "REDACTED_7_SECRET"\n')


def test_the_end_of_a_private_key_is_one_too() -> None:
    body = "".join(Maker(5).some("ABCDEFGHabcdefgh0123", 64) + "\n" for _ in range(3))
    (text,), _ = Vault().redact([f"{body}-----END PRIVATE " + "KEY-----\n"])
    assert body.splitlines()[0] not in text


@given(st.lists(st.integers(1, 12), min_size=1), st.integers(0, 30))
def test_secrets_come_back_in_a_stream_however_it_is_cut(cuts: list[int], numbered: int) -> None:
    vault = Vault()
    for number in range(numbered):
        vault.redact([f'password = "n0-{number}-Secret"\n'])
    (redacted,), _ = vault.redact(['password = "Tr0ub4dor&3"  # RED REDACT R REDACTED_\n'])
    restorer, shown, at = Restorer(vault), "", 0
    while at < len(redacted):
        size = cuts[at % len(cuts)]
        shown += restorer.feed(redacted[at : at + size])
        at += size
    assert shown + restorer.end() == 'password = "Tr0ub4dor&3"  # RED REDACT R REDACTED_\n'


@given(st.text(max_size=300))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    vault = Vault()
    (redacted,), _ = vault.redact([text])
    assert vault.restore(redacted) == text or "REDACTED_" in text


def test_a_password_is_hidden_while_it_is_still_typed() -> None:
    (text,), _ = Vault().redact(['connect(password="Tr0ub4d'])
    assert text == 'connect(password="REDACTED_1_SECRET'


@given(st.lists(st.integers(0, 120), max_size=60), st.integers(0, 60))
def test_a_secret_is_found_wherever_it_stands_in_a_long_text(widths: list[int], at: int) -> None:
    lines = ["x" * width for width in widths]
    lines.insert(min(at, len(lines)), 'password = "hunter2-Kx9!qz"')
    text = "\n".join(lines)
    (secret,) = find_secrets(text)
    assert text[secret.start : secret.end] == "hunter2-Kx9!qz"
