"""Which projects' own settings the user trusts.

A project's `.codestral.toml` may name an endpoint or a key's place, so a cloned repository must not decide by itself.
Trust is given to one content of the file: when the file changes, it is asked for again.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

PROJECT_FILE = ".codestral.toml"


class TrustStore:
    """The trusted files, kept in the user's own folder."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def trusts(self, project_file: Path) -> bool:
        """Whether the user trusts this file as it is now. False if it cannot be read."""
        try:
            return self._read().get(str(project_file.resolve())) == _digest(project_file)
        except OSError:
            return False

    def trust(self, project_file: Path) -> None:
        """Trust the file as it is now. Raises OSError if that cannot be kept."""
        trusted = {**self._read(), str(project_file.resolve()): _digest(project_file)}
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(trusted, indent=1), "utf-8")
        os.chmod(fresh, 0o600)
        fresh.replace(self._file)

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
