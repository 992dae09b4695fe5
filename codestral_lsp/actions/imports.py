"""Imports that new code needs: taken off its head, and put where the file has its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codestral_lsp.actions.edits import TextEdit
from codestral_lsp.actions.placing import squeezed
from codestral_lsp.document.language import Language
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Syntax
from codestral_lsp.document.text import Text

_IMPORTS = {
    "python": r"(?:import\s+[\w.]+|from\s+[\w.]+\s+import\b)",
    "javascript": r"(?:import\b|(?:const|let|var)\s[^=]+=\s*require\()",
    "typescript": r"(?:import\b|(?:const|let|var)\s[^=]+=\s*require\()",
    "tsx": r"(?:import\b|(?:const|let|var)\s[^=]+=\s*require\()",
    "go": r"import\b",
    "rust": r"use\s",
    "java": r"import\s",
    "csharp": r"using\s+[\w.]+\s*;",
    "c": r"#\s*include\b",
    "cpp": r"#\s*include\b",
    "ruby": r"require(?:_relative)?\b",
    "php": r"use\s",
}
_FIRST = re.compile(r"#!|package\b|['\"]use strict['\"]|<\?php|#.*coding[:=]|from\s+__future__\b")
"""Lines that must stay above all imports."""


def split_imports(code: Sequence[str], language: Language) -> tuple[list[str], list[str]]:
    """The imports at the head of new code, each of one line, and the rest of it."""
    pattern = _IMPORTS.get(language.name)
    if pattern is None:
        return [], list(code)
    at, imports = 0, list[str]()
    while at < len(code) and (not code[at].strip() or re.match(pattern, code[at])):
        line = code[at].rstrip()
        if line and _opens(line):
            return [], list(code)  # an import over several lines: leave all where it is
        if line:
            imports.append(line)
        at += 1
    return imports, list(code[at:])


def import_edit(imports: Sequence[str], syntax: Syntax) -> TextEdit | None:
    """The edit that adds those imports which the file lacks, behind its own or at its top."""
    text, language = syntax.text, syntax.language
    there = {squeezed(line) for line in text.lines}
    missing = [line for line in dict.fromkeys(imports) if squeezed(line) not in there]
    if not missing:
        return None
    line = _place(text, syntax, language)
    end = text.line_end()
    place = Position(line, 0)
    return TextEdit(Range(place, place), "".join(f"{each}{end}" for each in missing))


def _place(text: Text, syntax: Syntax, language: Language) -> int:
    """The line before which new imports go."""
    pattern = re.compile(_IMPORTS.get(language.name, r"(?!)"))
    last, depth, line = -1, 0, 0
    while line < len(text.lines):
        content = text.line(line)
        if depth or pattern.match(content):
            depth += content.count("(") + content.count("{") - content.count(")") - content.count("}")
            last = line
        elif content.strip() and content[0] not in " \t" and not _passes(content, syntax, line):
            break
        line += 1
    if last >= 0:
        return last + 1
    line = 0
    while line < len(text.lines) and (
        not text.line(line).strip() or _FIRST.match(text.line(line)) or _is_prose(syntax, line)
    ):
        line += 1
    while line > 0 and not text.line(line - 1).strip():
        line -= 1
    return line


def _passes(content: str, syntax: Syntax, line: int) -> bool:
    """Whether imports may follow a line of the file's head."""
    return bool(_FIRST.match(content)) or _is_prose(syntax, line)


def _is_prose(syntax: Syntax, line: int) -> bool:
    content = syntax.text.line(line)
    return bool(content.strip()) and syntax.prose(Position(line, len(content) - len(content.lstrip()))) is not None


def _opens(line: str) -> bool:
    return line.count("(") > line.count(")") or line.count("{") > line.count("}")
