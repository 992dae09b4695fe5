"""A cached answer, and when it fits a cursor."""

from __future__ import annotations

from dataclasses import dataclass

from codestral_lsp.completion.place import Place


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered at one place. Empty `text`: the model had nothing to say there, and need not be asked again."""

    head: str
    """The line up to the cursor where it was asked."""
    text: str
    """What was to be inserted there, after cutting and filtering."""
    whole: bool = True
    """False if the model had more to say and it was not shown, being unsure, or if the model was not asked at all:
    good enough while typing, but not for a user who asks for more."""

    def rest_at(self, place: Place) -> str | None:
        """What is left of the answer at `place`; None if the text there is not on its way through it.

        Fits at the place it was asked for, at every place further along the answer (type-through), and again at
        each of them when the user deletes back.
        """
        if not place.head.startswith(self.head):
            return None
        if len(place.head) == len(self.head):
            return self.text
        typed = place.head[len(self.head) :]
        if len(typed) < len(self.text) and self.text.startswith(typed):
            return self.text[len(typed) :]
        return None


def longest(answers: list[Answer], place: Place, *, whole: bool) -> str | None:
    """What is left at `place` of the answer that was asked for nearest to it; None if none fits."""
    best: tuple[int, str] | None = None
    for answer in answers:
        rest = answer.rest_at(place) if answer.whole or not whole else None
        if rest is not None and (best is None or len(answer.head) >= best[0]):
            best = len(answer.head), rest
    return best[1] if best else None
