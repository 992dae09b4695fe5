"""What an edit must pass before anybody is offered it."""

from __future__ import annotations

import asyncio
import warnings

from codestral_lsp.actions.edits import DocumentEdit
from codestral_lsp.actions.target import Target
from codestral_lsp.document.keeper import MAX_CHARACTERS, SyntaxKeeper
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position
from codestral_lsp.document.syntax import Scope, Syntax
from codestral_lsp.document.tree import SyntaxTree


async def objection(edit: DocumentEdit, target: Target | None, syntax: SyntaxKeeper) -> str:
    """Why an edit must not be made; empty if nothing speaks against it.

    The text parses at least as well as before, what stands around the edited function ends where it did, and a Python
    file that compiled still does. `target` is the function or class that is edited, if it is one.
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
    if target is not None and (reason := _reaches_out(edit, target, tree, after)):
        return reason
    if edit.document.language == "python" and not await asyncio.to_thread(_compiles_as_well, edit):
        return "it does not compile"
    return ""


def _reaches_out(edit: DocumentEdit, target: Target, before: SyntaxTree, after: SyntaxTree) -> str:
    """Whether the edit changes where the function or class around it ends, and so what follows it."""
    old = _scope(before, target)
    if old is None:
        return ""
    above = sum(
        _growth(each.span.start.line, each.span.end.line, each.text)
        for each in edit.edits
        if each.span.end.line <= target.first
    )
    growth = sum(
        _growth(each.span.start.line, each.span.end.line, each.text)
        for each in edit.edits
        if each.span.end.line > target.first
    )
    new = _scope(after, target, above)
    if new is None or new.name != old.name or new.range.end.line != old.range.end.line + above + growth:
        return "it changes what is part of the function"
    return ""


def _growth(first: int, last: int, text: str) -> int:
    return text.count("\n") - (last - first)


def _scope(syntax: Syntax, target: Target, shift: int = 0) -> Scope | None:
    line = target.first + shift
    end = Position(line, len(syntax.text.line(line)))
    for scope in syntax.scopes(end):
        if scope.range.start.line == line and scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
            return scope
    return None


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
