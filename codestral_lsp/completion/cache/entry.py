"""An answer that is kept, and what of it to show at a cursor."""

from __future__ import annotations

from dataclasses import dataclass

from codestral_lsp.completion.place import Place
from codestral_lsp.completion.sureness import Step, sure_part


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered at one place. Empty `text`: the model had nothing to say there, and need not be asked again."""

    head: str
    """The line up to the cursor where it was asked."""
    text: str
    """What was to be inserted there, after cutting and filtering."""
    whole: bool = True
    """False while it is still coming, or if it was broken off."""
    steps: tuple[Step, ...] = ()
    """How probable it is up to where; empty where that is not known."""
    by_line: bool = False
    """Whether to show one line of it at a time."""
    guess: bool = False
    """The model was not asked: good enough while typing, but not for a user who asks for more."""

    def typed_at(self, place: Place) -> int | None:
        """How much of the text stands before the cursor at `place`; None if that is not on its way through it.

        Fits at the place it was asked for, at every place further along the answer (type-through), and again at
        each of them when the user deletes back.
        """
        if not place.head.startswith(self.head):
            return None
        typed = len(place.head) - len(self.head)
        if not typed:
            return 0
        return typed if typed < len(self.text) and self.text.startswith(place.head[len(self.head) :]) else None

    def shown(self, typed: int, *, everything: bool = False) -> str | None:
        """What to show behind the first `typed` characters; None if the answer does not go far enough to tell.

        `everything`: the user asked for it, so that what is unsure is shown too.
        """
        line_end = self.text.find("\n", typed) if self.by_line else -1
        end = len(self.text) if line_end < 0 else line_end
        ended = line_end >= 0 or self.whole
        if everything or not self.steps:
            return self.text[typed:end] if ended and not (everything and self.guess) else None
        return sure_part(self.text, self.steps, typed, end, ended=ended)

    def shown_at(self, place: Place, *, everything: bool = False) -> str | None:
        """What to show at `place`; None if the answer does not fit there, or not far enough."""
        typed = self.typed_at(place)
        return None if typed is None else self.shown(typed, everything=everything)


def nearest(answers: list[Answer], place: Place, *, everything: bool) -> str | None:
    """What to show at `place` of the answer that was asked for nearest to it; None if none fits."""
    best: tuple[int, str] | None = None
    for answer in answers:
        rest = answer.shown_at(place, everything=everything)
        if rest is not None and (best is None or len(answer.head) >= best[0]):
            best = len(answer.head), rest
    return best[1] if best else None
