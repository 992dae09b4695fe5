"""textDocument/inlineCompletion: ghost text."""

from __future__ import annotations

from lsprotocol import types

from codestral_lsp.server.convert import completion_request, inline_item
from codestral_lsp.server.protocol import current_document
from codestral_lsp.server.server import CodestralServer


def register(server: CodestralServer) -> None:
    """Offer inline completion."""

    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList:
        document = current_document.get()
        if document is None:
            return types.InlineCompletionList(items=[])
        request = completion_request(server.documents.codec, document, params, server.client)
        choices = await server.completion.choices(request)
        codec = server.documents.codec
        return types.InlineCompletionList(items=[inline_item(codec, document, choice) for choice in choices])
