"""Our values as the protocol's, and back."""

from __future__ import annotations

from lsprotocol import types

from codestral_lsp.completion.request import CompletionRequest, SelectedCompletion, Suggestion, Trigger
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position, PositionCodec, Range
from codestral_lsp.document.text import Text
from codestral_lsp.server.clients import ClientProfile


def position_from(codec: PositionCodec, text: Text, position: types.Position) -> Position:
    """A client's position as ours, clamped to the text."""
    if position.line < 0:
        return Position(0, 0)
    if position.line >= len(text.lines):
        return text.end
    return Position(position.line, codec.column(text.line(position.line), position.character))


def range_to(codec: PositionCodec, text: Text, span: Range) -> types.Range:
    """Our range as the client counts."""
    return types.Range(
        *(
            types.Position(place.line, codec.units(text.line(place.line), place.column))
            for place in (span.start, span.end)
        )
    )


def completion_request(
    codec: PositionCodec, document: Document, params: types.InlineCompletionParams, client: ClientProfile
) -> CompletionRequest:
    """An inline completion request as the pipeline takes it."""
    text = document.text
    invoked = params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    selected = None
    if (info := params.context.selected_completion_info) is not None:
        start, end = (position_from(codec, text, place) for place in (info.range.start, info.range.end))
        selected = SelectedCompletion(Range(start, end), info.text)
    return CompletionRequest(
        document,
        position_from(codec, text, params.position),
        Trigger.INVOKED if invoked else Trigger.AUTOMATIC,
        selected,
        0.0 if invoked else client.wait_ms,
        client.asks_again_after_dismissal,
        client.inserts_only,
    )


def inline_item(codec: PositionCodec, document: Document, suggestion: Suggestion) -> types.InlineCompletionItem:
    """A suggestion as an inline completion item, with the command that tells us when it is accepted."""
    return types.InlineCompletionItem(
        insert_text=suggestion.text,
        filter_text=suggestion.text,
        range=range_to(codec, document.text, suggestion.range),
        command=types.Command(title="Accepted", command="codestral.didAccept", arguments=[suggestion.number]),
    )
