"""What an edit must pass before anybody is offered it."""

from __future__ import annotations

import asyncio
import warnings

from codestral_lsp.actions.edits import DocumentEdit
from codestral_lsp.document.keeper import MAX_CHARACTERS, SyntaxKeeper
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position
from codestral_lsp.document.syntax import Scope, Syntax
from codestral_lsp.document.tree import SyntaxTree


async def objection(edit: DocumentEdit, syntax: SyntaxKeeper, *, stays_inside: bool = False) -> str:
    """Why an edit must not be made; empty if nothing speaks against it.

    The text parses at least as well as before, and a Python file that compiled still does. `stays_inside`: functions
    and classes around the edits must end where they did.
    """
    tree = await syntax.tree(edit.document)
    if tree is None:
        return "what it does to the code cannot be checked"
    if len(edit.edits) == 1:
        after = await syntax.preview(tree, edit.edits[0].span, edit.edits[0].text)
    else:
        after = await asyncio.to_thread(tree.moved_to, edit.applied())
    if after is None:
        return "what it does to the code cannot be checked"
    if after.error_count() > tree.error_count():
        return "it does not parse"
    if stays_inside and _reaches_out(edit, tree, after):
        return "it changes what is part of the function"
    if edit.document.language == "python" and not await asyncio.to_thread(_compiles_as_well, edit):
        return "it does not compile"
    return ""


def _reaches_out(edit: DocumentEdit, before: SyntaxTree, after: SyntaxTree) -> bool:
    """Whether the edit changes where a function or class around it begins or ends, and so what follows it."""
    growth = [(each.span, each.text.count("\n") - (each.span.end.line - each.span.start.line)) for each in edit.edits]
    for scope in {
        scope.range.start: scope for span, _ in growth for scope in _around(before, span.start.line)
    }.values():
        first, last = scope.range.start.line, scope.range.end.line
        above = sum(lines for span, lines in growth if span.end.line <= first)
        inside = sum(lines for span, lines in growth if first <= span.start.line <= last and span.end.line > first)
        if not any(
            (new.kind, new.name, new.range.start.line, new.range.end.line)
            == (scope.kind, scope.name, first + above, last + above + inside)
            for new in _around(after, first + above)
        ):
            return True
    return False


def _around(syntax: Syntax, line: int) -> list[Scope]:
    """The functions and classes around a line, or beginning on it."""
    end = Position(line, len(syntax.text.line(line)))
    return [scope for scope in syntax.scopes(end) if scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS) and scope.name]


def _compiles_as_well(edit: DocumentEdit) -> bool:
    """Whether Python takes the text with the edit; where it did not take the text before either, whether at least it
    does not stumble over the edit itself."""
    stumbles = _stumbles(str(edit.applied()))
    if stumbles is None:
        return True
    if _stumbles(str(edit.document.text)) is None:
        return False
    return not any(first <= stumbles < stop for first, stop in edit.new_lines())


def _stumbles(source: str) -> int | None:
    """The line over which Python's compiler stumbles; None if it takes the text. Compiling runs nothing."""
    if len(source) > MAX_CHARACTERS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<edited>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return max(0, (error.lineno or 1) - 1)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return 0
    return None
