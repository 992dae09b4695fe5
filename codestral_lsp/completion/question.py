"""A request with everything that is derived from it once."""

from __future__ import annotations

from dataclasses import dataclass

from codestral_lsp.completion.engine import Engine
from codestral_lsp.completion.place import Place, places
from codestral_lsp.completion.request import CompletionRequest, Trigger
from codestral_lsp.completion.surroundings import Surroundings, surroundings

EMBEDDED = "workspace"
"""In place of an engine's key."""
LINES_BACK = 12
"""How many lines of an answer can have been typed (or accepted) and still be recognised as that answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, where, of whom, and since when the user has paused."""

    request: CompletionRequest
    """As the editor asked."""
    at: CompletionRequest
    """With the selected entry of the suggestion list accepted: the text that is to be continued."""
    around: Surroundings
    places: tuple[Place, ...]
    """The cursor described from its own line, then from lines above."""
    engine: Engine | None
    """None while only the embedded engine is there."""
    quiet_since_s: float
    """When the user last did something, on the event loop's clock."""

    @property
    def invoked(self) -> bool:
        """Whether the user asked for it."""
        return self.request.trigger is Trigger.INVOKED

    @property
    def without_model(self) -> tuple[Place, ...]:
        """The places as those of the embedded engine."""
        if self.engine is None:
            return self.places
        return tuple(places(EMBEDDED, self.at.document, self.at.cursor, LINES_BACK))


def question(request: CompletionRequest, engine: Engine | None, quiet_since_s: float) -> Question:
    """Derive what the pipeline needs."""
    at = request.as_if_selected()
    around = surroundings(at)
    key = engine.key if engine else EMBEDDED
    return Question(
        request,
        at,
        around,
        tuple(places(key, at.document, at.cursor, LINES_BACK)),
        engine,
        quiet_since_s,
    )
