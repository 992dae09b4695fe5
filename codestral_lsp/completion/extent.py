"""How far to let an answer go: one line or a block."""

from __future__ import annotations

from codestral_lsp.completion.request import Trigger
from codestral_lsp.completion.surroundings import Extent, Surroundings
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.document.syntax import Lexical, Place

_OPENERS = (":", "{", "(", "[", "=>", "->", ">", "do", "then", "else", "|")


def obvious(settings: CompletionSettings, around: Surroundings, trigger: Trigger) -> Extent | None:
    """The extent where no look at the syntax is needed to know it; None elsewhere."""
    if settings.multiline == "never" or not around.rest_is_closers:
        return Extent.LINE
    if settings.multiline == "always" or trigger is Trigger.INVOKED:
        return None
    head = around.head.rstrip()
    return None if not head or head.endswith(_OPENERS) else Extent.LINE


def extent(settings: CompletionSettings, place: Place, around: Surroundings, trigger: Trigger) -> Extent:
    """A block where one has just been opened or begins on a line of its own, else the rest of the line."""
    if settings.multiline == "never" or not around.rest_is_closers or place.lexical is Lexical.STRING:
        return Extent.LINE
    if settings.multiline == "always" or trigger is Trigger.INVOKED:
        return Extent.BLOCK
    if place.lexical is Lexical.LINE_COMMENT:
        return Extent.LINE
    return Extent.BLOCK if place.empty_body or place.line_start else Extent.LINE
