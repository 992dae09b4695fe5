"""The commands that start an action. Each answers when the action is over; until then its view tells how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types

from codestral_lsp.actions.target import Target, target_at
from codestral_lsp.errors import CodestralError
from codestral_lsp.server.action_arguments import ActionArguments, read_arguments
from codestral_lsp.server.action_view import ActionView

if TYPE_CHECKING:
    from codestral_lsp.server.app import App

T = TypeVar("T")


def register(app: App) -> None:
    """Offer the commands."""
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


async def _target(app: App, arguments: ActionArguments) -> Target:
    syntax = await app.syntax.syntax(arguments.document)
    return target_at(syntax, arguments.document, arguments.span, arguments.kind)


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
        raise CodestralError("The action was cancelled.") from None
    except CodestralError as error:
        await view.end("failed", error.message)
        raise
    except BaseException:
        await view.end("failed", "internal error")
        raise
    await view.end("done")
    return result
