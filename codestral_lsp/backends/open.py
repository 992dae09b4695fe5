"""Makes a backend by its name. Each module is imported when its backend is first wanted."""

from __future__ import annotations

from codestral_lsp.backends.base import Backend, BackendName, Duty
from codestral_lsp.backends.keys import Keys
from codestral_lsp.config.settings import Settings


def open_backend(name: BackendName, settings: Settings, keys: Keys, duty: Duty = "complete") -> Backend:
    """The client of an HTTP backend, with the model that the settings name for its duty; no I/O.

    The embedded engine is not one and cannot be opened here.
    """
    local_only = settings.privacy.local_only
    if name == "ollama":
        from codestral_lsp.backends.ollama import OllamaBackend

        return OllamaBackend(settings.ollama, local_only=local_only, duty=duty)
    if name == "mistral":
        from codestral_lsp.backends.mistral import MistralBackend

        return MistralBackend(settings.mistral, keys, local_only=local_only, duty=duty)
    if name == "llamacpp":
        from codestral_lsp.backends.llamacpp import LlamacppBackend

        return LlamacppBackend(settings.llamacpp, keys, local_only=local_only)
    if name == "openai":
        from codestral_lsp.backends.openai import OpenaiBackend

        return OpenaiBackend(settings.openai, keys, local_only=local_only, duty=duty)
    raise ValueError(f"{name} is not opened here")
