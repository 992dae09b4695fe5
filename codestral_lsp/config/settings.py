"""The settings tree: the one source for names, defaults, checks, the settings reference and editors' settings pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from codestral_lsp.config import kinds
from codestral_lsp.config.kinds import Kind


def setting(default: Any, kind: Kind, doc: str, *, env: tuple[str, ...] = (), machine: bool = False) -> Any:
    """A leaf of the tree. `env`: variables that set it, the strongest last. `machine`: no project may set it alone."""
    metadata = {"kind": kind, "doc": doc, "env": env, "machine": machine}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class OllamaSettings:
    """A model on this machine through Ollama."""

    url: str = setting(
        "http://127.0.0.1:11434",
        kinds.url(),
        "Where Ollama listens.",
        env=("OLLAMA_HOST", "CODESTRAL_OLLAMA_URL"),
        machine=True,
    )
    model: str = setting("codestral", kinds.text(), "The model that completes.")
    chat_model: str | None = setting(
        None, kinds.optional(kinds.text()), "Another model for explanations and bug hunts; none: the same one."
    )
    keep_alive: str | int = setting("30m", kinds.duration(), "How long Ollama keeps the model loaded after a request.")
    num_ctx: int | None = setting(
        None,
        kinds.optional(kinds.whole(512, 1 << 20)),
        "Context length in tokens to load the model with; none: Ollama's own default. Changing it reloads the model.",
    )


@dataclass(frozen=True, slots=True)
class MistralSettings:
    """Codestral through Mistral's API."""

    url: str | None = setting(
        None,
        kinds.optional(kinds.url()),
        "The API's address; none: https://api.mistral.ai or https://codestral.mistral.ai, whichever takes the key.",
        env=("CODESTRAL_MISTRAL_URL",),
        machine=True,
    )
    model: str = setting("codestral-latest", kinds.text(), "The model that completes.")
    chat_model: str = setting("codestral-latest", kinds.text(), "The model for explanations and bug hunts.")
    api_key_env: str = setting(
        "CODESTRAL_API_KEY", kinds.variable(), "The environment variable that holds the key.", machine=True
    )
    api_key_command: tuple[str, ...] | None = setting(
        None, kinds.optional(kinds.command()), "A command that prints the key, run without a shell.", machine=True
    )
    monthly_budget: float | None = setting(
        None,
        kinds.optional(kinds.amount()),
        "What a calendar month (UTC) may cost in the price table's currency; once it is spent, no request that costs "
        "money is sent. None: no limit.",
        machine=True,
    )


@dataclass(frozen=True, slots=True)
class LlamacppSettings:
    """A model on this machine through llama-server."""

    url: str = setting(
        "http://127.0.0.1:8080",
        kinds.url(),
        "Where llama-server listens.",
        env=("CODESTRAL_LLAMACPP_URL",),
        machine=True,
    )
    fim: str = setting(
        "auto", kinds.text(), "The prompt layout: a model family's name; auto: found from the model's own metadata."
    )
    api_key_env: str | None = setting(
        None,
        kinds.optional(kinds.variable()),
        "The environment variable that holds the key, if the server wants one.",
        machine=True,
    )


@dataclass(frozen=True, slots=True)
class OpenaiSettings:
    """Any server with OpenAI's completions API: vLLM, LM Studio, DeepSeek, Together and others."""

    url: str | None = setting(
        None,
        kinds.optional(kinds.url()),
        "The API's address, up to but without /v1.",
        env=("CODESTRAL_OPENAI_URL",),
        machine=True,
    )
    model: str | None = setting(
        None, kinds.optional(kinds.text()), "The model that completes; none: the first one the server lists."
    )
    chat_model: str | None = setting(
        None, kinds.optional(kinds.text()), "Another model for explanations and bug hunts; none: the same one."
    )
    preset: Literal["vllm", "lmstudio", "deepseek", "together"] | None = setting(
        None,
        kinds.optional(kinds.one_of("vllm", "lmstudio", "deepseek", "together")),
        "Which server it is: sets the address and what the server can do.",
        machine=True,
    )
    api_key_env: str = setting(
        "OPENAI_API_KEY", kinds.variable(), "The environment variable that holds the key.", machine=True
    )
    api_key_command: tuple[str, ...] | None = setting(
        None, kinds.optional(kinds.command()), "A command that prints the key, run without a shell.", machine=True
    )
    fim: str = setting(
        "auto",
        kinds.text(),
        "suffix: the server takes prefix and suffix apart; raw: it takes the whole prompt in the layout of the model's "
        "family; a family's name: raw, in that layout; auto: as the preset says, else raw.",
    )


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """What else of the workspace the model is shown, source by source."""

    definitions: bool = setting(True, kinds.flag(), "Definitions, in other files, of the names near the cursor.")
    skeleton: bool = setting(
        False, kinds.flag(), "The file's own outline beyond what is shown of it; seldom worth its tokens."
    )
    similar: bool = setting(True, kinds.flag(), "Code that goes on like the code before the cursor.")
    edits: bool = setting(True, kinds.flag(), "What you have just changed.")
    visited: bool = setting(True, kinds.flag(), "Where you last worked in other open files.")
    tests: bool = setting(True, kinds.flag(), "In a test what it tests, elsewhere the tests.")
    diagnostics: bool = setting(True, kinds.flag(), "What your editor's tools complain of near the cursor.")


