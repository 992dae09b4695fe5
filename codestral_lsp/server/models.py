"""codestral.models: what there is to choose from before a download, with what a user must know of each."""

from __future__ import annotations

import asyncio
from typing import Any

from codestral_lsp.backends.address import is_local
from codestral_lsp.backends.ollama_store import OllamaStore, full_name
from codestral_lsp.insight.machine import this_machine
from codestral_lsp.insight.memory import MODELS, Fit, advice
from codestral_lsp.server.app import App

_CONTEXT_TOKENS = 4096
"""The context to reckon with where the settings name none."""

OFFERED = tuple(fit for fit in MODELS if fit.is_free or fit.pull == "codestral")
"""The largest first; Codestral once, as the plain name gets it."""


async def models_here(app: App) -> dict[str, Any]:
    """Ollama's models and ours, as JSON. Raises BackendError if no Ollama answers at `ollama.url`."""
    settings = app.settings
    store = OllamaStore(settings.ollama.url, local_only=settings.privacy.local_only)
    try:
        await store.version()
        installed = [model.name for model in await store.models()]
    finally:
        await store.aclose()
    context = settings.ollama.num_ctx or _CONTEXT_TOKENS
    best = await _recommended(store, context)
    return {
        "server": store.server.host,
        "installed": installed,
        "offers": [_offer(fit, installed, best) for fit in OFFERED],
    }


async def _recommended(store: OllamaStore, context_tokens: int) -> Fit | None:
    """The free model to take; None where the machine that Ollama runs on is not to be seen."""
    if not await is_local(store.server.name, store.server.port):
        return None
    machine = await asyncio.to_thread(this_machine)
    return advice(machine, context_tokens, [fit for fit in OFFERED if fit.is_free])


def _offer(fit: Fit, installed: list[str], best: Fit | None) -> dict[str, Any]:
    return {
        "name": fit.pull,
        "bytes": round(fit.file_bytes),
        "licence": fit.licence,
        "installed": full_name(fit.pull) in {full_name(name) for name in installed},
        "recommended": fit is best,
    }
