"""llama-server and OpenAI-compatible servers: whether they answer, and with which model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codestral_lsp.backends.base import BackendName
from codestral_lsp.completion.engine import Engine
from codestral_lsp.errors import BackendError
from codestral_lsp.insight.doctor.finding import Finding, Level, failed, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject


def check(
    subject: Subject, name: BackendName, level: Level, engine: Engine | None, problem: BackendError | None
) -> Iterator[Finding]:
    """Tell what opening the engine met; `level` is how bad it is if it cannot be used."""
    if engine is None:
        assert problem is not None
        if subject.settings.backend == "auto" and f"{name}.url" not in subject.loaded.sources:
            level = Level.NOTE  # nobody asks for this engine
        yield failed(f"{name}.server", level, problem)
        return
    info, family = engine.info, engine.family.name if engine.family else None
    layout = f"prompts in the layout of {family}" if family else "the server takes prefix and suffix"
    yield fine(f"{name}.server", f"{info.host} has {info.model}; {layout}.", model=info.model, family=family)
    completion = subject.settings.completion
    wanted = completion.context_tokens + completion.max_tokens
    facts: dict[str, Any] = {"contextTokens": info.context_tokens, "budgetTokens": wanted}
    if info.context_tokens is not None and info.context_tokens < wanted / 2:
        message = f"The context is {info.context_tokens} tokens; prompt and answer may take {wanted}."
        cure = f"Start the server with a larger context: -c {max(8192, wanted)}."
        yield trouble(f"{name}.context", Level.WARNING, "small-context", message, cure=cure, **facts)
    elif info.context_tokens is not None:
        yield fine(f"{name}.context", f"The context is {info.context_tokens} tokens; {wanted} are wanted.", **facts)
