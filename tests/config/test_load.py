"""Settings: who wins, what is refused and how it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.config.load import Layer, environment_layer, file_layer, leaves, load, ollama_url
from codestral_lsp.config.settings import Settings
from codestral_lsp.config.sources import SettingsSources


def problems(values: dict[str, Any]) -> list[str]:
    return [problem.message for problem in load([Layer("the editor", values)]).problems]


def test_without_any_source_there_are_the_defaults() -> None:
    assert load([]).settings == Settings()


def test_the_contract_names_are_all_there() -> None:
    assert {
        "enabled", "backend", "ollama.url", "ollama.model", "ollama.chatModel", "ollama.keepAlive", "ollama.numCtx",
        "mistral.url", "mistral.model", "mistral.chatModel", "mistral.apiKeyEnv", "mistral.apiKeyCommand",
        "llamacpp.url", "llamacpp.fim", "llamacpp.apiKeyEnv", "openai.url", "openai.model", "openai.chatModel",
        "openai.preset", "openai.apiKeyEnv", "openai.apiKeyCommand", "openai.fim", "completion.debounceMs",
        "completion.maxTokens", "completion.contextTokens", "completion.multiline", "completion.prefetch",
        "completion.instant", "completion.languages", "completion.inComments", "privacy.localOnly", "privacy.ignore",
        "cache.enabled", "cache.maxMb", "cache.maxAgeDays", "workspaceIndex.enabled", "workspaceIndex.maxFiles",
        "workspaceIndex.maxFileKb",
    } <= {leaf.path for leaf in leaves()}  # fmt: skip


def test_a_later_source_wins_and_is_named() -> None:
    loaded = load(
        [
            Layer("config.toml", {"completion": {"maxTokens": 64, "multiline": "never"}}),
            Layer("the editor", {"completion": {"maxTokens": 99}}),
        ]
    )
    assert loaded.settings.completion.max_tokens == 99
    assert loaded.settings.completion.multiline == "never"
    assert loaded.sources == {"completion.maxTokens": "the editor", "completion.multiline": "config.toml"}


def test_tables_and_lists_are_added_to() -> None:
    loaded = load(
        [
            Layer("a", {"completion": {"languages": {"python": False}}, "privacy": {"ignore": ["*.sql"]}}),
            Layer("b", {"completion": {"languages": {"markdown": True}}, "privacy": {"ignore": ["*.sql", "*.csv"]}}),
        ]
    )
    assert loaded.settings.completion.languages == {"markdown": True, "python": False}
    assert loaded.settings.privacy.ignore == ("*.sql", "*.csv")


def test_null_means_not_set() -> None:
    loaded = load([Layer("a", {"ollama": {"numCtx": 8192}}), Layer("b", {"ollama": {"numCtx": None, "model": None}})])
    assert loaded.settings.ollama.num_ctx == 8192
    assert loaded.settings.ollama.model == "codestral"
    assert not loaded.problems


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"backend": "olama"}, "expected one of auto, ollama"),
        ({"completion": {"maxTokens": "many"}}, "completion.maxTokens (the editor): expected a whole number"),
        ({"completion": {"maxTokens": True}}, "expected a whole number"),
        ({"completion": {"maxTokens": 0}}, "from 1 to 4096"),
        ({"completion": {"debounceMs": "fast"}}, 'expected "auto" or a whole number'),
        ({"completion": 3}, "expected a group of settings"),
        ({"completion": {"languages": ["python"]}}, "expected a table of names to true or false"),
        ({"ollama": {"url": "localhost:11434"}}, "expected an address like http://"),
        ({"ollama": {"url": "ftp://x"}}, "expected an address like http://"),
        ({"ollama": {"url": "http://[::1"}}, "expected an address like http://"),
        ({"ollama": {"keepAlive": "soon"}}, "expected a time like 30m"),
        ({"mistral": {"apiKeyCommand": "pass show mistral"}}, "expected a command as a list"),
        ({"complction": {}}, "there is no such setting. Did you mean completion?"),
        ({"completion": {"maxToken": 5}}, "Did you mean completion.maxTokens?"),
        ({"colour": "blue"}, "there is no such setting"),
    ],
)
def test_what_is_wrong_is_told_by_its_path_and_left_out(values: dict[str, Any], says: str) -> None:
    (message,) = problems(values)
    assert says in message
    assert load([Layer("the editor", values)]).settings == Settings()


def test_a_bad_value_leaves_the_weaker_sources_good_one() -> None:
    loaded = load([Layer("file", {"cache": {"maxMb": 10}}), Layer("the editor", {"cache": {"maxMb": -1}})])
    assert loaded.settings.cache.max_mb == 10
    assert "left as it was" in loaded.problems[0].message


@pytest.mark.parametrize(
    "values",
    [
        {"openai": {"url": "https://me:s3cret@host"}},
        {"openai": {"url": "me:s3cret@host"}},
        {"openai": {"url": "https://host/v1?key=s3cret"}},
        {"openai": {"apiKeyEnv": "s3cret"}},
        {"mistral": {"apiKeyEnv": "s3cret"}},
        {"mistral": {"apiKey": "s3cret"}},
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_and_not_repeated(values: dict[str, Any]) -> None:
    (message,) = problems(values)
    assert "s3cret" not in message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["completion", "ollama", "url", "maxTokens", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([leaf.path.split(".")[0] for leaf in leaves()]), JSON, max_size=5))
def test_no_nonsense_whatever_stops_the_server(values: dict[str, Any]) -> None:
    loaded = load([Layer("the editor", values)])
    assert isinstance(loaded.settings, Settings)


def test_a_missing_file_says_nothing_and_a_broken_one_says_what(tmp_path: Path) -> None:
    assert file_layer(tmp_path / "none.toml") == (Layer(str(tmp_path / "none.toml"), {}), ())
    broken = tmp_path / "config.toml"
    broken.write_text("[completion\nmaxTokens = 3")
    layer, (problem,) = file_layer(broken)
    assert layer.values == {}
    assert str(broken) in problem.message
    broken.write_bytes(b"\xff\xfe\x00")
    assert len(file_layer(broken)[1]) == 1


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1:11434", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000"),
        (":8000", "http://127.0.0.1:8000"),
        ("box.lan", "http://box.lan:11434"),
        ("http://box.lan", "http://box.lan:80"),
        ("https://box.lan/", "https://box.lan:443"),
        ("[::1]:11434", "http://[::1]:11434"),
        ("[::]", "http://127.0.0.1:11434"),
    ],
)
def test_ollama_host_means_what_it_means_to_ollama(host: str, url: str) -> None:
    assert ollama_url(host) == url
    assert load([environment_layer({"OLLAMA_HOST": host})]).settings.ollama.url == url


def test_our_own_variable_is_stronger_than_ollamas() -> None:
    layer = environment_layer({"OLLAMA_HOST": "a", "CODESTRAL_OLLAMA_URL": "http://b:1"})
    assert load([layer]).settings.ollama.url == "http://b:1"


class TestSources:
    def sources(self, tmp_path: Path, environ: dict[str, str] | None = None) -> SettingsSources:
        return SettingsSources(tmp_path / "config.toml", environ or {})

    def test_user_file_then_project_then_environment_then_editor_then_command(self, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text(
            '[ollama]\nurl="http://user:1"\nmodel="user"\nkeepAlive="1m"\nnumCtx=1024\n[cache]\nmaxMb=1'
        )
        (tmp_path / "project.toml").write_text('[ollama]\nurl="http://project:1"\nmodel="project"\nkeepAlive="2m"')
        sources = self.sources(tmp_path, {"CODESTRAL_OLLAMA_URL": "http://environment:1"})
        sources.trusted([tmp_path / "project.toml"])
        sources.editor({"ollama": {"model": "editor"}})
        sources.override("enabled", False)
        settings = sources.load().settings
        assert settings.ollama.url == "http://environment:1"
        assert settings.ollama.model == "editor"
        assert settings.ollama.keep_alive == "2m"
        assert settings.ollama.num_ctx == 1024
        assert settings.cache.max_mb == 1
        assert not settings.enabled

    def test_what_the_editor_says_later_replaces_what_it_said_at_the_start(self, tmp_path: Path) -> None:
        sources = self.sources(tmp_path)
        sources.initial({"completion": {"maxTokens": 10}})
        sources.editor({})
        assert sources.load().settings.completion.max_tokens == 10
        sources.editor({"completion": {"multiline": "never"}})
        assert sources.load().settings.completion.max_tokens == 256
        sources.editor({})
        assert sources.load().settings == Settings()

    def test_a_changed_file_is_noticed(self, tmp_path: Path) -> None:
        sources = self.sources(tmp_path)
        before = sources.stamp()
        (tmp_path / "config.toml").write_text("enabled = false")
        assert sources.stamp() != before
