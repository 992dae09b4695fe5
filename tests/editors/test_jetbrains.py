"""The LSP4IJ template: every key as LSP4IJ reads it, and an installer that does what it says on this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codestral_lsp.document.languages import LANGUAGES

FOLDER = Path(__file__).parents[2] / "editors" / "jetbrains"
TEMPLATE = FOLDER / "codestral-lsp"

READ = {
    "template.json": {
        *("id", "name", "url", "programArgs", "workingDir", "env", "expandConfiguration", "disablePromotionFor"),
        *("fileTypeMappings", "languageMappings"),
    },
    "installer.json": {"name", "executeOnStartServer", "properties", "check", "run"},
}
"""The keys that LSP4IJ 0.20 looks for; it ignores every other without a word."""
TASK = {"id", "name", "onFail", "onSuccess", "command", "workingDir", "timeout", "ignoreStderr"}


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("template", FOLDER / "template.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name: str) -> Any:
    return json.loads((TEMPLATE / name).read_text("utf-8"))


def test_the_generated_files_are_up_to_date() -> None:
    made = generator()
    assert read("template.json") == made.template(), "run: make docs"
    assert read("settings.schema.json") == made.schema(), "run: make docs"


@pytest.mark.parametrize("name", READ)
def test_no_key_is_there_that_nothing_reads(name: str) -> None:
    assert set(read(name)) <= READ[name]


SOURCE = os.environ.get("CODESTRAL_TEST_LSP4IJ", "")


@pytest.mark.skipif(not SOURCE, reason="CODESTRAL_TEST_LSP4IJ does not name a folder with LSP4IJ's source")
def test_the_keys_and_files_are_those_of_lsp4ijs_own_source() -> None:
    root = Path(SOURCE, "src/main/java/com/redhat/devtools/lsp4ij")

    def names(kind: str, *files: str) -> set[str]:
        found = [re.findall(rf'String \w*{kind} = "([\w.]+)"', (root / file).read_text("utf-8")) for file in files]
        return {name for each in found for name in each}

    templates = "templates/ServerTemplate.java", "launching/templates/LanguageServerTemplate.java"
    keys = names("(?:_JSON_PROPERTY|_PROMOTION_FOR)", *templates)
    assert READ["template.json"] <= keys
    assert every_key(read("template.json")) <= keys | names("_KEY", templates[0])
    tasks = "installation/definition/"
    assert READ["installer.json"] <= names("_JSON_PROPERTY", tasks + "InstallerTaskRegistry.java")
    factories = (tasks + file for file in ("InstallerTaskFactoryBase.java", "tasks/ExecTaskFactory.java"))
    assert names("_JSON_PROPERTY", *factories) >= TASK
    assert {file.name for file in TEMPLATE.iterdir()} <= names("_FILE_NAME", *templates)


def every_key(node: Any) -> set[str]:
    """The keys of an object and of all below it."""
    if isinstance(node, list):
        return {key for each in node for key in every_key(each)}
    if isinstance(node, dict):
        return set(node) | every_key(list(node.values()))
    return set()


def test_every_language_is_mapped_by_its_files() -> None:
    mapped = {
        pattern: each["languageId"]
        for each in read("template.json")["fileTypeMappings"]
        for pattern in each["fileType"]["patterns"]
    }
    assert mapped == {**mapped, **{f"*{end}": language.ids[0] for language in LANGUAGES for end in language.extensions}}


def test_the_program_is_what_the_installer_makes() -> None:
    (task,) = steps(read("installer.json")["check"], "default")
    assert read("template.json")["programArgs"]["default"] == f'"{task[0]}"'


def steps(tasks: Any, system: str) -> list[list[str]]:
    """The commands of a chain of tasks, each started when the one before has succeeded."""
    task = tasks["exec"]
    assert set(task) <= TASK
    # A text would be cut at every blank, quotes or not.
    assert isinstance(task["command"][system], list)
    return [task["command"][system], *(steps(task["onSuccess"], system) if "onSuccess" in task else [])]


@pytest.mark.skipif(sys.platform == "win32", reason="runs the installer's steps for other systems")
def test_the_installer_makes_an_environment_from_the_wheels_alone(tmp_path: Path) -> None:
    """The steps as LSP4IJ runs them, but with a wheel that needs nothing, so that no package index is asked."""
    home = tmp_path / "a home with blanks"
    place = home / ".lsp4ij/lsp/codestral-lsp"
    (place / "wheels").mkdir(parents=True)
    tiny_wheel(place / "wheels")
    installer = read("installer.json")
    for command in steps(installer["run"], "default"):
        resolved = [argument.replace("$USER_HOME$", str(home)) for argument in command]
        environ = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        subprocess.run(resolved, cwd=place, env=environ, check=True, capture_output=True)
    (check,) = steps(installer["check"], "default")
    program = check[0].replace("$USER_HOME$", str(home))
    assert re.search(
        r"codestral-lsp", subprocess.run([program, *check[1:]], check=True, capture_output=True, text=True).stdout
    )


def tiny_wheel(folder: Path) -> None:
    """A codestral-lsp that only tells its name."""
    import zipfile

    with zipfile.ZipFile(folder / "codestral_lsp-9.9-py3-none-any.whl", "w") as wheel:
        wheel.writestr("codestral_tiny.py", "def main():\n    print('codestral-lsp 9.9')\n")
        info = "codestral_lsp-9.9.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: codestral-lsp\nVersion: 9.9\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\ncodestral-lsp = codestral_tiny:main\n")
        wheel.writestr(f"{info}/RECORD", "")
