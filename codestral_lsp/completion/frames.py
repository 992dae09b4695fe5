"""Where in a document the model has been shown something: a window each, and the project's context at its head.

A server may still know what it read at another place, if that comes again word for word. So coming back to a place
brings back its window and its context, and not new ones.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

from codestral_lsp.completion.frozen import FrozenContext
from codestral_lsp.document.document import Change
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text
from codestral_lsp.prompt.window import WindowAnchor

_REMEMBERED = 4


@dataclass
class Frame:
    """One place."""

    anchor: WindowAnchor = field(default_factory=WindowAnchor)
    context: FrozenContext = field(default_factory=FrozenContext)
    whole: bool = False
    """Whether the window is as large as it may be: the user stays here."""
    most: int | None = None
    """Tokens, by an estimate too low, of a prompt that was too long: it makes do with less, and without context."""
    written: int = 0
    """Characters written in the document since the model read everything here."""

    def again(self) -> Frame:
        """A frame for a place near by, which for now shows the same."""
        return Frame(copy(self.anchor), self.context, self.whole, written=self.written)


class Frames:
    """The places of one document that were asked about last."""

    def __init__(self) -> None:
        self.here = Frame()
        """The one in use."""
        self._others: list[Frame] = []

    def observe(self, change: Change) -> None:
        """Move with an edit of the document."""
        written = sum(len(edit.inserted) for edit in change.edits)
        for frame in (self.here, *self._others):
            frame.anchor.observe(change)
            frame.written += written

    def at(self, text: Text, cursor: Position) -> Frame:
        """The frame at a cursor, in use from now on."""
        if self.here.anchor.is_new or self.here.anchor.stands_at(text, cursor):
            return self.here
        found = next((frame for frame in self._others if frame.anchor.stands_at(text, cursor)), None)
        if found is not None:
            self._others.remove(found)
        self._others = [self.here, *self._others][: _REMEMBERED - 1]
        self.here = found or self.here.again()
        return self.here

    def too_long(self, tokens: int) -> None:
        """Begin anew, with less: so many tokens, or more, were refused."""
        self.here, self._others = Frame(most=tokens), []
