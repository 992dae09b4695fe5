"""Writes the server's settings tree into package.json, where VS Code's settings page finds it.

Run from the repository's root after a change to the tree: python editors/vscode/manifest.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from codestral_lsp.config.load import Leaf, leaves

MANIFEST = Path(__file__).with_name("package.json")

OWN: dict[str, Any] = {
    "codestral.ui.serverCommand": {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "default": ["codestral-lsp"],
        "description": "The program that serves, and its arguments.",
        "scope": "machine",
    }
}
"""Settings of the extension itself; the server never sees them."""


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
    scope = "machine" if leaf.machine else "resource"
    return {**schema, "default": default, "description": leaf.doc, "scope": scope}


def main() -> None:
    """Replace the settings in package.json; everything else in it stays."""
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    manifest["contributes"]["configuration"] = {"title": "Codestral", "properties": properties()}
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
