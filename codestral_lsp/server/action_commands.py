"""The commands that start an action. Each answers when the action is over; until then its view tells how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from lsprotocol import types

from codestral_lsp.actions.edits import DocumentEdit
from codestral_lsp.actions.find_bug import Evidence
from codestral_lsp.actions.holes import hole_at
from codestral_lsp.actions.target import Target, TargetKind, selection, target_at
from codestral_lsp.actions.watch import Placed
from codestral_lsp.document.position import Position, Range
from codestral_lsp.errors import Cancelled, CodestralError, EditDeclined, NoTarget, StaleEdit, UsageError
from codestral_lsp.server.action_arguments import ActionArguments, read_arguments
from codestral_lsp.server.action_view import ActionView
from codestral_lsp.server.app import App
from codestral_lsp.server.tracebacks import Blame, blame
from codestral_lsp.server.workspace_edit import apply_edit

T = TypeVar("T")

_AROUND = 15
"""Lines above and below a problem that are looked at where no function is around it."""


def register(app: App) -> None:
    """Offer the commands. Their answers are described in docs/protocol.md."""
    command = app.server.command

    @command("codestral.explain")
    async def explain(given: Any) -> dict[str, Any]:
        """Explain a function, a class, a selection or a file; `instruction` asks something about it."""
        arguments = read_arguments(app, given)
        target = await _target(app, arguments)
        view = ActionView(app, "explain", f"Explaining {target.title}", arguments.document.uri, "markdown")
        explanation = await _run(view, app.actions.explain(target, view, arguments.text("instruction")))
        if app.settings.actions.explain_in == "message":
            app.server.show(explanation.markdown, types.MessageType.Info)
        said = explanation.said
        return {
            "id": view.id,
            "markdown": explanation.markdown,
            "note": explanation.note,
            "grounded": list(explanation.grounded),
            "model": said.model if said else "",
            "cached": bool(said and said.cached),
        }

    @command("codestral.findBug")
    async def find_bug(given: Any) -> dict[str, Any]:
        """Look for bugs; `error` is an error text or a traceback, `diagnostics` what other tools report."""
        arguments = read_arguments(app, given)
        told = await blame(app, arguments.text("error"))
        if told.frames and not _names_a_place(arguments) and told.line_in(arguments.document) is None:
            # Nobody would look in this file for an error that was raised in another one.
            return {
                "id": "",
                "findings": [],
                "removed": {},
                "note": told.elsewhere,
                "frames": told.as_json(),
                "model": "",
            }
        target = await _blamed(app, arguments, told)
        app.known.see(arguments.document, arguments.problems)
        evidence = Evidence(
            arguments.text("error"), told.line_in(arguments.document), told.error, app.known.of(arguments.document)
        )
        title = f"Looking for bugs in {target.title}"
        view = ActionView(app, "find-bug", title, arguments.document.uri, "")
        confirm = app.settings.actions.confirm_bugs
        hunt = await _run(view, app.actions.find_bugs(target, evidence, view, confirm=confirm))
        document = app.documents.get(arguments.document.uri)
        placed = [] if document is None else app.actions.findings(document)
        names = {finding.id for finding in hunt.findings}
        return {
            "id": view.id,
            "findings": [
                app.findings.as_json(each.target.document, each) for each in placed if each.finding.id in names
            ],
            "removed": dict(hunt.removed),
            "note": hunt.note,
            "frames": told.as_json(),
            "model": hunt.said.model if hunt.said else "",
        }

    @command("codestral.fix")
    async def fix(given: Any) -> dict[str, Any]:
        """Mend what another tool reports: `message`, at `range`."""
        arguments = read_arguments(app, given)
        message = arguments.text("message").strip()
        if not message:
            raise UsageError("The command needs a message: what is wrong.", cure="See docs/protocol.md.")
        target = await _around(app, arguments)
        view = ActionView(app, "fix", f"Fixing {target.title}", arguments.document.uri, "")
        repair = await _run(view, app.actions.fix(target, message, arguments.span.start.line, view))
        answer = await _applied(app, repair.edit, f"Fix: {message}", ask_first=True)
        return {"id": view.id, "why": repair.why, "note": repair.note, **answer}

    @command("codestral.generate")
    async def generate(given: Any) -> dict[str, Any]:
        """Write code at a place: what `instruction` says, or the comment or the empty function there."""
        arguments = read_arguments(app, given)
        syntax = await app.syntax.syntax(arguments.document)
        hole = hole_at(syntax, arguments.document, arguments.span, arguments.text("instruction"))
        view = ActionView(app, "generate", "Writing code", arguments.document.uri, arguments.document.language)
        generated = await _run(view, app.actions.generate(hole, view))
        return {"id": view.id, "code": generated.code, **await _applied(app, generated.edit, "Generate")}

    @command("codestral.document")
    async def document(given: Any) -> dict[str, Any]:
        """Write the documentation comment of a function or class."""
        arguments = read_arguments(app, given)
        target = await _target(app, arguments)
        view = ActionView(app, "document", f"Documenting {target.title}", arguments.document.uri, "plaintext")
        edit = await _run(view, app.actions.document(target, view, arguments.text("instruction")))
        return {"id": view.id, **await _applied(app, edit, f"Document {target.title}")}

    @command("codestral.writeTests")
    async def write_tests(given: Any) -> dict[str, Any]:
        """Write tests, to be read and kept by hand."""
        arguments = read_arguments(app, given)
        target = await _target(app, arguments)
        language = arguments.document.language
        view = ActionView(app, "write-tests", f"Testing {target.title}", arguments.document.uri, language)
        tests = await _run(view, app.actions.write_tests(target, view, arguments.text("instruction")))
        return {"id": view.id, "code": tests.code, "note": tests.note}

    @command("codestral.applyFix")
    async def apply_fix(given: Any) -> dict[str, Any]:
        """Apply the checked fix of a finding."""
        placed = _finding(app, given)
        edit = await app.actions.fix_of(placed)
        return await _applied(app, edit, f"Fix: {placed.finding.why}", ask_first=True)

    @command("codestral.dismissFinding")
    async def dismiss_finding(given: Any) -> None:
        """Never show a finding again in this workspace."""
        await app.actions.dismiss(_finding(app, given))


async def _target(app: App, arguments: ActionArguments) -> Target:
    syntax = await app.syntax.syntax(arguments.document)
    return target_at(syntax, arguments.document, arguments.span, arguments.kind)


def _names_a_place(arguments: ActionArguments) -> bool:
    return "range" in arguments.given or "position" in arguments.given


async def _blamed(app: App, arguments: ActionArguments, told: Blame) -> Target:
    """What the client named; if it named nothing and a traceback leads here, the function it leads to."""
    line = told.line_in(arguments.document)
    if line is None or _names_a_place(arguments):
        return await _target(app, arguments)
    syntax = await app.syntax.syntax(arguments.document)
    content = arguments.document.text.line(line)
    place = Position(line, len(content) - len(content.lstrip()))
    return target_at(syntax, arguments.document, Range(place, place), arguments.kind)


async def _around(app: App, arguments: ActionArguments) -> Target:
    """The function around a problem, or some lines where there is none."""
    document, line = arguments.document, arguments.span.start.line
    syntax = await app.syntax.syntax(document)
    place = Position(line, len(document.text.line(line)))
    try:
        return target_at(syntax, document, Range(place, place), TargetKind.FUNCTION)
    except NoTarget:
        last = min(len(document.text.lines) - 1, line + _AROUND)
        lines = Range(Position(max(0, line - _AROUND), 0), Position(last, len(document.text.line(last))))
        return selection(document, lines)


def _finding(app: App, given: Any) -> Placed:
    arguments = read_arguments(app, given)
    return app.actions.finding(arguments.document, arguments.text("finding"))


async def _applied(app: App, edit: DocumentEdit, label: str, *, ask_first: bool = False) -> dict[str, Any]:
    """Apply an edit, and say whether it was and why not."""
    try:
        await apply_edit(app, edit, " ".join(label.split())[:100], ask_first=ask_first)
    except StaleEdit as error:
        if not isinstance(error, EditDeclined):
            app.server.show(error.message)
        return {"applied": False, "reason": error.message}
    return {"applied": True, "reason": ""}


async def _run(view: ActionView, work: Awaitable[T]) -> T:
    """Do an action's work under its view; the progress's cancel button and the request's cancellation both end it."""
    task = asyncio.ensure_future(work)
    view.cancel = task.cancel
    try:
        await view.begin()
        result = await task
    except asyncio.CancelledError:
        task.cancel()
        await view.end("cancelled")
        caller = asyncio.current_task()
        if caller is not None and caller.cancelling():
            raise
        raise Cancelled("The action was cancelled.") from None
    except CodestralError as error:
        await view.end("failed", error.message)
        raise
    except BaseException:
        await view.end("failed", "internal error")
        raise
    await view.end("done")
    return result
