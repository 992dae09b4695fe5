"""What is asked for, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position, Range


class Trigger(Enum):
    """Why a completion was asked for."""

    AUTOMATIC = "automatic"
    """The user types."""
    INVOKED = "invoked"
    """The user pressed a key for it: ask at once, and rather show something unsure than nothing."""


@dataclass(frozen=True, slots=True)
class SelectedCompletion:
    """The entry that is selected in the editor's suggestion list: a suggestion must extend it."""

    range: Range
    text: str


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A place in a document at one version, to be continued."""

    document: Document
    cursor: Position
    trigger: Trigger
    selected: SelectedCompletion | None = None
    client_wait_ms: float = 0.0
    """How long the client itself waits between the last edit and asking."""

    repeats_mean_dismissal: bool = False
    """Whether a client that asks again about the same text has taken the suggestion away, without telling us."""

    inserts_only: bool = False
    """Whether the client inserts at the cursor and leaves what stands behind it, whatever the item's range says."""

    def as_if_selected(self) -> CompletionRequest:
        """The request with the selected entry already accepted, so that what follows is its continuation."""
        if self.selected is None:
            return self
        text, edit = self.document.text.replace(self.selected.range, self.selected.text)
        return replace(self, document=replace(self.document, text=text), cursor=edit.new_end)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text to show as ghost text: `text` in place of `range`, which never spans lines.

    The range starts at the line's start (or where the selected entry does), so `text` begins with what already
    stands before the cursor; behind the cursor it covers exactly the closers that `text` writes itself.
    """

    range: Range
    text: str
    typed: int
    """Characters of `text` that stand before the cursor already."""
    number: int
    """The trace it belongs to."""

    @property
    def ghost(self) -> str:
        """The part that is new to the user."""
        return self.text[self.typed :]
