"""Document: a docstring or documentation comment for a function or class. The model gives the words; the comment
around them is made here, so that nothing but a comment can come of it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from codestral_lsp.actions.checks import objection
from codestral_lsp.actions.edits import DocumentEdit, TextEdit
from codestral_lsp.actions.parts import Parts, Question, ask
from codestral_lsp.actions.reading import Audience
from codestral_lsp.actions.target import Target, TargetKind
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Scope, Syntax, indentation
from codestral_lsp.errors import NoTarget, UselessAnswer

MAX_TOKENS = 300
_WIDTH = 88
_BLOCK = frozenset(("javascript", "typescript", "tsx", "java", "c", "cpp", "php"))
_LINE = {"go": "//", "rust": "///", "csharp": "///", "ruby": "#", "bash": "#"}
_ATTRIBUTE = re.compile(r"\s*(?:@[\w.]+|#\[|\[[A-Z]\w*)")


async def document_code(parts: Parts, target: Target, audience: Audience, instruction: str = "") -> DocumentEdit:
    """The edit that documents a function or class. Raises NoTarget, NoChat, BackendError and UselessAnswer."""
    syntax = await parts.syntax.syntax(target.document)
    scope = documentable(syntax, target)
    values = {"instruction": instruction}
    question = Question("document", "document", f"Documenting {target.title}", target, values, MAX_TOKENS)
    answer = await ask(parts, question, audience=audience)
    words = _words(answer.said.text)
    if not words:
        raise UselessAnswer("The model wrote nothing.", cure="Try again, or use a stronger chat model.")
    edit = DocumentEdit(target.document, (_comment(words, scope, target, syntax),))
    if reason := await objection(edit, parts.syntax):
        raise UselessAnswer(f"The documentation cannot stand there: {reason}.", cure="Place it by hand.")
    return edit


def documentable(syntax: Syntax, target: Target) -> Scope:
    """The function or class that a target is. Raises NoTarget if it is none, or has documentation already."""
    name = syntax.language.name
    if target.kind not in (TargetKind.FUNCTION, TargetKind.CLASS):
        raise NoTarget("Only a function or a class can be documented.", cure="Put the cursor inside one.")
    if not (syntax.language.docstrings or name in _BLOCK or name in _LINE):
        raise NoTarget(f"Documentation comments of {name} are not known here.", cure="Write it by hand.")
    end = Position(target.first, len(syntax.text.line(target.first)))
    for scope in syntax.scopes(end):
        if scope.range.start.line == target.first and scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
            if _is_documented(syntax, scope, target):
                raise NoTarget(f"{target.title} is documented already.", cure="Take the old text out to write it anew.")
            body = scope.header.end
            if syntax.language.docstrings and syntax.text.line(body.line)[: body.column].strip():
                raise NoTarget(f"{target.title} is written on one line.", cure="Break the line first.")
            return scope
    raise NoTarget(f"The head of {target.title} was not found.", cure="Put the cursor on its first line.")


def _is_documented(syntax: Syntax, scope: Scope, target: Target) -> bool:
    if syntax.language.docstrings:
        body = scope.header.end
        line = syntax.text.line(body.line)[body.column :]
        return line.lstrip().startswith(('"', "'", 'r"', "r'"))
    above = _above(syntax, target) - 1
    content = syntax.text.line(above)
    return bool(content.strip()) and syntax.prose(Position(above, indentation(content))) is not None


def _comment(words: Sequence[str], scope: Scope, target: Target, syntax: Syntax) -> TextEdit:
    text, name = syntax.text, syntax.language.name
    end = text.line_end()
    if syntax.language.docstrings:
        at = scope.header.end.line
        blanks = text.line(at)[: indentation(text.line(at))]
        body = [word.replace("\\", "\\\\").replace('"""', "'''") for word in _wrapped(words, blanks)]
        if body[-1].endswith('"'):
            body[-1] += "."
        lines = [f'{blanks}"""{body[0]}', *(f"{blanks}{line}".rstrip() for line in body[1:])]
        lines = [lines[0] + '"""'] if len(lines) == 1 else [*lines, f'{blanks}"""']
    else:
        at = _above(syntax, target)
        first = text.line(target.first)
        blanks = first[: indentation(first)]
        if name in _BLOCK:
            body = [word.replace("*/", "* /") for word in _wrapped(words, blanks + " * ")]
            lines = [f"{blanks}/**", *(f"{blanks} * {line}".rstrip() for line in body), f"{blanks} */"]
        else:
            mark = _LINE[name]
            lines = [f"{blanks}{mark} {line}".rstrip() for line in _wrapped(words, f"{blanks}{mark} ")]
    place = Position(at, 0)
    return TextEdit(Range(place, place), "".join(f"{line}{end}" for line in lines))


def _above(syntax: Syntax, target: Target) -> int:
    """The line before which a comment goes: above decorators and attributes."""
    line = target.first
    while line > 0 and _ATTRIBUTE.match(syntax.text.line(line - 1)):
        line -= 1
    return line


def _words(answer: str) -> list[str]:
    """The paragraphs and lists of the answer, without marks that a model put around them."""
    lines = [line.rstrip() for line in answer.strip().splitlines() if not line.lstrip().startswith(("```", "~~~"))]
    lines = [re.sub(r'^\s*(?:/\*\*?|\*/|\*(?=\s|$)|///?|"""|\'\'\')\s?', "", line) for line in lines]
    lines = [re.sub(r'(?:\*/|"""|\'\'\')\s*$', "", line).rstrip() for line in lines]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _wrapped(lines: Sequence[str], before: str) -> list[str]:
    """The lines, none longer than fits behind `before`."""
    width = max(40, _WIDTH - len(before.expandtabs(4)))
    found: list[str] = []
    for line in lines:
        blanks = line[: indentation(line)]
        found += textwrap.wrap(line, width, subsequent_indent=blanks, break_long_words=False) or [""]
    return found
