"""Where new code is wanted: at a comment that says what, in an empty body, in place of what is selected."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from codestral_lsp.document.document import Document
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Syntax, indentation
from codestral_lsp.document.text import Text
from codestral_lsp.errors import NoTarget

_PLACEHOLDER = re.compile(r"\s*(?:pass|\.\.\.|raise NotImplemented\w*\b.*|(?:todo|unimplemented)!\(.*\);?)\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Hole:
    """Where new code goes: in place of the lines `first` up to `stop` (none, where they are equal)."""

    document: Document
    first: int
    stop: int
    indentation: str
    instruction: str
    signature: str = ""
    """Of the function whose empty body this is."""


def hole_at(syntax: Syntax, document: Document, span: Range, instruction: str = "") -> Hole:
    """The hole that a cursor or selection means. Raises NoTarget if nothing says what to write there."""
    text = document.text
    if span.start != span.end:
        stop = span.end.line + (span.end.column > 0 or span.end.line == span.start.line)
        if not instruction:
            raise NoTarget("Nothing says what to write.", cure="Say what the selected lines shall become.")
        return Hole(document, span.start.line, stop, _blanks(text, span.start.line), instruction)
    line = span.start.line
    if (comment := comment_at(syntax, line)) is not None and not instruction:
        first, stop, words = comment
        return Hole(document, stop, stop, _blanks(text, first), words)
    if (body := _empty_body(syntax, document, line)) is not None:
        return replace(body, instruction=instruction or "what its name and documentation say")
    if not instruction:
        raise NoTarget(
            f"Nothing at line {line + 1} says what to write.",
            cure="Put the cursor on a comment or in an empty body, or give an instruction.",
        )
    if not text.line(line).strip():
        return Hole(document, line, line + 1, text.line(line) or _blanks_near(text, line), instruction)
    return Hole(document, line + 1, line + 1, _blanks_near(text, line + 1), instruction)


def comment_at(syntax: Syntax, line: int) -> tuple[int, int, str] | None:
    """The comment that is all there is on a line, with those on the lines around it: its lines and its words."""
    if not _is_comment(syntax, line):
        return None
    first, stop = line, line + 1
    while first > 0 and _is_comment(syntax, first - 1):
        first -= 1
    while stop < len(syntax.text.lines) and _is_comment(syntax, stop):
        stop += 1
    marks = r"^\s*(?:#+|//+!?|/\*+|\*+/|\*|--|;+)?\s?|\s*\*+/\s*$"
    words = " ".join(re.sub(marks, "", syntax.text.line(number)).strip() for number in range(first, stop)).strip()
    words = re.sub(r"^(?:TOD[O]|FIXM[E])\b:?\s*", "", words)
    return (first, stop, words) if words else None


def _empty_body(syntax: Syntax, document: Document, line: int) -> Hole | None:
    """The empty body around a line: nothing at all, or what stands for nothing (`pass`, `...`)."""
    text = document.text
    end = Position(line, len(text.line(line)))
    functions = [scope for scope in syntax.scopes(end) if scope.kind is ScopeKind.FUNCTION]
    if not functions:
        return None
    scope = functions[0]
    signature = text.slice(scope.header).strip()
    inside = range(scope.range.start.line, min(scope.range.end.line + 1, len(text.lines)))
    placeholder = next((number for number in inside if _PLACEHOLDER.match(text.line(number))), None)
    if placeholder is not None and _only(syntax, scope.range, placeholder):
        return Hole(document, placeholder, placeholder + 1, _blanks(text, placeholder), "", signature)
    if not syntax.place(end).empty_body:
        return None
    inner = _blanks(text, scope.range.start.line) + _unit(text)
    if not text.line(line).strip():
        return Hole(document, line, line + 1, inner, "", signature)
    return Hole(document, line + 1, line + 1, inner, "", signature)


def _only(syntax: Syntax, span: Range, line: int) -> bool:
    """Whether a placeholder is all the code there is in the body."""
    text = syntax.text
    before = syntax.code_before(Position(line, 0))
    opened = before is not None and text.line(before.line)[: before.column + 1].rstrip().endswith((":", "{"))
    after = syntax.code_after(Position(line, len(text.line(line))))
    closed = after is None or after >= span.end or text.line(after.line)[after.column :].strip() in ("}", "end")
    return opened and closed


def _is_comment(syntax: Syntax, line: int) -> bool:
    content = syntax.text.line(line)
    if not content.strip():
        return False
    inside = Position(line, indentation(content))
    span = syntax.prose(inside)
    return (
        span is not None
        and span.start.line <= line
        and not syntax.text.line(span.start.line)[: span.start.column].strip()
        and not content.lstrip().startswith(('"', "'"))
    )


def _blanks(text: Text, line: int) -> str:
    content = text.line(line)
    return content[: indentation(content)]


def _blanks_near(text: Text, line: int) -> str:
    above = next((number for number in range(line - 1, -1, -1) if text.line(number).strip()), None)
    if above is None:
        return ""
    deeper = text.line(above).rstrip().endswith((":", "{", "(", "["))
    return _blanks(text, above) + (_unit(text) if deeper else "")


def _unit(text: Text) -> str:
    """One step of indentation: a tab, or the smallest step of spaces in the text; four spaces where there is none."""
    steps = set()
    for line in text.lines[:2000]:
        if line.startswith("\t"):
            return "\t"
        if line.startswith(" ") and line.strip() and not line.lstrip().startswith("*"):
            steps.add(indentation(line))
    return " " * min((step for step in steps if step > 1), default=4)
