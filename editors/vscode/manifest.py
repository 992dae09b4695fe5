"""Writes the server's settings tree into package.json, where VS Code's settings page finds it, and the models that the
server offers into the walkthrough.

Run from the repository's root after a change to either: python editors/vscode/manifest.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from codestral_lsp.backends.base import BackendName
from codestral_lsp.config.load import Leaf, leaves
from codestral_lsp.insight.download import shown_bytes
from codestral_lsp.server.models import OFFERED

MANIFEST = Path(__file__).with_name("package.json")
MODELS = Path(__file__).parent / "media" / "local.md"

OWN: dict[str, Any] = {
    "codestral.ui.serverCommand": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "The program that serves, and its arguments; empty: codestral-lsp from the PATH, else the one "
        "that this extension carries.",
        "scope": "machine",
    },
    "codestral.ui.python": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "The Python (3.11 or newer) to install the extension's own server with, and its arguments; "
        "empty: the one found on the PATH.",
        "scope": "machine",
    },
}
"""Settings of the extension itself; the server never sees them."""

_BACKENDS = tuple(f"{name}." for name in get_args(BackendName))
"""Groups that say which model answers, and where."""


def properties() -> dict[str, Any]:
    """Every setting as VS Code wants it: the extension's own first, then the server's in the tree's order."""
    return OWN | {f"codestral.{leaf.path}": _property(leaf) for leaf in leaves()}


def _property(leaf: Leaf) -> dict[str, Any]:
    schema = dict(leaf.kind.schema)
    match schema.get("anyOf"):
        case [{"type": str(kind)} as set_to, {"type": "null"}]:
            # The settings page draws a field for a list of types, and gives up on `anyOf`.
            schema = {**set_to, "type": [kind, "null"]}
    default = list(leaf.default) if isinstance(leaf.default, tuple) else leaf.default
    return {**schema, "default": default, "description": leaf.doc, "scope": _scope(leaf)}


def _scope(leaf: Leaf) -> str:
    """Where the setting may be set. A workspace may switch things off and nothing else (src/settings.ts)."""
    if leaf.machine or leaf.path.startswith(_BACKENDS):
        return "machine"
    return "resource" if leaf.kind.schema.get("type") in ("boolean", "object") else "application"


def models() -> str:
    """The walkthrough's page about models on this machine."""
    rows = [f"| {fit.pull} | {shown_bytes(fit.file_bytes)} | {fit.licence} |" for fit in reversed(OFFERED)]
    below = "Ollama has to be installed: it runs the model. llama-server works as well (`codestral.llamacpp.url`)."
    return "\n".join(["| Model | Download | Licence |", "|---|---|---|", *rows, "", below, ""])


def main() -> None:
    """Replace the settings in package.json, whose other parts stay, and the page about models."""
    MODELS.write_text(models(), "utf-8")
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    manifest["contributes"]["configuration"] = {"title": "Codestral", "properties": properties()}
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
