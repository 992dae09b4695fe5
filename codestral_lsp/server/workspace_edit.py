"""Our edits as the client applies them: of one document, for one version of it, in one step."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from codestral_lsp.actions.edits import DocumentEdit
from codestral_lsp.errors import EditDeclined, StaleEdit
from codestral_lsp.server.app import App
from codestral_lsp.server.convert import range_to

_ANNOTATION = "codestral"
_ANSWER_S = 300.0
"""A client that shows a preview answers when the user has decided."""


def workspace_edit(app: App, edit: DocumentEdit, label: str, *, ask_first: bool = False) -> types.WorkspaceEdit:
    """The edit, versioned where the client can check versions; `ask_first`: shown as a diff where it can show one."""
    document, codec = edit.document, app.documents.codec
    capabilities = app.server.client_capabilities.workspace
    can = capabilities.workspace_edit if capabilities is not None else None
    spans = [(range_to(codec, document.text, each.span), each.text) for each in edit.edits]
    if can is None or not can.document_changes:
        return types.WorkspaceEdit(changes={document.uri: [types.TextEdit(span, text) for span, text in spans]})
    named = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    if ask_first and can.change_annotation_support is not None:
        edits = [types.AnnotatedTextEdit(_ANNOTATION, span, text) for span, text in spans]
        note = types.ChangeAnnotation(label=label, needs_confirmation=True)
        return types.WorkspaceEdit(
            document_changes=[types.TextDocumentEdit(named, edits)], change_annotations={_ANNOTATION: note}
        )
    plain = [types.TextEdit(span, text) for span, text in spans]
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(named, plain)])


def _can_preview(app: App) -> bool:
    """Whether the client may have asked its user before it applied an edit."""
    workspace = app.server.client_capabilities.workspace
    can = workspace.workspace_edit if workspace is not None else None
    return can is not None and can.change_annotation_support is not None


async def apply_edit(app: App, edit: DocumentEdit, label: str, *, ask_first: bool = False) -> None:
    """Have the client apply an edit to the document as it is now. Raises StaleEdit, with the reason, if it does not;
    EditDeclined if that was the user's wish."""
    capabilities = app.server.client_capabilities.workspace
    if capabilities is None or not capabilities.apply_edit:
        raise StaleEdit("The editor applies no edits that a server asks for.", cure="Use the code action instead.")
    for _ in range(2):
        now = app.documents.get(edit.document.uri)
        if now is None:
            raise StaleEdit("The document was closed meanwhile.", cure="Open it and ask again.")
        moved = await app.actions.at(edit, now)
        params = types.ApplyWorkspaceEditParams(workspace_edit(app, moved, label, ask_first=ask_first), label)
        try:
            async with asyncio.timeout(_ANSWER_S):
                answer = await app.server.workspace_apply_edit_async(params)
        except TimeoutError:
            raise StaleEdit(
                "The editor did not say whether it applied the edit.", cure="Look, then ask again."
            ) from None
        if answer.applied:
            return
        # Typed on while the edit was on its way: once more, for the text as it is now.
        if app.documents.get(edit.document.uri) is now:
            if not answer.failure_reason and _can_preview(app):
                raise EditDeclined("The edit was thrown away.", cure="Nothing was changed.")
            raise StaleEdit(
                f"The editor did not apply the edit{': ' + answer.failure_reason if answer.failure_reason else ''}.",
                cure="Nothing was changed.",
            )
    raise StaleEdit("The text changes faster than the edit can be applied.", cure="Ask again in a pause.")
