"""What completion remembers of one open document."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from codestral_lsp.completion.frames import Frames
from codestral_lsp.completion.generation import Generation
from codestral_lsp.completion.place import Place
from codestral_lsp.completion.question import Question
from codestral_lsp.completion.request import CompletionRequest, Suggestion
from codestral_lsp.completion.typing import Doing, doing
from codestral_lsp.document.document import Change
from codestral_lsp.document.position import Position
from codestral_lsp.insight.trace import Trace


class Pending:
    """A request that waits for its answer. It gets exactly one: its own, or none when it is superseded."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.answer: asyncio.Future[Suggestion | None] = asyncio.get_running_loop().create_future()
        self.work: asyncio.Task[None] | None = None

    def give(self, suggestion: Suggestion | None) -> None:
        """Answer, unless it has been answered."""
        if not self.answer.done():
            self.answer.set_result(suggestion)

    def drop(self, outcome: str) -> None:
        """Answer with nothing, now, and stop working on it. A stream under way goes on by itself for a moment."""
        if not self.answer.done():
            self.trace.outcome = outcome
            self.answer.set_result(None)
        if self.work is not None:
            self.work.cancel()


@dataclass(frozen=True, slots=True)
class Shown:
    """The suggestion that was last shown in a document."""

    suggestion: Suggestion
    trace: Trace
    request: CompletionRequest
    at_s: float
    """When, on the event loop's clock."""

    def was_for(self, request: CompletionRequest) -> bool:
        """Whether it was shown at the very place that `request` asks about, with no edit since."""
        before = self.request
        return (before.document.version, before.cursor) == (request.document.version, request.cursor)


SAME_MOMENT_S = 0.5
"""A client may ask twice in a row about one place without having taken the suggestion away."""


class DocumentSession:
    """One open document: its windows and contexts, its running stream, its waiting request, what was shown and what was
    declined."""

    def __init__(self) -> None:
        self.frames = Frames()
        self.generation: Generation | None = None
        self.follow_up: Generation | None = None
        """The answer to what will be asked when what is shown has been taken, while it is on its way."""
        self.pending: Pending | None = None
        self.shown: Shown | None = None
        self.asked: Question | None = None
        """What was asked last; of no use any more once the text has changed."""
        self.doing = Doing.OTHER
        self.touched_s = float("-inf")
        """When the document was last edited or asked about, on the event loop's clock."""
        self.edited_s = float("-inf")
        self._declined: tuple[int, Position] | None = None
        self._accepted = ""

    def observe(self, change: Change, now_s: float) -> bool:
        """Take in an edit: whoever waits for the text before it has lost, unless the running answer foresaw it.

        Whether the edit took what was shown.
        """
        self.frames.observe(change)
        self.doing = doing(change)
        self.touched_s = self.edited_s = now_s
        self.asked = None
        if self.pending is not None:
            self.pending.drop("superseded")
            self.pending = None
        if self.generation is not None and not self.generation.follows(change):
            self.generation.close()
        return self._watch_acceptance(change)

    def _watch_acceptance(self, change: Change) -> bool:
        """Notice that the shown text was inserted, and that it is taken back: then it must not return at once.

        Inferred from the edits themselves, since not every client says what became of a suggestion.
        """
        ghost = self.shown.suggestion.ghost.strip() if self.shown else ""
        inserted = "".join(edit.inserted for edit in change.edits).strip()
        removed = "".join(edit.removed for edit in change.edits).strip()
        if ghost and inserted.endswith(ghost):
            self._accepted = ghost
            self.doing = Doing.TYPING
            return len(ghost) > 1  # a single character may have been typed
        if self._accepted and not inserted and removed.endswith(self._accepted) and change.after is not None:
            self._declined = change.after.version, change.edits[-1].new_end
            self._accepted = ""
        elif inserted:
            self._accepted = ""
        return False

    def use_follow_up(self, places: Sequence[Place]) -> None:
        """What was shown has been taken, if the cursor is where that leads: go on with the answer that was prepared."""
        ahead = self.follow_up
        if ahead is not None and ahead.running and ahead.covers(places):
            self.generation, self.follow_up = ahead, None

    def decline(self, version: int, cursor: Position) -> None:
        """The user does not want what was shown here: stay silent until the text changes."""
        self._declined = version, cursor

    def declined(self, request: CompletionRequest, now_s: float) -> bool:
        """Whether the user has waved away what would be suggested, by word or by the look of it."""
        if self._declined == (request.document.version, request.cursor):
            return True
        asks_again = request.repeats_mean_dismissal and self.shown is not None and self.shown.was_for(request)
        return asks_again and self.shown is not None and now_s - self.shown.at_s > SAME_MOMENT_S

    def close(self) -> None:
        """The document is gone."""
        if self.pending is not None:
            self.pending.drop("superseded")
        for each in (self.generation, self.follow_up):
            if each is not None:
                each.close()
