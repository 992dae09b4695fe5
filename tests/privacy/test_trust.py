"""Trust is given to one content of one file."""

from __future__ import annotations

from pathlib import Path

from codestral_lsp.privacy.trust import TrustStore


def test_a_file_that_changes_is_not_trusted_any_more(tmp_path: Path) -> None:
    store, file = TrustStore(tmp_path / "state" / "trust.json"), tmp_path / ".codestral.toml"
    file.write_text("enabled = true\n", "utf-8")
    assert not store.trusts(file)
    store.trust(file)
    assert store.trusts(file)
    file.write_text("enabled = false\n", "utf-8")
    assert not store.trusts(file)
    file.write_text("enabled = true\n", "utf-8")
    assert store.trusts(file)
    file.unlink()
    assert not store.trusts(file)
