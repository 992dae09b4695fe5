"""Writes docs/settings.md from the settings tree: `make docs`. A test keeps the two in step."""

from __future__ import annotations

import json
from typing import Any

from codestral_lsp.config.load import Leaf, leaves

INTRODUCTION = """\
# Settings

<!-- Generated from codestral_lsp/config/settings.py by `make docs`. Edit there. -->

Settings come from these places; a later one wins:

1. the defaults below,
2. your own file, `config.toml` in the platform's configuration folder (Linux: `~/.config/codestral-lsp/`, macOS:
   `~/Library/Application Support/codestral-lsp/`, Windows: `%LOCALAPPDATA%\\codestral-lsp\\`), or the one named by
   `codestral-lsp --config FILE`,
3. `.codestral.toml` in the workspace, once you trust it (command `codestral.trustWorkspace`; when the file changes,
   it must be trusted anew),
4. environment variables, where one is named below,
5. your editor: `initializationOptions`, then `workspace/configuration`, section `codestral`,
6. commands such as `codestral.toggle` and `codestral.selectEngine`, for the session.

Tables (`completion.languages`) and lists (`privacy.ignore`) add up; `null` means "not set". A change takes effect at
once, without a restart. A setting that does not exist, or has a value it cannot have, is reported by its path and left
out; everything else goes on.

API keys are never settings: see [Backends](backends.md#keys).

In TOML:

```toml
backend = "ollama"

[ollama]
model = "codestral"

[completion.languages]
markdown = true
```

In JSON (`initializationOptions` or your editor's settings):

```json
{"backend": "ollama", "ollama": {"model": "codestral"}, "completion": {"languages": {"markdown": true}}}
```
"""


def reference() -> str:
    """The whole document."""
    parts, group = [INTRODUCTION], None
    for leaf in leaves():
        head = leaf.path.rpartition(".")[0]
        if head != group:
            group = head
            parts.append(
                f"\n## {head or 'General'}\n\n| Setting | Values | Default | Meaning |\n| --- | --- | --- | --- |\n"
            )
        parts.append(_row(leaf))
    return "".join(parts)


def _row(leaf: Leaf) -> str:
    default = "none" if leaf.default is None else json.dumps(leaf.default)
    doc = leaf.doc
    if leaf.env:
        doc += " Environment: " + ", ".join(f"`{name}`" for name in reversed(leaf.env)) + "."
    return f"| `{leaf.path}` | {_values(leaf.kind.schema)} | `{default}` | {doc} |\n"


def _values(schema: Any) -> str:
    if "anyOf" in schema:
        return " or ".join(_values(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kind = schema["type"]
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "integer":
        return f"{schema['minimum']} to {schema['maximum']}"
    names = {
        "number": "a number",
        "boolean": "true, false",
        "string": "text",
        "array": "list of texts",
        "object": "table",
        "null": "none",
    }
    return "address" if schema.get("format") == "uri" else names[kind]


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201
