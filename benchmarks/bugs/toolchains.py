"""Runs a version of a case with its test, where the language's tools are on this machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bugs.cases import EXTENSIONS, Case

_WITHIN_S = 60.0
_NEEDS = {"python": "python3", "javascript": "node", "go": "go", "rust": "rustc", "java": "java"}


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended."""

    passed: bool
    output: str


def runnable(language: str) -> bool:
    """Whether cases of a language can be run here."""
    return language in _NEEDS and shutil.which(_NEEDS[language]) is not None


def run(case: Case, code: str, end: str) -> Run:
    """Run a version of a case (`code`) with `end`, its test or its crash, behind it."""
    with tempfile.TemporaryDirectory(prefix="bug-") as name:
        folder = Path(name)
        file = folder / file_name(case)
        file.write_text(_program(case.language, code, end), "utf-8")
        for command in _commands(case.language, file):
            try:
                done = subprocess.run(
                    command, cwd=folder, capture_output=True, text=True, timeout=_WITHIN_S, check=False
                )
            except subprocess.TimeoutExpired:
                return Run(False, "it did not come to an end")
            if done.returncode:
                return Run(False, done.stdout + done.stderr)
    return Run(True, "")


def file_name(case: Case) -> str:
    """What the file of a case is called when it is run."""
    return "Case.java" if case.language == "java" else f"case.{EXTENSIONS[case.language]}"


def _program(language: str, code: str, end: str) -> str:
    if language == "javascript":
        return f'{code}\nconst assert = require("node:assert");\n{end}\n'
    if language == "go":
        return (
            f'{code}\nfunc check(ok bool) {{\n\tif !ok {{\n\t\tpanic("wrong")\n\t}}\n}}\n\nfunc main() {{\n{end}\n}}\n'
        )
    if language == "rust":
        return f"{code}\nfn main() {{\n{end}\n}}\n"
    if language == "java":
        body = code.rstrip().removesuffix("}")
        check = 'static void check(boolean ok) { if (!ok) throw new AssertionError("wrong"); }'
        return f"{body}\n    {check}\n    public static void main(String[] given) {{\n{end}\n    }}\n}}\n"
    return f"{code}\n\n{end}\n"


def _commands(language: str, file: Path) -> list[list[str]]:
    match language:
        case "python":
            return [["python3", str(file)]]
        case "javascript":
            return [["node", str(file)]]
        case "go":
            return [["go", "run", str(file)]]
        case "rust":
            # With checks for overflow, as `cargo test` has them.
            return [
                ["rustc", "-A", "warnings", "-g", "-o", str(file.with_suffix("")), str(file)],
                [str(file.with_suffix(""))],
            ]
        case _:
            return [["java", str(file)]]
