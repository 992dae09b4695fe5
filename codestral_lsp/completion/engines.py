"""Which engine is used, why, and what is wrong with it.

`auto` takes Ollama if it answers and has the model, else llama-server if its model can fill in the middle, else
Mistral's API if the user gave this program a key, else the embedded engine alone. The choice is made when settings
are read and kept: an engine that fails later is rested and tried again, never silently replaced by a remote one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from codestral_lsp.backends.base import Backend, BackendName, ModelInfo
from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.silence import LONG_S, Silence
from codestral_lsp.completion.status import Status, StatusKind
from codestral_lsp.config.settings import Settings
from codestral_lsp.errors import BackendError, NoFim, Stalled
from codestral_lsp.prompt.families import FAMILIES, Family, detect, named

RECHECK_S = 15.0
"""How often to look whether a better engine has come up, while only the embedded one can answer."""

CANDIDATES: tuple[BackendName, ...] = ("ollama", "llamacpp", "mistral")
"""What `auto` tries, in this order."""

OpenBackend = Callable[[BackendName, Settings], Backend]
"""Makes the client of a backend; no I/O."""

BUSY_AFTER_S = 0.2
"""How long the model must have been at work for the user to be told: quicker answers would only make it flicker."""

CURE_NO_MODEL = "Install Ollama and run `ollama pull codestral`, or set CODESTRAL_API_KEY to use Mistral's API."


class Engines:
    """Chooses the engine, watches over it, and says how it is."""

    def __init__(self, settings: Settings, open_backend: OpenBackend) -> None:
        self.current: Engine | None = None
        """None while only the embedded engine is there."""
        self.on_status: Callable[[Status], None] = lambda status: None
        self._settings = settings
        self._open = open_backend
        self._detail = "looking for an engine"
        self._problem: BackendError | None = None
        self._busy = 0
        self._acting: list[str] = []
        self._busy_soon: asyncio.TimerHandle | None = None
        self._silence = Silence(self._tell)
        self._stays_local = False
        self._chosen = asyncio.Event()
        self._choosing: asyncio.Task[None] | None = None
        self._told: Status | None = None

    # ---- choosing

    def choose(self, settings: Settings) -> None:
        """Choose anew, in the background; what is used now goes on until then."""
        self._settings = settings
        if self._choosing is not None:
            self._choosing.cancel()
        self._choosing = asyncio.create_task(self._choose())

    def choose_again(self) -> None:
        """Choose anew, there is a new key say; not before the first choice, for which not all settings may be known."""
        if self._choosing is not None:
            self.choose(self._settings)

    async def chosen(self) -> Engine | None:
        """The engine, once the first choice has been made."""
        await self._chosen.wait()
        return self.current

    @property
    def settings(self) -> Settings:
        """The settings that the choice follows."""
        return self._settings

    @property
    def candidates(self) -> tuple[BackendName, ...]:
        """What `auto` may try now: what was local once never becomes remote by itself."""
        stays_local = self._settings.privacy.local_only or self._stays_local
        return tuple(name for name in CANDIDATES if not (name == "mistral" and stays_local))

    async def _choose(self) -> None:
        settings = self._settings
        while True:
            engine, detail, problem = await self._first_usable(settings)
            old, self.current = self.current, engine
            self._detail, self._problem = detail, problem
            if engine is not None and not engine.info.remote:
                self._stays_local = True
            self._chosen.set()
            self._tell()
            if old is not None:
                await old.backend.aclose()
            if engine is not None or settings.backend == "workspace":
                return
            await asyncio.sleep(RECHECK_S)

    async def _first_usable(self, settings: Settings) -> tuple[Engine | None, str, BackendError | None]:
        """The engine to use, why, and what is wrong with the one that the user asked for."""
        if settings.backend == "workspace":
            return None, "your settings ask for the workspace engine", None
        if settings.backend != "auto":
            engine, problem = await open_engine(settings.backend, settings, self._open)
            return engine, "your settings ask for it", problem
        missing: list[str] = []
        for name in self.candidates:
            engine, problem = await open_engine(name, settings, self._open)
            if engine is not None:
                return engine, "; ".join([*missing, f"{engine.info.model} at {engine.info.host} answers"]), None
            assert problem is not None
            missing.append(problem.cause.rstrip("."))
        return None, "; ".join(missing), None

    # ---- how it goes

    def heard(self) -> None:
        """The engine has begun to answer."""
        was_long = self._silence.is_long
        self._silence.heard()
        if was_long:
            self._tell()

    def succeeded(self, engine: Engine) -> None:
        """The engine answered."""
        self.heard()
        if engine.circuit.succeeded():
            self._tell()

    def failed(self, engine: Engine, error: BackendError) -> None:
        """The engine failed: rest it, and tell the user if the cause is new."""
        self._silence.heard()
        engine.circuit.failed(error, asyncio.get_running_loop().time())
        engine.backend.forget()
        self._tell()

    def busy(self, started: bool) -> None:
        """A request for a suggestion has begun or ended."""
        self._busy += 1 if started else -1
        if started and self._busy == 1:
            self._silence.wait()
            self._busy_soon = asyncio.get_running_loop().call_later(BUSY_AFTER_S, self._tell)
        elif not self._busy:
            self._silence.rest()
            if self._busy_soon is not None:
                self._busy_soon.cancel()
            self._tell()

    @contextmanager
    def acting(self, title: str) -> Iterator[None]:
        """While an action has a model: the status says so."""
        self._acting.append(title)
        self._tell()
        try:
            yield
        finally:
            self._acting.remove(title)
            self._silence.heard()
            self._tell()

    @property
    def status(self) -> Status:
        """What to tell the user."""
        engine = self.current
        if not self._settings.enabled:
            return Status("Inactive", "Completions are switched off (setting enabled)")
        if engine is None:
            if self._problem is not None:
                message = f"{self._problem.cause} Completing from your workspace meanwhile."
                problem = self._problem
                return Status("Error", message, False, "workspace", "", self._detail, problem.cure, problem.code)
            cure = "" if self._settings.backend == "workspace" else CURE_NO_MODEL
            return Status("Normal", "Completing from your workspace", False, "workspace", "", self._detail, cure)
        name, model = engine.info.backend, engine.info.model
        if (error := engine.circuit.error) is not None:
            kind: StatusKind = "Warning" if error.transient else "Error"
            return Status(kind, error.cause, False, name, model, self._detail, error.cure, error.code)
        if self._acting and engine.scheduler.acting:
            message = f"{self._acting[-1]}. Completing from cache and your workspace meanwhile"
            return Status("Normal", message, True, name, model, self._detail)
        if self._silence.is_long:
            message = f"{model} has not said a word in {LONG_S:.0f} s of waiting; it may still be loading, or hang."
            cure = f"If it stays like this, restart {engine.info.host}, or choose another engine."
            return Status("Warning", message, True, name, model, self._detail, cure, Stalled.code)
        return Status(
            "Normal", f"{model} through {name}", self._busy + len(self._acting) > 0, name, model, self._detail
        )

    def _tell(self) -> None:
        if (status := self.status) != self._told:
            self._told = status
            self.on_status(status)

    async def aclose(self) -> None:
        """Stop looking, close the engine."""
        if self._choosing is not None:
            self._choosing.cancel()
            await asyncio.gather(self._choosing, return_exceptions=True)
        if self.current is not None:
            await self.current.backend.aclose()


async def open_engine(
    name: BackendName, settings: Settings, open_backend: OpenBackend
) -> tuple[Engine | None, BackendError | None]:
    """The engine of that name, or why it cannot be used."""
    backend = open_backend(name, settings)
    try:
        info = await backend.describe()
        family = await _family(backend, info, settings)
        if info.fim is False or (info.form == "raw" and family is None):
            known = ", ".join(family.name for family in FAMILIES)
            raise NoFim(
                name,
                f"{info.model} is not known to fill in the middle.",
                cure=f"Use a model that does (families: {known}), or name its family in the setting {name}.fim.",
            )
        return Engine(backend, info, family), None
    except BackendError as error:
        await backend.aclose()
        return None, error
    except BaseException:
        await backend.aclose()
        raise


async def _family(backend: Backend, info: ModelInfo, settings: Settings) -> Family | None:
    """The model's family: what the settings say, what its metadata says, what its vocabulary says."""
    forced = {"llamacpp": settings.llamacpp.fim, "openai": settings.openai.fim}.get(info.backend, "auto")
    if forced not in ("auto", "raw", "suffix"):
        if (family := named(forced)) is None:
            known = ", ".join(family.name for family in FAMILIES)
            raise NoFim(
                info.backend,
                f"The setting {info.backend}.fim names a model family that is not known: {forced}.",
                cure=f"Use auto, or one of {known}.",
            )
        return family
    if (family := detect(info)) is not None or info.form == "suffix":
        return family
    for family in FAMILIES:
        if all([await backend.special(mark) for mark in family.marks]):
            return family
    return None
