"""textDocument/completion: for clients that have no ghost text, the suggestion as an entry of the completion list."""

from __future__ import annotations

import re
from dataclasses import replace

from lsprotocol import types

from codestral_lsp.completion.request import CompletionRequest, Trigger
from codestral_lsp.document.position import Range
from codestral_lsp.server.convert import position_from, range_to
from codestral_lsp.server.protocol import current_document
from codestral_lsp.server.server import CodestralServer

_LABEL_CHARACTERS = 60
_WORD = re.compile(r"\w*\Z")


def register(server: CodestralServer) -> None:
    """Offer completion; called only for clients without inline completion."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(".([{=:,/ ")))
    async def completion(params: types.CompletionParams) -> types.CompletionList:
        document, codec = current_document.get(), server.documents.codec
        if document is None:
            return types.CompletionList(is_incomplete=False, items=[])
        cursor = position_from(codec, document.text, params.position)
        request = CompletionRequest(document, cursor, Trigger.AUTOMATIC, None, server.client.wait_ms)
        suggestion = await server.completion.complete(request)
        # Incomplete, so that the client asks again at the next key instead of filtering this one entry.
        if suggestion is None:
            return types.CompletionList(is_incomplete=True, items=[])
        # Clients filter by the word before the cursor, so that is where the entry has to begin.
        before = suggestion.text[: suggestion.typed]
        word = len(before) - len(_WORD.sub("", before))
        start = replace(suggestion.range.start, column=suggestion.range.start.column + suggestion.typed - word)
        text = suggestion.text[suggestion.typed - word :]
        item = types.CompletionItem(
            # Kate filters by the label, whatever filterText says.
            label=_short(" ".join(text.split())),
            kind=types.CompletionItemKind.Text,
            detail="codestral",
            documentation=types.MarkupContent(
                types.MarkupKind.Markdown, f"```{document.language}\n{suggestion.text}\n```"
            ),
            filter_text=text,
            sort_text="~",
            text_edit=types.TextEdit(range_to(codec, document.text, Range(start, suggestion.range.end)), text),
            command=types.Command(title="Accepted", command="codestral.didAccept", arguments=[suggestion.number]),
        )
        return types.CompletionList(is_incomplete=True, items=[item])


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_CHARACTERS else label[: _LABEL_CHARACTERS - 1] + "…"
