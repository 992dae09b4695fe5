"""Imports that new code needs: taken off its head, and put where the file has its own, unless it has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codestral_lsp.actions.edits import TextEdit
from codestral_lsp.actions.placing import squeezed
from codestral_lsp.document.language import Language
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Syntax
from codestral_lsp.document.text import Text

_SCRIPT = r"(?:import\b(?!\s*\()|(?:const|let|var)\s[^=]+=\s*require\()"
_IMPORTS = {
    "python": r"(?:import\s+[\w.]+|from\s+[\w.]+\s+import\b)",
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": r"import\b",
    "rust": r"use\s",
    "java": r"import\s",
    "csharp": r"using\s+[\w.]+\s*;",
    "c": r"#\s*include\b",
    "cpp": r"#\s*include\b",
    "ruby": r"require(?:_relative)?\b",
    "php": r"use\s",
    "kotlin": r"import\s",
    "scala": r"import\s",
    "swift": r"import\s",
    "dart": r"import\s",
    "haskell": r"import\s",
    "julia": r"(?:using|import)\s",
    "perl": r"use\s+[A-Z]",
}
_FIRST = re.compile(r"#!|package\b|['\"]use strict['\"]|<\?php|#.*coding[:=]|from\s+__future__\b")
"""Lines that must stay above all imports."""
_LONGEST = 40
"""Lines of one import."""


def split_imports(code: Sequence[str], language: Language) -> tuple[list[str], list[str]]:
    """The imports at the head of new code, each with LF between its lines, and the rest of the code."""
    pattern = _IMPORTS.get(language.name)
    if pattern is None:
        return [], list(code)
    at, imports = 0, list[str]()
    while at < len(code) and (not code[at].strip() or re.match(pattern, code[at])):
        stop = _stop(code, at)
        if stop is None:
            break
        if code[at].strip():
            imports += _single("\n".join(line.rstrip() for line in code[at:stop]), language)
        at = stop
    return imports, list(code[at:])


def import_edit(imports: Sequence[str], syntax: Syntax) -> TextEdit | None:
    """The edit that adds those imports which the file lacks, behind its own or at its top."""
    text, language = syntax.text, syntax.language
    pattern = _IMPORTS.get(language.name, r"(?!)")
    lines = [text.line(number) for number in range(len(text.lines))]
    there = list(_statements(lines, pattern, language))
    said = {squeezed(each) for each in there}
    bound = {name for each in there for name in _names(each, language)}
    missing = [
        each
        for each in dict.fromkeys(imports)
        if squeezed(each) not in said and not ((names := _names(each, language)) and names <= bound)
    ]
    if not missing:
        return None
    line = _place(text, syntax, language)
    end = text.line_end()
    added = [part for each in missing for part in each.split("\n")]
    if not there:
        # The file's first imports stand apart from what is above and below.
        if line > 0 and text.line(line - 1).strip():
            added.insert(0, "")
        if line < len(text.lines) and text.line(line).strip():
            added.append("")
    place = Position(line, 0)
    return TextEdit(Range(place, place), "".join(f"{each}{end}" for each in added))


def _stop(code: Sequence[str], at: int) -> int | None:
    """The line behind the import that begins at a line; None if it does not end."""
    depth = 0
    for line in range(at, min(at + _LONGEST, len(code))):
        depth += sum(map(code[line].count, "({[")) - sum(map(code[line].count, ")}]"))
        if depth <= 0:
            return line + 1
    return None


def _statements(lines: Sequence[str], pattern: str, language: Language) -> Iterator[str]:
    """The imports that stand at the left margin."""
    for at, line in enumerate(lines):
        if re.match(pattern, line) and (stop := _stop(lines, at)) is not None:
            yield from _single("\n".join(lines[at:stop]), language)


def _single(statement: str, language: Language) -> list[str]:
    """Go's block of imports as one import each; any other import as it is."""
    if language.name == "go" and (block := re.match(r"import\s*\((.*)\)\s*$", statement, re.DOTALL)):
        return [f"import {spec}" for line in block[1].splitlines() if (spec := squeezed(line.partition("//")[0]))]
    return [statement]


def _names(statement: str, language: Language) -> set[str]:
    """The names that an import makes known; empty where that is not known, and where it imports everything."""
    code = squeezed(statement).rstrip(";")
    match language.name:
        case "python":
            _, _, listed = code.rpartition("import ")
            names = [part.split(" as ")[-1].strip() for part in listed.strip("()").split(",")]
            return {name.partition(".")[0] for name in names if name} - {"*"}
        case "javascript" | "typescript" | "tsx":
            clause = re.match(r"import (?:type )?(.+?) from\b|(?:const|let|var) (.+?) ?= ?require", code)
            listed = re.sub(r"\w+ ?(?: as |:) ?|\* as ", "", clause[1] or clause[2]) if clause else ""
            return set(re.findall(r"[\w$]+", listed))
        case "go":
            spec = re.match(r'import (?:([\w.]+) )?"([^"]+)"', code)
            return {spec[1] or spec[2].rpartition("/")[2]} - {"_", "."} if spec else set()
        case "rust":
            parts = re.split(r"[{},]", code.removeprefix("use "))
            named = [part.strip() for part in parts if part.strip() and not part.strip().endswith("::")]
            return {re.split(r"::| as ", part)[-1] for part in named} - {"*"}
        case "java" | "kotlin":
            return {code.rpartition(".")[2]} - {"*"}
        case "c" | "cpp":
            return {code.partition("include")[2].strip()}
    return set()


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
