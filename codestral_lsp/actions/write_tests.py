"""Write tests: a test file's text, to be read and kept by hand. No file is made or changed."""

from __future__ import annotations

from dataclasses import dataclass

from codestral_lsp.actions.fences import CodeHearer, code_in, is_closed
from codestral_lsp.actions.parts import Parts, Question, ask
from codestral_lsp.actions.reading import Audience
from codestral_lsp.actions.target import Target
from codestral_lsp.errors import UselessAnswer

MAX_TOKENS = 1200
_FRAMEWORKS = {
    "python": "pytest",
    "go": "the testing package",
    "rust": "a #[cfg(test)] module",
    "java": "JUnit 5",
    "csharp": "xUnit",
    "ruby": "minitest",
    "php": "PHPUnit",
    "c": "assert.h",
    "cpp": "GoogleTest",
}


@dataclass(frozen=True, slots=True)
class Tests:
    """What was written."""

    code: str
    note: str = ""


async def write_tests(parts: Parts, target: Target, audience: Audience, instruction: str = "") -> Tests:
    """Tests for a target. Raises NoChat, BackendError and UselessAnswer."""
    syntax = await parts.syntax.syntax(target.document)
    framework = _FRAMEWORKS.get(syntax.language.name, "the test framework that the project uses (node:test if unknown)")
    values = {"framework": framework, "instruction": instruction}
    question = Question("write_tests", "write-tests", f"Testing {target.title}", target, values, MAX_TOKENS)
    answer = await ask(parts, question, audience=CodeHearer(audience), whole=is_closed)
    code = code_in(answer.said.text)
    if not code.strip():
        raise UselessAnswer("The model wrote no tests.", cure="Try again, or use a stronger chat model.")
    notes = [answer.shown.note] if answer.shown.note else []
    if answer.said.cut:
        notes.append(f"The model was cut off: {answer.said.cut}.")
    return Tests(code, " ".join(notes))
