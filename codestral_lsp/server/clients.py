"""What is known of certain editors: how long they wait before they ask, and what they cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

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
    has_inline_completion: bool = False

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
    "lsp4ij",
)


def profile(params: types.InitializeParams) -> ClientProfile:
    """The profile of the client that says hello with `params`."""
    info = params.client_info
    name, version = (info.name, info.version or "") if info else ("", "")
    documents = params.capabilities.text_document
    inline = documents is not None and documents.inline_completion is not None
    known = name.lower()
    if any(part in known for part in _VSCODE):
        return ClientProfile(name, version, 50.0, False, inline)
    if "neovim" in known:
        # The built-in inline completion of 0.12 waits 200 ms; plugins for older versions, ours included, need not.
        return ClientProfile(name, version, 200.0 if _is_at_least(version, 0, 12) else 0.0, True, inline)
    if any(part in known for part in _JETBRAINS):
        return ClientProfile(name, version, 300.0, False, inline)
    return ClientProfile(name, version, 0.0, False, inline)


def _is_at_least(version: str, major: int, minor: int) -> bool:
    numbers = version.lstrip("v").split(".")
    try:
        return (int(numbers[0]), int(numbers[1])) >= (major, minor)
    except (ValueError, IndexError):
        return False
