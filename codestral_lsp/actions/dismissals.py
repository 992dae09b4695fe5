"""Findings that the user never wants to see again, for each workspace: by what the code says, not by where it stands.

Only digests are kept: the file tells nobody what the code is.
"""

from __future__ import annotations

import json
import os
import threading
from hashlib import blake2b
from pathlib import Path

from codestral_lsp.actions.target import Target
from codestral_lsp.errors import CodestralError

_MOST = 5000


class Dismissals:
    """What was dismissed in one workspace. Files are read when first asked and written at once, off the event loop."""

    def __init__(self, folder: Path, roots: tuple[Path, ...]) -> None:
        name = blake2b("\0".join(sorted(map(str, roots))).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        self._file = folder / "dismissed" / f"{name}.json"
        self._known: dict[str, None] | None = None
        self._lock = threading.Lock()

    def is_dismissed(self, target: Target, quote: str) -> bool:
        """Whether this was dismissed here: the same words in a function of the same name, blanks aside."""
        return _key(target, quote) in self._all()

    def load(self) -> None:
        """Read the file, if it was not read yet. For a worker thread."""
        self._all()

    def dismiss(self, target: Target, quote: str) -> None:
        """Keep a finding away for good. For a worker thread. Raises CodestralError if that cannot be kept."""
        with self._lock:
            known = self._all()
            known[_key(target, quote)] = None
            while len(known) > _MOST:
                del known[next(iter(known))]
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                fresh = self._file.with_suffix(".new")
                with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                    json.dump({"dismissed": list(known)}, file)
                os.replace(fresh, self._file)
            except OSError as error:
                raise CodestralError(
                    f"The dismissal cannot be kept: {error.strerror}.",
                    cure="Check the permissions of your state folder.",
                ) from None

    def _all(self) -> dict[str, None]:
        if self._known is None:
            try:
                told = json.loads(self._file.read_text("utf-8"))
                entries = told.get("dismissed") if isinstance(told, dict) else None
                self._known = dict.fromkeys(map(str, entries)) if isinstance(entries, list) else {}
            except (OSError, ValueError):
                self._known = {}
        return self._known


def _key(target: Target, quote: str) -> str:
    squeezed = " ".join(quote.split())
    return blake2b(f"{target.name}\0{squeezed}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
