"""Ollama: whether it is there, what it has, what it has loaded and where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from codestral_lsp.backends.base import ModelInfo
from codestral_lsp.backends.ollama_store import (
    OllamaStore,
    RunningModel,
    StoredModel,
    cache_bytes_per_token,
    full_name,
)
from codestral_lsp.completion.engine import Engine
from codestral_lsp.errors import BackendError, BadReply, ModelMissing, NotInstalled, NotRunning, RequestRefused
from codestral_lsp.insight.doctor.finding import Finding, Level, failed, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject
from codestral_lsp.insight.memory import GB, MEMORIES_GB, MODELS, Fit, advice, best_fit, shown


async def check(
    subject: Subject, level: Level, engine: Engine | None, problem: BackendError | None
) -> AsyncIterator[Finding]:
    """Look at Ollama; `engine` or `problem` is what became of opening it as an engine.

    `level` is how bad it is if it cannot be used.
    """
    settings = subject.settings.ollama
    store = OllamaStore(settings.url, local_only=subject.settings.privacy.local_only)
    try:
        try:
            version = await store.version()
        except BackendError as error:
            yield await _absent(subject, level, problem if _says_more(problem) else error)
            if level is not Level.NOTE:
                yield _memory(subject, None, None, {})
            return
        yield fine("ollama.server", f"Ollama {version} runs at {store.server.host}.", version=version)
        models = await store.models()
        if problem is not None:
            yield _unusable(level, problem, settings.model, models, subject)
        if isinstance(problem, ModelMissing):
            yield _memory(subject, None, None, {})
        else:
            name = full_name(settings.model)
            stored = next((model for model in models if full_name(model.name) == name), None)
            described = await store.show(settings.model)
            info = engine.info if engine else None
            yield _kind(stored, info, described)
            yield _memory(subject, stored, info, described)
    except BackendError as error:
        yield failed("ollama.server", level, error)
    finally:
        await store.aclose()


def _says_more(problem: BackendError | None) -> bool:
    """Opening the engine has looked whether Ollama is installed at all, which the store does not."""
    return isinstance(problem, NotInstalled | NotRunning)


async def _absent(subject: Subject, level: Level, error: BackendError | None) -> Finding:
    """Nothing of use answers: nothing at all, or another program, while Ollama may listen elsewhere."""
    assert error is not None
    url = subject.settings.ollama.url
    elsewhere = await _elsewhere(subject) if url != subject.usual_ollama else ""
    source = subject.loaded.sources.get("ollama.url", "the defaults")
    if elsewhere:
        message = f"Nothing of Ollama's is at {url} ({source}); it listens at {subject.usual_ollama}."
        cure = f"Set ollama.url to {subject.usual_ollama}."
        return trouble("ollama.server", level, "wrong-port", message, cure=cure, found=elsewhere)
    if isinstance(error, BadReply | RequestRefused):
        return trouble("ollama.server", level, "port-conflict", f"Another program than Ollama is at {url}.")
    fit = advice(subject.machine, _context(subject))
    if isinstance(error, NotInstalled) and fit is not None:
        cure = f"Install it from https://ollama.com/download, then run: {_pull_and_use(subject, fit)}"
        return trouble("ollama.server", level, error.code, error.cause, cure=cure, source=source)
    return failed("ollama.server", level, error, source=source)


async def _elsewhere(subject: Subject) -> str:
    """The version of an Ollama at its usual address; empty if there is none."""
    store = OllamaStore(subject.usual_ollama, local_only=True)
    try:
        return await store.version()
    except BackendError:
        return ""
    finally:
        await store.aclose()


def _unusable(
    level: Level, problem: BackendError, model: str, models: Sequence[StoredModel], subject: Subject
) -> Finding:
    names = [stored.name for stored in models]
    if isinstance(problem, ModelMissing):
        there = f"it has {', '.join(names[:6])}" if names else "it has none at all"
        message = f"Ollama does not have {model}; {there}."
        return trouble("ollama.model", level, problem.code, message, cure=_pull(subject, model), models=names)
    fit = advice(subject.machine, _context(subject))
    cure = f"Run: {_pull_and_use(subject, fit)}." if fit else problem.cure
    return trouble("ollama.model", level, problem.code, problem.cause, cure=cure, models=names)


def _pull_and_use(subject: Subject, fit: Fit) -> str:
    """The command that gets a model, and what makes it the one that is used."""
    named = full_name(fit.pull) == full_name(subject.settings.ollama.model)
    return f"codestral-lsp pull {fit.pull}" + ("" if named else ", and set ollama.model to it")


def smaller(subject: Subject) -> str:
    """How to get a smaller model than the one that does not fit or is slow; empty if none is known."""
    known = [model.pull for model in MODELS]
    used = next((each for each in known if full_name(each) == full_name(subject.settings.ollama.model)), None)
    best = advice(subject.machine, _context(subject))
    behind = MODELS[known.index(used) + 1 :] if used else MODELS
    fit = next((model for model in behind if best is None or model.file_bytes <= best.file_bytes), None)
    return f"Run: {_pull_and_use(subject, fit)}; or lower ollama.numCtx." if fit else ""


def _pull(subject: Subject, model: str) -> str:
    """How to get the model that the settings name, or another if it is known not to fit."""
    context, room = _context(subject), subject.machine.for_model
    wanted = next((each for each in MODELS if full_name(each.pull) == full_name(model)), None)
    fit = advice(subject.machine, context)
    if wanted is None or fit is None or wanted.needs(context) <= room:
        return f"Run: codestral-lsp pull {model}"
    there = f"{subject.machine.gpu} has" if subject.machine.gpu else "half of this machine's memory is"
    why = f"{model} needs {shown(wanted.needs(context))}; {there} {shown(room)}"
    return f"Run: {_pull_and_use(subject, fit)} ({why})."


async def check_loaded(subject: Subject, info: ModelInfo, *, slow: bool) -> AsyncIterator[Finding]:
    """Look at how the model is loaded, once it has answered; `slow` says that the answer was long in coming."""
    store = OllamaStore(subject.settings.ollama.url, local_only=subject.settings.privacy.local_only)
    try:
        name = full_name(subject.settings.ollama.model)
        running = next((model for model in await store.running() if full_name(model.name) == name), None)
    except BackendError as error:
        yield failed("ollama.context", Level.WARNING, error)
        return
    finally:
        await store.aclose()
    yield _loaded_context(subject, info, running)
    if running is not None:
        yield _processor(running, subject, slow=slow)


def _kind(stored: StoredModel | None, info: ModelInfo | None, described: Mapping[str, Any]) -> Finding:
    told = described.get("details")
    details = told if isinstance(told, dict) else {}
    parts = [str(details[name]) for name in ("parameter_size", "quantization_level") if details.get(name)]
    able = "can" if info and info.fim else "may or may not" if info is None or info.fim is None else "cannot"
    licence = str(described.get("license") or "").strip().partition("\n")[0][:100]
    message = (
        f"The model is there ({', '.join(parts)}), and {able} fill in the middle. Licence: {licence or 'not told'}."
    )
    return fine("ollama.model", message, bytes=stored.bytes if stored else None, details=dict(details), licence=licence)


def _loaded_context(subject: Subject, info: ModelInfo, running: RunningModel | None) -> Finding:
    completion = subject.settings.completion
    wanted = completion.context_tokens + completion.max_tokens
    tokens = running.context_tokens if running and running.context_tokens else info.context_tokens
    state = "is loaded" if running else "would be loaded"
    facts: dict[str, Any] = {"contextTokens": tokens, "budgetTokens": wanted, "loaded": running is not None}
    if tokens is not None and tokens < wanted / 2:
        message = f"The model {state} with a context of {tokens} tokens; prompt and answer may take {wanted}."
        cure = f"Set ollama.numCtx = {max(8192, wanted)}."
        return trouble("ollama.context", Level.WARNING, "small-context", message, cure=cure, **facts)
    return fine("ollama.context", f"The model {state} with a context of {tokens} tokens; {wanted} are wanted.", **facts)


def _processor(running: RunningModel, subject: Subject, *, slow: bool) -> Finding:
    """Whether the model runs on the graphics card."""
    facts = {"processor": running.processor, "bytes": running.bytes, "gpuBytes": running.gpu_bytes}
    message = f"The model runs on {running.processor} and takes {shown(running.bytes)}."
    if running.processor == "GPU":
        return fine("ollama.processor", message, **facts)
    fit = best_fit(subject.machine.gpu_memory, _context(subject))
    cure = f"Run: {_pull_and_use(subject, fit)} (it fits on {subject.machine.gpu})." if fit else ""
    level = Level.WARNING if slow or subject.machine.gpu else Level.NOTE
    return trouble("ollama.processor", level, "on-cpu", message, cure=cure, **facts)


def _memory(
    subject: Subject, stored: StoredModel | None, info: ModelInfo | None, described: Mapping[str, Any]
) -> Finding:
    """What the model needs, what there is, and what would fit into other memories."""
    machine, context = subject.machine, (info.context_tokens if info else None) or _context(subject)
    per_token = cache_bytes_per_token(described)
    size = stored.bytes if stored else 0
    needs = Fit(stored.name, "", size, per_token, "").needs(context) if stored and per_token else None
    has = (
        f"{machine.gpu} with {shown(machine.gpu_memory)}"
        if machine.gpu
        else f"no graphics card, {shown(machine.memory)}"
    )
    fit = advice(machine, context)
    table = {f"{gb} GB": (best.pull, best.quantisation) for gb in MEMORIES_GB if (best := best_fit(gb * GB, context))}
    parts = [f"This machine has {has}"]
    if needs:
        parts.append(f"the model needs about {shown(needs)} with {context} tokens of context")
    if fit and machine.gpu:
        parts.append(f"the largest that fits is {fit.pull} ({fit.quantisation})")
    elif fit:
        if (largest := best_fit(machine.for_model, context)) not in (None, fit):
            parts.append(f"it could hold {largest.pull} ({largest.quantisation})")
        parts.append(f"{fit.pull} ({fit.quantisation}) is one to start with: larger ones are slow without a card")
    facts = {
        "needsBytes": needs,
        "machineBytes": machine.memory,
        "gpu": machine.gpu,
        "gpuBytes": machine.gpu_memory,
        "fits": table,
        "models": {model.pull: round(model.needs(context)) for model in MODELS},
    }
    return fine("ollama.memory", "; ".join(parts) + ".", **facts)


def _context(subject: Subject) -> int:
    return subject.settings.ollama.num_ctx or 4096
