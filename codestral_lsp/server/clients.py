"""What is known of certain editors: how long they wait before they ask, and what they cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lsprotocol import types


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """How a client behaves, by its name."""

    name: str = ""
    version: str = ""
    wait_ms: float = 0.0
    """How long it waits between the last edit and its request."""
    asks_again_after_dismissal: bool = False
    """Whether it asks again at a place that was just dismissed, without saying so."""
    inserts_only: bool = False
    """Whether it inserts at the cursor and leaves what stands behind it, whatever an item's range says."""
    has_inline_completion: bool = False
    shows_actions: bool = False
    """Whether it shows what actions write by itself (`codestral/action`)."""

    @property
    def shown(self) -> str:
        """Name and version, for logs."""
        return f"{self.name} {self.version}".strip() or "unnamed client"


_VSCODE = ("visual studio code", "code - oss", "vscodium", "cursor", "windsurf", "code-server")
_JETBRAINS = (
    "intellij",
    "pycharm",
    "webstorm",
    "goland",
    "rider",
    "clion",
    "phpstorm",
    "rubymine",
    "rustrover",
    "datagrip",
    "dataspell",
    "android studio",
    "lsp4ij",
)


def profile(params: types.InitializeParams) -> ClientProfile:
    """The profile of the client that says hello with `params`."""
    info = params.client_info
    name, version = (info.name, info.version or "") if info else ("", "")
    documents = params.capabilities.text_document
    inline = documents is not None and documents.inline_completion is not None
    known = ClientProfile(name, version, has_inline_completion=inline, shows_actions=_shows_actions(params))
    lower = name.lower()
    if any(part in lower for part in _VSCODE):
        return replace(known, wait_ms=50.0)
    if "neovim" in lower:
        # The built-in inline completion of 0.12 waits 200 ms; plugins for older versions, ours included, need not.
        wait_ms = 200.0 if _is_at_least(version, 0, 12) else 0.0
        return replace(known, wait_ms=wait_ms, asks_again_after_dismissal=True)
    if any(part in lower for part in _JETBRAINS):
        # LSP4IJ skips what stands behind the cursor within the range, and inserts after it.
        return replace(known, wait_ms=300.0, inserts_only=True)
    return known


def _shows_actions(params: types.InitializeParams) -> bool:
    experimental = params.capabilities.experimental
    ours = experimental.get("codestral") if isinstance(experimental, Mapping) else None
    return isinstance(ours, Mapping) and ours.get("actions") is True


def _is_at_least(version: str, major: int, minor: int) -> bool:
    numbers = version.lstrip("v").split(".")
    try:
        return (int(numbers[0]), int(numbers[1])) >= (major, minor)
    except (ValueError, IndexError):
        return False
