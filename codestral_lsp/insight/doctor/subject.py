"""What the doctor examines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codestral_lsp.backends.keys import Keys
from codestral_lsp.backends.mistral import HOSTS
from codestral_lsp.completion.engines import OpenBackend
from codestral_lsp.config.load import Loaded
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.settings import Settings
from codestral_lsp.insight.clients import ClientReport
from codestral_lsp.insight.machine import Machine


@dataclass(frozen=True, slots=True)
class Subject:
    """Settings, folders, keys, and who uses them; where to look beyond them."""

    loaded: Loaded
    paths: UserPaths
    keys: Keys
    open: OpenBackend
    machine: Machine
    clients: Sequence[ClientReport] = ()
    """The editors that were served last, the latest first."""
    project_files: Sequence[tuple[Path, bool]] = ()
    """The project's own settings files, and whether each is trusted."""
    usual_ollama: str = "http://127.0.0.1:11434"
    mistral_hosts: Sequence[str] = field(default=HOSTS)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.loaded.settings
