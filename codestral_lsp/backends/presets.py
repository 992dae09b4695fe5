"""What servers with OpenAI's completions API do differently."""

from __future__ import annotations

from dataclasses import dataclass

from codestral_lsp.backends.base import PromptForm


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of server."""

    url: str | None = None
    """Where it is, without the paths below."""
    form: PromptForm = "raw"
    """What it takes: most refuse a suffix, or drop it without a word, which is worse."""
    completions: str = "/v1/completions"
    chat: str = "/v1/chat/completions"
    models: str = "/v1/models"
    most_stops: int = 4
    """Stop strings it takes; OpenAI's API says 4, and most refuse more."""
    schemas: bool = True
    """Whether chats can be held to a JSON Schema, rather than to JSON of any shape."""
    tokenizes: bool = False
    """Whether it has vLLM's /tokenize."""
    key_env: str | None = None
    """The environment variable where users of the service keep its key."""
    metered: bool | None = None
    """Whether requests cost money; None: if they leave this machine."""


PLAIN = Preset()
"""A server that nobody said anything of."""

PRESETS = {
    "vllm": Preset("http://127.0.0.1:8000", tokenizes=True, metered=False),
    "lmstudio": Preset("http://127.0.0.1:1234", metered=False),
    "deepseek": Preset(
        "https://api.deepseek.com",
        form="suffix",
        completions="/beta/completions",
        chat="/chat/completions",
        models="/models",
        most_stops=16,
        schemas=False,
        key_env="DEEPSEEK_API_KEY",
        metered=True,
    ),
    "together": Preset("https://api.together.xyz", key_env="TOGETHER_API_KEY", metered=True),
}
