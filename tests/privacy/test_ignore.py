"""What is the user's business alone is neither completed nor used as context."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestral_lsp.privacy import ignore
from codestral_lsp.privacy.ignore import IgnoreRules


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.production",
        "prod.env",
        "server.pem",
        "tls.key",
        "id_rsa",
        "id_ed25519_work",
        "credentials",
        ".netrc",
        ".npmrc",
        ".pypirc",
        "kubeconfig",
        "passwords.kdbx",
        "main.tfstate",
        "main.tfstate.backup",
        "secrets.yaml",
        "ID_RSA",
        ".aws/config",
        ".ssh/known_hosts",
        "deep/down/.git-credentials",
    ],
)
def test_files_that_hold_secrets_are_never_used(project: Path, name: str) -> None:
    assert not IgnoreRules().allows(project / name)


@pytest.mark.parametrize(
    "name",
    [
        "settings.py",
        "config.json",
        "env.py",
        "environment.ts",
        "keys.go",
        "credentials.py",
        "secrets.rs",
        "token.c",
        ".env.example",
        "id_rsa.pub",
        "monkey.py",
        "password_reset.html",
        "kube.yaml",
    ],
)
def test_ordinary_files_are_used(project: Path, name: str) -> None:
    assert IgnoreRules().allows(project / name)


def test_gitignore_files_hold_from_their_folder_down(project: Path) -> None:
    write(project / ".gitignore", "*.log", "/build/", "!keep.log")
    write(project / "sub" / ".gitignore", "!loud.log", "data")
    rules = IgnoreRules()
    assert not rules.allows(project / "a.log")
    assert rules.allows(project / "keep.log")
    assert rules.allows(project / "sub" / "loud.log")
    assert not rules.allows(project / "sub" / "other.log")
    assert not rules.allows(project / "sub" / "data" / "x.py")
    assert rules.allows(project / "data" / "x.py")
    assert rules.allows(project / "sub" / "build" / "x.py")


def test_nothing_comes_back_out_of_an_ignored_folder(project: Path) -> None:
    write(project / ".gitignore", "build/")
    write(project / "build" / ".gitignore", "!x.py")
    rules = IgnoreRules()
    assert not rules.allows(project / "build" / "x.py")
    assert not rules.enters(project / "build" / "deeper")
    assert rules.enters(project)


def test_rules_above_the_repository_do_not_reach_into_it(tmp_path: Path) -> None:
    write(tmp_path / ".gitignore", "*.py")
    inner = tmp_path / "inner"
    (inner / ".git").mkdir(parents=True)
    rules = IgnoreRules()
    assert rules.allows(inner / "a.py")
    assert not rules.allows(tmp_path / "a.py")


def test_codestralignore_has_the_last_word_over_git(project: Path) -> None:
    write(project / ".gitignore", "generated/*")
    write(project / ".codestralignore", "legacy/", "!generated/api.py")
    rules = IgnoreRules()
    assert not rules.allows(project / "legacy" / "a.py")
    assert rules.allows(project / "generated" / "api.py")
    assert not rules.allows(project / "generated" / "other.py")


def test_a_project_cannot_bring_secrets_back_but_its_user_can(project: Path) -> None:
    write(project / ".gitignore", "!.env")
    write(project / ".codestralignore", "!.env", "!*.pem")
    assert not IgnoreRules().allows(project / ".env")
    assert not IgnoreRules().allows(project / "ca.pem")
    assert IgnoreRules(["!/test/ca.pem"]).allows(project / "test" / "ca.pem")
    assert not IgnoreRules(["!/test/ca.pem"]).allows(project / "ca.pem")


def test_the_users_patterns_stand_above_all(project: Path) -> None:
    write(project / ".codestralignore", "!*.sql")
    rules = IgnoreRules(["*.sql", "clients/"])
    assert not rules.allows(project / "dump.sql")
    assert not rules.allows(project / "src" / "clients" / "a.py")
    rules.configure(["*.csv"])
    assert rules.allows(project / "dump.sql")
    assert not rules.allows(project / "dump.csv")


def test_a_pattern_that_makes_no_sense_leaves_the_others_in_force(project: Path) -> None:
    rules = IgnoreRules(["!", "a[z-", "[z-a]x", "/", "*.sql"])
    assert not rules.allows(project / "dump.sql")
    assert rules.allows(project / "main.py")


def test_a_changed_rule_file_is_heeded_when_told_and_after_a_while_by_itself(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(ignore, "monotonic", lambda: now_s)
    rules = IgnoreRules()
    (project / "sub").mkdir()
    assert rules.allows(project / "sub" / "a.py")
    write(project / ".gitignore", "a.py")
    assert rules.allows(project / "sub" / "a.py")
    rules.refresh()
    assert not rules.allows(project / "sub" / "a.py")
    write(project / ".gitignore", "b.py")
    os.utime(project / ".gitignore", ns=(1, 1))
    now_s += 10
    assert rules.allows(project / "sub" / "a.py")
    assert not rules.allows(project / "sub" / "b.py")
    (project / ".gitignore").unlink()
    now_s += 10
    assert rules.allows(project / "sub" / "b.py")


def test_it_may_be_asked_of_paths_outside_of_any_repository() -> None:
    assert IgnoreRules().allows(Path("/no/such/folder/main.py"))
    assert not IgnoreRules().allows(Path("/no/such/folder/.env"))


NAMES = st.sampled_from(["a", "b", "ab", "build", "x.py", "y.log"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PATTERNS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(st.sampled_from(["a", "b", "*", "a*", "build", "*.py", "**", "[ab]", "?"]), min_size=1, max_size=3).map(
        "/".join
    ),
    st.sampled_from(["", "/", "/**"]),
)
FILES = st.dictionaries(st.sampled_from(["", "a/", "b/", "a/b/"]), st.lists(PATTERNS, max_size=4), max_size=3)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", path], check=True)
    return path


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the judge here")
@settings(max_examples=30, deadline=None)
@given(files=FILES, paths=st.lists(PATHS, min_size=3, max_size=12, unique=True))
def test_gitignore_is_read_as_git_reads_it(repository: Path, files: dict[str, list[str]], paths: list[str]) -> None:
    project = repository
    for name in ("a", "b"):
        shutil.rmtree(project / name, ignore_errors=True)
    (project / ".gitignore").unlink(missing_ok=True)
    for folder, patterns in files.items():
        write(project / folder / ".gitignore", *patterns)
    # A path that is also a folder here would be judged by git as the folder it is.
    paths = [path for path in paths if not (project / path).is_dir()]
    judged = subprocess.run(
        ["git", "-C", project, "check-ignore", "--stdin", "--no-index"],
        input="\n".join(paths),
        capture_output=True,
        text=True,
    )
    rules = IgnoreRules()
    assert {path for path in paths if not rules.allows(project / path)} == set(judged.stdout.split())
