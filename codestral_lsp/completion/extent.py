"""How far to let an answer go: one line or a block."""

from __future__ import annotations

from codestral_lsp.completion.request import Trigger
from codestral_lsp.completion.surroundings import Extent, Surroundings
from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.document.syntax import Lexical, Place

_OPENERS = (":", "{", "(", "[", "=>", "->", ">", "do", "then", "else", "|")


def obvious(settings: CompletionSettings, around: Surroundings, trigger: Trigger) -> Extent | None:
    """The extent where no look at the syntax is needed to know it; None elsewhere."""
    if settings.multiline == "never":
        return Extent.LINE
    if settings.multiline == "always" or trigger is Trigger.INVOKED:
        return None
    head = around.head.rstrip()
    return None if around.rest_is_closers and (not head or head.endswith(_OPENERS)) else Extent.LINE


def extent(
    settings: CompletionSettings, place: Place, around: Surroundings, trigger: Trigger, *, takes_blocks: bool = True
) -> Extent:
    """A block where one has just been opened or begins on a line of its own, else the rest of the line.

    A line too for users who have been taking no blocks. Those who ask by hand get the statement that they have begun,
    or what is missing before the code behind the cursor.
    """
    if settings.multiline == "never" or place.lexical in (Lexical.STRING, Lexical.LINE_COMMENT):
        return Extent.LINE
    if settings.multiline == "always":
        return Extent.BLOCK
    if not around.rest_is_closers:
        return Extent.STATEMENT if trigger is Trigger.INVOKED else Extent.LINE
    if place.empty_body or place.line_start:
        return Extent.BLOCK if takes_blocks or trigger is Trigger.INVOKED else Extent.LINE
    return Extent.STATEMENT if trigger is Trigger.INVOKED else Extent.LINE
