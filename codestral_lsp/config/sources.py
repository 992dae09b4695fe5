"""The sources of settings that are alive: files that may change, an editor that may speak up."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from codestral_lsp.config.load import Layer, Loaded, environment_layer, file_layer, load
from codestral_lsp.errors import SettingsError


class SettingsSources:
    """Holds every source and merges them. Reads files: call `load` off the event loop once the server is up."""

    def __init__(
        self, user_file: Path, environ: Mapping[str, str] = os.environ, *, file_is_required: bool = False
    ) -> None:
        self._user_file = user_file
        self._file_is_required = file_is_required
        self._environ = environ
        self._project_files: tuple[Path, ...] = ()
        self._initial: Mapping[str, Any] = {}
        self._editor: Mapping[str, Any] = {}
        self._session: dict[str, Any] = {}
        self._misfit: tuple[SettingsError, ...] = ()
        """What is wrong with all that the editor said."""

    def initial(self, options: Any) -> None:
        """What the editor gave when it started the server (initializationOptions): settings, or by mistake anything."""
        self._initial = self._object(options, "initializationOptions")

    def editor(self, values: Any) -> None:
        """What the editor says now (workspace/configuration); from then on what it said at the start is past."""
        values = self._object(values, "what the editor sends")
        if values or self._editor:
            self._initial = {}
        self._editor = values

    def _object(self, values: Any, source: str) -> Mapping[str, Any]:
        self._misfit = ()
        if isinstance(values, Mapping):
            return values
        if values is not None:
            problem = "they are no JSON object, and count for nothing"
            cure = 'Have the editor send an object of settings, such as {"backend": "ollama"}.'
            self._misfit = (SettingsError("", source, problem, cure=cure),)
        return {}

    def override(self, name: str, value: Any) -> None:
        """What the user decided by a command, for this session: stronger than everything else."""
        self._session[name] = value

    def trusted(self, files: Sequence[Path]) -> None:
        """The project files that may have a say."""
        self._project_files = tuple(files)

    def load(self) -> Loaded:
        """The merged settings, weakest source first."""
        layers: list[Layer] = []
        problems: list[SettingsError] = []
        for file in (self._user_file, *self._project_files):
            layer, broken = file_layer(file, required=self._file_is_required and file == self._user_file)
            layers.append(layer)
            problems += broken
        layers += [
            environment_layer(self._environ),
            Layer("the editor", self._initial),
            Layer("the editor", self._editor),
            Layer("a command", self._session),
        ]
        loaded = load(layers)
        return Loaded(loaded.settings, loaded.sources, (*problems, *self._misfit, *loaded.problems))

    def stamp(self) -> tuple[object, ...]:
        """Changes when one of the files does. Reads the disk."""
        return tuple(_stamp(file) for file in (self._user_file, *self._project_files))


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
