"""How sure the embedded engine must be to be shown unasked: by language, learnt from what really came next.

Its probabilities were fitted on other people's code. What it said of a line, shown or not, is compared with the line
as it is when the user has left it; the bar is the lowest probability from which on up the answers are right often
enough. Until a language has taught otherwise, probabilities are taken at their word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codestral_lsp.completion.keeping import moved
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Edit, difference

WANTED = 0.75
"""The share of answers that must be right at any probability at which they are shown."""
_STEP = 0.05
_LOWEST = 0.5
"""Probabilities below this are never enough."""
_AT_ITS_WORD = 20.0
"""How many answers it takes to count as much as what the probability says of itself."""
_REMEMBERED = 200.0
"""Answers a step remembers; older ones fade, since projects change."""
_WAITING = 64
"""Answers of a document whose line the user has not left yet."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What was said of a line's rest."""

    at: Position
    """The cursor then."""
    head: str
    """The line up to it."""
    text: str
    rest: str
    """What stood behind the cursor."""
    probability: float

    def right(self, line: str) -> bool | None:
        """Whether the line has become what was said; None if it tells nothing: unfinished, or another line."""
        line = line.rstrip()
        if not line.startswith(self.head) or line == (self.head + self.rest).rstrip():
            return None
        said = (self.head + self.text).rstrip()
        if line in (said, (self.head + self.text + self.rest).rstrip()):
            return True
        return None if said.startswith(line) else False


class _Record:
    """What became of a language's answers, by steps of probability from `_LOWEST` up."""

    def __init__(self) -> None:
        steps = range(round((1 - _LOWEST) / _STEP))
        self._said = [_LOWEST + (number + 0.5) * _STEP for number in steps]
        self._right = [0.0 for _ in steps]
        self._all = [0.0 for _ in steps]
        self.bar = self._bar()

    def add(self, probability: float, right: bool) -> None:
        step = min(int((probability - _LOWEST) / _STEP), len(self._all) - 1)
        if step < 0:
            return
        fading = 1 - 1 / _REMEMBERED
        self._right[step] = self._right[step] * fading + right
        self._all[step] = self._all[step] * fading + 1
        self.bar = self._bar()

    def _bar(self) -> float:
        for step in reversed(range(len(self._all))):
            likely = (self._said[step] * _AT_ITS_WORD + self._right[step]) / (_AT_ITS_WORD + self._all[step])
            if likely < WANTED:
                return _LOWEST + (step + 1) * _STEP
        return _LOWEST


class Calibration:
    """Watches documents, and sets the bar of each language."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}
        self._waiting: dict[str, list[Guess]] = {}

    def bar(self, language: str) -> float:
        """How probable an answer must be in this language; over 1 if none is."""
        return self._record(language).bar

    def judged(self, language: str, probability: float, right: bool) -> None:
        """An answer that was said to be right with this probability was, or was not."""
        self._record(language).add(probability, right)

    def guessed(self, document: Document, guess: Guess) -> None:
        """The embedded engine said this of a line."""
        waiting = self._waiting.setdefault(document.uri, [])
        if all((each.at, each.head) != (guess.at, guess.head) for each in waiting):
            waiting.append(guess)
            del waiting[:-_WAITING]

    def observe(self, change: Change) -> None:
        """Take in a change: once it is on another line, what was said of the line before can be judged."""
        document = change.after or change.before
        assert document is not None
        waiting = self._waiting.pop(document.uri, [])
        if not waiting or change.after is None or change.before is None:
            return
        edits = change.edits or (difference(change.before.text, change.after.text),)
        left: list[Guess] = []
        for guess in waiting:
            at = _followed(guess.at, edits)
            if at is None:
                continue
            if at.line == edits[-1].new_end.line:
                left.append(replace(guess, at=at))
            elif (right := guess.right(change.after.text.line(at.line))) is not None:
                self.judged(document.language, guess.probability, right)
        if left:
            self._waiting[document.uri] = left

    def _record(self, language: str) -> _Record:
        return self._records.setdefault(language, _Record())


def _followed(at: Position, edits: Sequence[Edit]) -> Position | None:
    """Where the place has gone; None if it is no more."""
    for edit in edits:
        if edit.old_end <= at and edit.old_end.line < at.line:
            at = moved(at, edit)
        elif edit.start < at < edit.old_end:
            return None
    return at
