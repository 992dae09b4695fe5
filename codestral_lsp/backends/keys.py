"""API keys: where they come from, and how they are kept from showing.

A key comes from the editor, else an environment variable, else a command, else the system's keyring; it is never a
setting. Only the variable that the settings name is looked at: a MISTRAL_API_KEY that lies in the environment for
other programs is no consent to this one.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec

from codestral_lsp.backends.base import BackendName
from codestral_lsp.backends.once import Once
from codestral_lsp.errors import KeySourceError

KEYRING_SERVICE = "codestral-lsp"
"""The name under which keys lie in the system's keyring; the user name is the backend's."""

_COMMAND_S = 60.0  # a password manager may be asking the user for a fingerprint
_MAX_OUTPUT = 64 * 1024


class Secret:
    """A text that shows itself only when asked by name: not in logs, tracebacks, formatted texts or pickles."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not to be stored")


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and where it was found in the user's words: `the editor`, `CODESTRAL_API_KEY`, `apiKeyCommand`, ..."""

    secret: Secret
    source: str


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """Where the settings say that a backend's key is."""

    backend: BackendName
    env: str | None = None
    command: tuple[str, ...] | None = None
    keyring: bool = False
    """Whether to look into the system's keyring too, if the `keyring` package is installed."""


class Keys:
    """Finds keys, and remembers what commands and the keyring gave until `forget`."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._given: dict[BackendName, Secret] = {}
        self._asked: dict[tuple[str, ...], Once[_Output]] = {}

    def give(self, backend: BackendName, key: str | None) -> None:
        """Take a key from the editor, for as long as this process lives; None takes it back.

        Raises KeySourceError for a text that is no key.
        """
        if key is None:
            self._given.pop(backend, None)
        else:
            self._given[backend] = _checked(key, "the editor")

    async def find(self, places: KeyPlaces) -> Key | None:
        """The key for a backend, or None if nobody gave one; raises KeySourceError if its place does not yield it."""
        if given := self._given.get(places.backend):
            return Key(given, "the editor")
        if places.env and (value := self._environ.get(places.env, "").strip()):
            return Key(_checked(value, places.env), places.env)
        if places.command:
            output = await self._ask(places.command)
            if output.problem:
                cure = f"Run {places.command[0]} in a terminal to see why."
                raise KeySourceError(f"apiKeyCommand {output.problem}.", cure=cure)
            return Key(_checked(output.text, "apiKeyCommand"), "apiKeyCommand")
        if places.keyring and find_spec("keyring"):
            output = await self._ask(_keyring(places.backend))
            return None if output.problem else Key(_checked(output.text, "the keyring"), "the keyring")
        return None

    def forget(self, places: KeyPlaces) -> None:
        """Ask the command or the keyring anew the next time."""
        for command in (places.command, _keyring(places.backend)):
            if command in self._asked:
                self._asked[command].forget()

    async def aclose(self) -> None:
        """End the commands that still run."""
        for asked in self._asked.values():
            await asked.aclose()

    async def _ask(self, command: tuple[str, ...]) -> _Output:
        if command not in self._asked:
            self._asked[command] = Once(lambda: _run(command))
        return await self._asked[command].get()


def _keyring(backend: BackendName) -> tuple[str, ...]:
    # In a process of its own: a keyring may wait for the user, and must not make this one wait. `-P`: a file of that
    # name in the folder where the server was started, which may be a stranger's repository, is not what is run.
    return (sys.executable, "-P", "-m", "keyring", "get", KEYRING_SERVICE, backend)


def _checked(value: str, source: str) -> Secret:
    """The key in `value`: its first line, which is where `pass` and its kin put it."""
    lines = value.strip().splitlines()
    key = lines[0].strip() if lines else ""
    # Anything else cannot stand in an HTTP header, and an error message about it would show it.
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise KeySourceError(f"What {source} gives is not an API key.", cure="A key is one word of letters and digits.")
    return Secret(key)


@dataclass(frozen=True, slots=True, repr=False)
class _Output:
    """What a command printed, or what was wrong. Failures are remembered too: a command may ask the user each time."""

    text: str = ""
    problem: str = ""


async def _run(command: tuple[str, ...]) -> _Output:
    try:
        # What it says on stderr is not read: it may hold the secret, and could only be shown.
        process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except (OSError, ValueError) as error:
        return _Output(problem=f"cannot be run: {getattr(error, 'strerror', None) or 'a bad argument'}")
    assert process.stdout
    output = b""
    try:
        async with asyncio.timeout(_COMMAND_S):
            while len(output) < _MAX_OUTPUT and (chunk := await process.stdout.read(_MAX_OUTPUT)):
                output += chunk
            status = await process.wait()
    except TimeoutError:
        return _Output(problem=f"did not end within {_COMMAND_S:.0f} s")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if status:
        return _Output(problem=f"failed with exit status {status}")
    text = output.decode("utf-8", "replace").strip()
    return _Output(text) if text else _Output(problem="printed nothing")
