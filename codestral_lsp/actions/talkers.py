"""Which engine answers questions: the one that completes, if its model can chat and no other was named for it.

Else one is opened for questions alone: with the `chatModel` of the settings, on the backend of `actions.backend`, or
with a model that can chat and not fill in the middle. What completes stays what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from codestral_lsp.backends.base import BackendName
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.engines import CURE_NO_MODEL, Engines, OpenBackend
from codestral_lsp.config.settings import Settings
from codestral_lsp.errors import BackendError, NoChat
from codestral_lsp.prompt.families import detect


class Talkers:
    """Finds the engine to ask when somebody asks, and keeps it while the settings and what completes stay the same."""

    def __init__(self, engines: Engines, open_backend: OpenBackend) -> None:
        """`open_backend` opens backends for chats; no I/O."""
        self._engines = engines
        self._open = open_backend
        self._own: Engine | None = None
        """Opened for questions alone."""
        self._chosen_for: tuple[Settings, Engine | None] | None = None
        self._choosing = asyncio.Lock()

    async def engine(self) -> Engine:
        """The engine to ask. Raises NoChat, which says what to do, if there is none that can chat."""
        completing = await self._engines.chosen()
        settings = self._engines.settings
        if completing is not None and _answers_too(completing, settings):
            return completing
        async with self._choosing:
            if self._own is None or self._chosen_for != (settings, completing):
                await self.aclose()
                self._own = await self._first_usable(self._names(settings, completing), settings, completing)
                self._chosen_for = (settings, completing)
            return self._own

    async def aclose(self) -> None:
        """Close what was opened for questions alone."""
        own, self._own = self._own, None
        if own is not None:
            await own.backend.aclose()

    def _names(self, settings: Settings, completing: Engine | None) -> Sequence[BackendName]:
        """The backends to try, in this order."""
        if settings.actions.backend != "auto":
            return (settings.actions.backend,)
        if completing is not None and _own_model(completing.info.backend, settings):
            return (completing.info.backend,)
        if settings.backend == "auto":
            return self._engines.candidates
        return () if settings.backend == "workspace" or completing is not None else (settings.backend,)

    async def _first_usable(
        self, names: Sequence[BackendName], settings: Settings, completing: Engine | None
    ) -> Engine:
        problems: list[BackendError] = []
        mute: Engine | None = None
        for name in names:
            backend = self._open(name, settings)
            try:
                info = await backend.describe()
            except BackendError as error:
                await backend.aclose()
                problems.append(error)
                continue
            except BaseException:
                await backend.aclose()
                raise
            shares = completing is not None and not info.remote and completing.info.backend == name
            scheduler = completing.scheduler if completing is not None and shares else None
            engine = Engine(backend, info, detect(info), scheduler)
            if info.can_chat:
                return engine
            await backend.aclose()
            mute = mute or engine
        if mute is None and completing is not None and not completing.info.can_chat:
            mute = completing
        raise _nobody(mute, problems)


def _answers_too(engine: Engine, settings: Settings) -> bool:
    """Whether the engine that completes is the one to ask."""
    name = engine.info.backend
    return engine.info.can_chat and settings.actions.backend in ("auto", name) and _own_model(name, settings) is None


def _own_model(name: BackendName, settings: Settings) -> str | None:
    """The model that the settings name for questions to a backend, if it is not the one that completes."""
    section = getattr(settings, name, None)
    chat_model = getattr(section, "chat_model", None)
    return chat_model if chat_model != getattr(section, "model", None) else None


def _nobody(mute: Engine | None, problems: Sequence[BackendError]) -> NoChat:
    """Why nobody answers questions: `mute` completes and does not chat, the others are not there."""
    if mute is not None:
        name = mute.info.backend
        cure = "Serve a model that can chat." if name == "llamacpp" else f"Set {name}.chatModel to one that can chat."
        return NoChat(f"{mute.info.model} completes code but cannot answer questions.", cure=cure)
    if len(problems) == 1:
        return NoChat(problems[0].cause, cure=problems[0].cure)
    reasons = "; ".join(problem.cause.rstrip(".") for problem in problems)
    return NoChat(
        f"There is no model to ask ({reasons or 'your settings ask for the workspace engine'}).", cure=CURE_NO_MODEL
    )
