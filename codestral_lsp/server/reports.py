"""What editors tell of suggestions: shown, accepted word by word, waved away. Copilot's shapes where it has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from codestral_lsp.server.convert import position_from
from codestral_lsp.server.server import CodestralServer


def register(server: CodestralServer) -> None:
    """Listen to the reports."""

    @server.feature("textDocument/didShowCompletion")
    async def did_show(params: Any) -> None:
        if (number := _number(params)) is not None:
            server.completion.drawn(number)

    @server.feature("textDocument/didPartiallyAcceptCompletion")
    async def did_partially_accept(params: Any) -> None:
        number = _number(params)
        length = params.get("acceptedLength") if isinstance(params, Mapping) else None
        if number is not None and isinstance(length, int):
            server.completion.partly_accepted(number, length)

    @server.feature("codestral/didDismissCompletion")
    async def did_dismiss(params: Any) -> None:
        uri, line, character = _place(params)
        if uri is not None and (document := server.documents.get(uri)) is not None:
            cursor = position_from(server.documents.codec, document.text, types.Position(line, character))
            server.completion.dismissed(uri, document.version, cursor)


def _number(params: Any) -> int | None:
    """The trace that an item belongs to, from the arguments of its command."""
    try:
        number = params["item"]["command"]["arguments"][0]
    except (KeyError, IndexError, TypeError):
        return None
    return number if isinstance(number, int) else None


def _place(params: Any) -> tuple[str | None, int, int]:
    try:
        uri, position = params["textDocument"]["uri"], params["position"]
        return str(uri), int(position["line"]), int(position["character"])
    except (KeyError, TypeError, ValueError):
        return None, 0, 0
