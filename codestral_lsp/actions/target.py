"""What an action is about: a function, a class, a selection or a whole file. Whole lines, always."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from codestral_lsp.document.document import Document
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Scope, Syntax
from codestral_lsp.errors import NoTarget


class TargetKind(StrEnum):
    """What kind of code an action is about."""

    FUNCTION = "function"
    CLASS = "class"
    SELECTION = "selection"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Target:
    """Lines `first` up to `stop` of a document at one version."""

    document: Document
    kind: TargetKind
    name: str
    """Empty for a selection; the file's name for a file."""
    first: int
    stop: int
    focus: int
    """The line that the user is at."""

    @property
    def lines(self) -> Range:
        """From the start of the first line to the end of the last."""
        last = self.stop - 1
        return Range(Position(self.first, 0), Position(last, len(self.document.text.line(last))))

    @property
    def cursor(self) -> Position:
        """A place that means this target when it is asked for by its kind."""
        line = self.document.text.line(self.first)
        return Position(self.first, len(line) - len(line.lstrip()))

    @property
    def text(self) -> str:
        """The lines, with their line ends."""
        return "".join(self.document.text.lines[self.first : self.stop])

    @property
    def digest(self) -> bytes:
        """Names the text: the same code elsewhere has the same."""
        return blake2b(self.text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    @property
    def title(self) -> str:
        """What to call it in a menu or a heading."""
        match self.kind:
            case TargetKind.FUNCTION:
                return f"{self.name}()" if self.name else f"the function at line {self.first + 1}"
            case TargetKind.CLASS:
                return f"class {self.name}" if self.name else f"the class at line {self.first + 1}"
            case TargetKind.FILE:
                return self.name
        last = self.stop - 1
        return f"line {self.first + 1}" if last <= self.first else f"lines {self.first + 1}–{last + 1}"


def target_at(syntax: Syntax, document: Document, span: Range, kind: TargetKind | None = None) -> Target:
    """What stands at a cursor or selection: of the `kind` asked for, else the selection, the innermost function, class
    or the file, whichever there is. Raises NoTarget if it is not there."""
    if kind is TargetKind.FILE:
        return whole_file(document, span.start.line)
    if kind is TargetKind.SELECTION or (kind is None and span.start != span.end):
        return selection(document, span)
    found = enclosing(syntax, document, span.start)
    for target in found:
        if kind in (None, target.kind):
            return target
    if kind is None:
        return whole_file(document, span.start.line)
    raise NoTarget(
        f"There is no {kind.value} at line {span.start.line + 1} of {_name(document)}.",
        cure=f"Put the cursor inside a {kind.value}, or select the lines you mean.",
    )


def enclosing(syntax: Syntax, document: Document, cursor: Position) -> list[Target]:
    """The innermost function and the innermost class around a cursor, inner one first.

    A function without a name (a callback) counts only where no named one is around it: it is seldom what is meant.
    On a line of its own before the body (a decorator, the header) the scope that begins there counts too.
    """
    line = document.text.line(cursor.line)
    begins = Position(cursor.line, len(line))
    scopes = {(scope.kind, scope.range.start): scope for scope in (*syntax.scopes(cursor), *syntax.scopes(begins))}
    inner = sorted(scopes.values(), key=lambda scope: scope.range.start, reverse=True)
    functions = [scope for scope in inner if scope.kind is ScopeKind.FUNCTION and _is_over(scope, cursor)]
    classes = [scope for scope in inner if scope.kind is ScopeKind.CLASS and _is_over(scope, cursor)]
    chosen = []
    if function := next((scope for scope in functions if scope.name), functions[0] if functions else None):
        chosen.append(_target(document, TargetKind.FUNCTION, function, cursor))
    if classes:
        chosen.append(_target(document, TargetKind.CLASS, classes[0], cursor))
    return sorted(chosen, key=lambda target: target.first, reverse=True)


def selection(document: Document, span: Range) -> Target:
    """The lines that a selection touches; one that ends at a line's start does not touch that line."""
    last = span.end.line
    if span.end.column == 0 and last > span.start.line:
        last -= 1
    if not any(line.strip() for line in document.text.lines[span.start.line : last + 1]):
        raise NoTarget("The selection has no code in it.", cure="Select the lines you mean.")
    return Target(document, TargetKind.SELECTION, "", span.start.line, last + 1, span.start.line)


def whole_file(document: Document, focus: int) -> Target:
    """All lines of a document."""
    if not any(line.strip() for line in document.text.lines):
        raise NoTarget(f"{_name(document)} is empty.", cure="There is nothing to ask about yet.")
    return Target(document, TargetKind.FILE, _name(document), 0, len(document.text.lines), focus)


def _target(document: Document, kind: TargetKind, scope: Scope, cursor: Position) -> Target:
    end = scope.range.end
    stop = end.line if end.column == 0 and end.line > scope.range.start.line else end.line + 1
    lines = document.text.lines
    while stop - 1 > scope.range.start.line and not lines[stop - 1].strip():
        stop -= 1
    return Target(document, kind, scope.name, scope.range.start.line, stop, cursor.line)


def _is_over(scope: Scope, cursor: Position) -> bool:
    return scope.range.start.line <= cursor.line <= scope.range.end.line


def _name(document: Document) -> str:
    if document.path is not None:
        return document.path.name
    return re.split(r"[/:]", document.uri.rstrip("/"))[-1] or "the document"