@dataclass(frozen=True, slots=True)
class CompletionSettings:
    """Ghost text while typing."""

    debounce_ms: int | Literal["auto"] = setting(
        "auto",
        kinds.either("auto", kinds.whole(0, 5000)),
        "Pause in ms after the last edit before a model is asked; auto: from your typing and the model's speed.",
    )
    max_tokens: int = setting(256, kinds.whole(1, 4096), "The longest suggestion, in tokens.")
    context_tokens: int = setting(
        4096, kinds.whole(128, 131072), "The longest prompt, in tokens; slow machines use less."
    )
    multiline: Literal["auto", "always", "never"] = setting(
        "auto", kinds.one_of("auto", "always", "never"), "Whether suggestions may span several lines."
    )
    candidates: int = setting(
        3,
        kinds.whole(1, 5),
        "How many suggestions to choose from when you ask by hand; more than one where it is free.",
    )
    saver: Literal["auto", "on", "off"] = setting(
        "auto",
        kinds.one_of("auto", "on", "off"),
        "No warm-up, nothing prepared ahead, and twice the pause before a model is asked; auto: while the machine that "
        "the server runs on is on battery. Say on where the link is metered.",
    )
    prefetch: bool = setting(
        True, kinds.flag(), "Prepare the next suggestion while this one is read; local models only."
    )
    instant: bool = setting(
        True, kinds.flag(), "Where your own code makes the answer sure, show it without asking the model."
    )
    languages: dict[str, bool] = setting(
        {"markdown": False}, kinds.flags_by_name(), "Switches completions on or off by language id."
    )
    in_comments: bool = setting(True, kinds.flag(), "Whether to complete inside comments.")
    context: ContextSettings = field(default_factory=ContextSettings)


@dataclass(frozen=True, slots=True)
class ActionSettings:
    """Explanations, bug hunts and written code."""

    backend: Literal["auto", "ollama", "mistral", "llamacpp", "openai"] = setting(
        "auto",
        kinds.one_of("auto", "ollama", "mistral", "llamacpp", "openai"),
        "The engine that answers questions; auto: the one that completes, or one whose model can chat if that cannot.",
        machine=True,
    )
    explain_in: Literal["document", "message"] = setting(
        "document",
        kinds.one_of("document", "message"),
        "Where an explanation is shown: in a document beside the code, or in a message.",
    )
    bug_severity: Literal["error", "warning", "information", "hint"] = setting(
        "warning",
        kinds.one_of("error", "warning", "information", "hint"),
        "How serious a found bug is shown to be in the list of problems.",
    )
    confirm_bugs: bool = setting(
        False, kinds.flag(), "Ask the model a second time about each bug it found, and show only what it confirms."
    )


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """What may leave the machine, and what is never read."""

    local_only: bool = setting(False, kinds.flag(), "Refuse every engine that is not on this machine.", machine=True)
    redact_secrets: bool = setting(
        True,
        kinds.flag(),
        "Replace passwords, keys and tokens in what is sent to another machine; they come back in the answer.",
        machine=True,
    )
    ledger: bool = setting(
        True, kinds.flag(), "Keep a list of what was sent, where to and when (codestral-lsp sent); it holds no code."
    )
    ledger_text: bool = setting(
        False, kinds.flag(), "Keep the sent texts themselves in that list too, as they were sent.", machine=True
    )
    ignore: tuple[str, ...] = setting(
        (),
        kinds.texts(),
        "Files that are neither completed nor used as context: patterns as in .gitignore.",
        machine=True,
    )


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """Answers kept for the next time the same text comes up."""

    enabled: bool = setting(True, kinds.flag(), "Keep answers on disk, for this user only.")
    max_mb: int = setting(256, kinds.whole(1, 65536), "The most the cache may take on disk, in MB.")
    max_age_days: int = setting(14, kinds.whole(1, 3650), "How long an unused answer is kept, in days.")


@dataclass(frozen=True, slots=True)
class WorkspaceIndexSettings:
    """The index of your own code that the embedded engine completes from."""

    enabled: bool = setting(True, kinds.flag(), "Index the workspace in the background.")
    max_files: int = setting(20000, kinds.whole(0, 1_000_000), "The most files to index.")
    max_file_kb: int = setting(512, kinds.whole(1, 65536), "Larger files, in KB, are left out.")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Frozen: a change makes a new tree."""

    enabled: bool = setting(True, kinds.flag(), "Switches everything on or off.")
    backend: Literal["auto", "ollama", "mistral", "llamacpp", "openai", "workspace"] = setting(
        "auto",
        kinds.one_of("auto", "ollama", "mistral", "llamacpp", "openai", "workspace"),
        "The engine; auto: Ollama if it has the model, else llama-server, else Mistral's API if you gave this program "
        "a key, else your own workspace.",
        machine=True,
    )
    ollama: OllamaSettings = field(default_factory=OllamaSettings)
    mistral: MistralSettings = field(default_factory=MistralSettings)
    llamacpp: LlamacppSettings = field(default_factory=LlamacppSettings)
    openai: OpenaiSettings = field(default_factory=OpenaiSettings)
    completion: CompletionSettings = field(default_factory=CompletionSettings)
    actions: ActionSettings = field(default_factory=ActionSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    workspace_index: WorkspaceIndexSettings = field(default_factory=WorkspaceIndexSettings)
