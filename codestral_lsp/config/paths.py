"""The user's own folders, as the platform has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs


@dataclass(frozen=True, slots=True)
class UserPaths:
    """Where settings, state and caches lie."""

    config_file: Path
    cache: Path
    state: Path
    config_is_given: bool = False
    """Whether somebody named the settings file: then it has to be there."""

    @property
    def clients(self) -> Path:
        """Which editors were served last."""
        return self.state / "clients.json"

    @staticmethod
    def default(config_file: Path | None = None) -> UserPaths:
        """The platform's folders for this program; another settings file if one is given."""
        folders = PlatformDirs("codestral-lsp", appauthor=False)
        return UserPaths(
            config_file or Path(folders.user_config_dir) / "config.toml",
            Path(folders.user_cache_dir),
            Path(folders.user_state_dir),
            config_file is not None,
        )
