"""What the editors' manifests say agrees with the server."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import codestral_lsp
from codestral_lsp.config.load import leaves

VSCODE = Path(__file__).parents[2] / "editors" / "vscode"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("manifest", VSCODE / "manifest.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_vscode_offers_every_setting_of_the_server_as_the_server_means_it() -> None:
    manifest = json.loads((VSCODE / "package.json").read_text("utf-8"))
    written = manifest["contributes"]["configuration"]["properties"]
    assert written == generator().properties(), "run: make docs"
    assert {f"codestral.{leaf.path}" for leaf in leaves()} <= set(written)


def test_vscodes_walkthrough_has_the_models_and_licences_that_the_server_offers() -> None:
    assert (VSCODE / "media" / "local.md").read_text("utf-8") == generator().models(), "run: make docs"


def test_a_workspace_cannot_say_where_text_is_sent_or_which_program_runs() -> None:
    properties = generator().properties()
    for name in ("ui.serverCommand", "ollama.url", "mistral.apiKeyCommand", "openai.url", "privacy.ignore"):
        assert properties[f"codestral.{name}"]["scope"] == "machine"


def test_the_extension_has_the_version_of_the_server() -> None:
    manifest = json.loads((VSCODE / "package.json").read_text("utf-8"))
    assert manifest["version"] == codestral_lsp.__version__
