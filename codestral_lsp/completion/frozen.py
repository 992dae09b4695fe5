"""The project's context as a document's prompts have it: a snapshot that stands still while the user types.

It is at the prompt's head, so another one means that the model reads everything again. It is therefore taken only
when that is so anyway (the window is chosen anew), and in a pause.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from codestral_lsp.context.gather import Gathered

WORTH_IT = 0.3
"""In a pause another snapshot is taken only if so much of it, by tokens, is new."""


@dataclass(frozen=True, slots=True)
class FrozenContext:
    """A snapshot, and when it was taken on the event loop's clock."""

    gathered: Gathered = field(default_factory=Gathered)
    at_s: float = float("-inf")

    def swapped(self, fresh: Gathered, now_s: float) -> FrozenContext:
        """What was found now, in an order that keeps as much as can be where it was."""
        kept = [snippet for snippet in self.gathered.snippets if snippet in fresh.snippets]
        new = [snippet for snippet in fresh.snippets if snippet not in kept]
        return FrozenContext(replace(fresh, snippets=(*kept, *new)), now_s)

    def outdated_by(self, fresh: Gathered) -> bool:
        """Whether what was found now is different enough to have it read."""
        old = {snippet.text for snippet in self.gathered.snippets}
        whole = sum(len(snippet.text) for snippet in fresh.snippets)
        new = sum(len(snippet.text) for snippet in fresh.snippets if snippet.text not in old)
        return new > WORTH_IT * whole
