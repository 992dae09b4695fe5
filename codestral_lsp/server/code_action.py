"""textDocument/codeAction: what can be done here, and the checked fixes of what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types

from codestral_lsp.actions.document_code import documentable
from codestral_lsp.actions.holes import hole_at
from codestral_lsp.actions.target import Target, TargetKind, enclosing, selection, whole_file
from codestral_lsp.context.place import Complaint
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Range
from codestral_lsp.document.syntax import Syntax
from codestral_lsp.errors import CodestralError, NoTarget
from codestral_lsp.server.action_arguments import plain_range
from codestral_lsp.server.app import App
from codestral_lsp.server.convert import position_from, range_to
from codestral_lsp.server.findings import SOURCE
from codestral_lsp.server.protocol import current_document
from codestral_lsp.server.workspace_edit import workspace_edit

EXPLAIN, FIND_BUG, WRITE_TESTS = "codestral.explain", "codestral.findBug", "codestral.writeTests"
_KINDS = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite, EXPLAIN, FIND_BUG, WRITE_TESTS]
_PATIENCE_S = 0.05
"""How long a menu waits for a tree; text rules answer otherwise."""
_LONGEST_TITLE = 60


def register(app: App) -> None:
    """Offer code actions."""
    server = app.server

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(_KINDS), resolve_provider=True)
    )
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
        document = current_document.get()
        if document is None or not app.settings.enabled:
            return []
        if document.path is not None and not app.ignore.allows(document.path):
            return []
        codec, text = app.documents.codec, document.text
        span = Range(position_from(codec, text, params.range.start), position_from(codec, text, params.range.end))
        syntax = await app.syntax.syntax(document, _PATIENCE_S)
        app.known.see(document, params.context.diagnostics)
        known = app.known.of(document)
        app.context.complain(document, [Complaint(each.span.start.line, each.message) for each in known])
        actions = [
            *await _fixes_of_findings(app, document, params.context.diagnostics),
            *_fixes_of_problems(app, document, params.context.diagnostics),
            *_about(app, document, syntax, span),
        ]
        wanted = [action for action in actions if _is_wanted(action, params.context.only)]
        if _takes_literals(app):
            return list(wanted)
        return [action.command for action in wanted if action.command is not None]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        data = action.data
        if not isinstance(data, dict) or "finding" not in data or action.edit is not None:
            return action
        document = app.documents.get(str(data.get("uri")))
        if document is None:
            return action
        try:
            placed = app.actions.finding(document, str(data["finding"]))
            action.edit = workspace_edit(app, await app.actions.fix_of(placed), action.title, ask_first=True)
        except CodestralError as error:
            action.disabled = types.CodeActionDisabled(error.message)
        return action


def _about(app: App, document: Document, syntax: Syntax, span: Range) -> Iterator[types.CodeAction]:
    """What can be done with the code at a cursor or selection, the nearest first."""
    for target in _targets(document, syntax, span):
        yield _action(app, f"Explain {_name(target)}", EXPLAIN, "codestral.explain", target)
        yield _action(app, f"Find the bug in {_name(target)}", FIND_BUG, "codestral.findBug", target)
        if target.kind in (TargetKind.FUNCTION, TargetKind.CLASS):
            if _can_be_documented(syntax, target):
                yield _action(
                    app, f"Document {_name(target)}", types.CodeActionKind.RefactorRewrite, "codestral.document", target
                )
            yield _action(app, f"Write tests for {_name(target)}", WRITE_TESTS, "codestral.writeTests", target)
    if span.start == span.end:
        try:
            hole = hole_at(syntax, document, span)
        except NoTarget:
            return
        title = f"Generate the body of {hole.signature}" if hole.signature else f"Generate: {hole.instruction}"
        place = plain_range(range_to(app.documents.codec, document.text, span))
        arguments = [{"uri": document.uri, "position": place["start"]}]
        command = types.Command("Generate", "codestral.generate", arguments=arguments)
        yield types.CodeAction(_short(title), kind=types.CodeActionKind.RefactorRewrite, command=command)


def _targets(document: Document, syntax: Syntax, span: Range) -> Iterator[Target]:
    try:
        if span.start != span.end:
            yield selection(document, span)
            return
        yield from enclosing(syntax, document, span.start)
        yield whole_file(document, span.start.line)
    except NoTarget:
        return


def _can_be_documented(syntax: Syntax, target: Target) -> bool:
    try:
        documentable(syntax, target)
    except NoTarget:
        return False
    return True


async def _fixes_of_findings(
    app: App, document: Document, diagnostics: Sequence[types.Diagnostic]
) -> list[types.CodeAction]:
    """Quick fixes and dismissals of our own findings among the diagnostics."""
    ours = {str(each.data["finding"]): each for each in diagnostics if _is_ours(each) and isinstance(each.data, dict)}
    actions = []
    for placed in app.actions.findings(document):
        if (diagnostic := ours.get(placed.finding.id)) is None:
            continue
        data = {"uri": document.uri, "finding": placed.finding.id}
        if placed.finding.fix is not None:
            title = _short(f"Fix: {placed.finding.why}")
            action = types.CodeAction(title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic], data=data)
            if not (_takes_literals(app) and _resolves_edits(app)):
                action.command = types.Command(title, "codestral.applyFix", arguments=[data])
            actions.append(action)
        command = types.Command("Dismiss", "codestral.dismissFinding", arguments=[data])
        title = _short(f"Dismiss for good: {placed.finding.why}")
        actions.append(
            types.CodeAction(title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic], command=command)
        )
    return actions


def _fixes_of_problems(
    app: App, document: Document, diagnostics: Sequence[types.Diagnostic]
) -> Iterator[types.CodeAction]:
    """A fix, to be written by the model, for each problem that another tool reports."""
    for diagnostic in diagnostics:
        if _is_ours(diagnostic):
            continue
        arguments = [
            {"uri": document.uri, "range": plain_range(diagnostic.range), "message": str(diagnostic.message)[:1000]}
        ]
        title = _short(f"Fix: {diagnostic.message}")
        yield types.CodeAction(
            title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            command=types.Command(title, "codestral.fix", arguments=arguments),
        )


def _action(app: App, title: str, kind: Any, command: str, target: Target) -> types.CodeAction:
    text = target.document.text
    span = target.lines
    given: dict[str, Any] = {
        "uri": target.document.uri,
        "range": plain_range(range_to(app.documents.codec, text, span)),
        "target": target.kind.value,
    }
    if target.kind in (TargetKind.FUNCTION, TargetKind.CLASS, TargetKind.FILE):
        place = range_to(app.documents.codec, text, Range(target.cursor, target.cursor))
        given["position"] = plain_range(place)["start"]
        del given["range"]
    return types.CodeAction(_short(title), kind=kind, command=types.Command(title, command, arguments=[given]))


def _name(target: Target) -> str:
    return "the selection" if target.kind is TargetKind.SELECTION else target.title


def _is_ours(diagnostic: types.Diagnostic) -> bool:
    return diagnostic.source == SOURCE and isinstance(diagnostic.data, dict) and "finding" in diagnostic.data


def _is_wanted(action: types.CodeAction, only: Sequence[Any] | None) -> bool:
    if not only:
        return True
    kind = str(getattr(action.kind, "value", action.kind))
    names = [str(getattr(each, "value", each)) for each in only]
    return any(not name or kind == name or kind.startswith(f"{name}.") for name in names)


def _short(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _takes_literals(app: App) -> bool:
    documents = app.server.client_capabilities.text_document
    return bool(documents and documents.code_action and documents.code_action.code_action_literal_support)


def _resolves_edits(app: App) -> bool:
    documents = app.server.client_capabilities.text_document
    support = documents.code_action.resolve_support if documents and documents.code_action else None
    return support is not None and "edit" in support.properties
