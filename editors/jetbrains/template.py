"""Makes the LSP4IJ template: writes what follows from the server's own tables, and packs it with the server's wheels.

python editors/jetbrains/template.py              after a change to the languages or the settings
python editors/jetbrains/template.py --zip FOLDER TARGET   pack it, with the wheels for that platform that
                                                         editors/vscode/wheels.py has fetched
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from codestral_lsp import __version__
from codestral_lsp.config.load import leaves
from codestral_lsp.document.languages import LANGUAGES

TEMPLATE = Path(__file__).with_name("codestral-lsp")
WHEELS = Path(__file__).parents[1] / "vscode" / "wheels"

_HOME = "$USER_HOME$/.lsp4ij/lsp/codestral-lsp"
"""Where the user unpacks the template; LSP4IJ forgets where it was imported from."""

_NAMED_FILES = {"dockerfile": ["Dockerfile", "Containerfile"], "makefile": ["Makefile", "makefile", "GNUmakefile"]}


def template() -> dict[str, Any]:
    """template.json: the program, and every language by its files' names, which needs no plugin for the language."""
    return {
        "id": "codestral-lsp",
        "name": "Codestral",
        "url": "",
        "programArgs": {
            "default": f'"{_HOME}/venv/bin/codestral-lsp"',
            "windows": f'"{_HOME}/venv/Scripts/codestral-lsp.exe"',
        },
        "workingDir": "$USER_HOME$",
        "env": {"includeSystemEnvironmentVariables": True, "variables": {}},
        "expandConfiguration": False,
        "fileTypeMappings": [
            {"fileType": {"patterns": patterns}, "languageId": language.ids[0]}
            for language in LANGUAGES
            if (
                patterns := [f"*{extension}" for extension in language.extensions] + _NAMED_FILES.get(language.name, [])
            )
        ],
    }


def schema() -> dict[str, Any]:
    """settings.schema.json: what LSP4IJ's settings editor completes and checks."""
    root: dict[str, Any] = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {}}
    for leaf in leaves():
        node = root["properties"]
        *groups, name = f"codestral.{leaf.path}".split(".")
        for group in groups:
            node = node.setdefault(group, {"type": "object", "additionalProperties": False, "properties": {}})[
                "properties"
            ]
        default = list(leaf.default) if isinstance(leaf.default, tuple) else leaf.default
        node[name] = {**leaf.kind.schema, "default": default, "description": leaf.doc}
    return root


def write() -> None:
    """Write the files that are generated."""
    for name, content in {"template.json": template(), "settings.schema.json": schema()}.items():
        (TEMPLATE / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def pack(folder: Path, target: str) -> Path:
    """The template and the wheels for one platform as an archive with one folder in it."""
    archive = folder / f"codestral-lsp-jetbrains-{target}-{__version__}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for file in sorted(TEMPLATE.iterdir()):
            bundle.write(file, f"codestral-lsp/{file.name}")
        for wheel in sorted(WHEELS.glob("*.whl")):
            bundle.write(wheel, f"codestral-lsp/wheels/{wheel.name}", zipfile.ZIP_STORED)
    return archive


def main() -> None:
    """Write, or pack."""
    if sys.argv[1:2] == ["--zip"]:
        print(pack(Path(sys.argv[2]), sys.argv[3]))  # noqa: T201
    else:
        write()


if __name__ == "__main__":
    main()
