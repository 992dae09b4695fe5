"""codestral-lsp init: configurations that their editors can read, printed or written, and nothing overwritten."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from codestral_lsp.cli import main
from codestral_lsp.commands.init import config, editors


@pytest.mark.parametrize("editor", editors())
def test_each_configuration_is_printed_and_names_the_server(editor: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", editor]) == 0
    assert "codestral" in capsys.readouterr().out


@pytest.mark.parametrize("editor", [name for name, file in editors().items() if file.endswith(".json")])
def test_what_is_json_can_be_read(editor: str) -> None:
    json.loads(re.sub(r"(?m)^\s*//.*$", "", config(editor)))


@pytest.mark.parametrize("editor", editors())
def test_no_configuration_chooses_for_the_user(editor: str) -> None:
    """A setting that is sent, even a default, would silence the user's own file and environment."""
    sent = re.sub(r"(?m)^\s*(//|#|;;|--).*$", "", config(editor))
    assert editor == "zed" or not re.search(r"backend|nitialization.?ptions|init_options|settings =", sent)


def test_kate_is_given_no_comments_for_it_reads_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "kate"]) == 0
    printed = capsys.readouterr()
    assert "codestral-lsp" in json.loads(printed.out)["servers"]["python"]["command"]
    assert "User Server Settings" in printed.err


def test_helix_starts_the_server_for_a_language() -> None:
    helix = tomllib.loads(config("helix"))
    assert helix["language-server"]["codestral"]["command"] == "codestral-lsp"
    assert "codestral" in helix["language"][0]["language-servers"]


def test_an_unknown_editor_is_told_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "notepad"]) == 2
    assert "helix" in capsys.readouterr().err


def test_writing_never_overwrites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["init", "helix", "--write"]) == 0
    written = tmp_path / "helix" / "languages.toml"
    assert written.read_text("utf-8") == config("helix")
    written.write_text("mine")
    assert main(["init", "helix", "--write"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert written.read_text("utf-8") == "mine"


def test_what_belongs_into_a_file_with_other_things_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "emacs-eglot", "--write"]) == 2
    assert "other things" in capsys.readouterr().err
