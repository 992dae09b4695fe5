"""From a place to what probably comes next: the rest of the line, and the lines below as long as they are sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codestral_lsp.backends.workspace.evidence import Sighting, gather
from codestral_lsp.backends.workspace.model import Weights, weigh
from codestral_lsp.backends.workspace.place import Place
from codestral_lsp.backends.workspace.segment import Segment
from codestral_lsp.backends.workspace.source import Buffer

MOST_LINES_BELOW = 8
WORTH_GOING_ON = 0.5
"""Joint probability of all lines so far under which the next one is not looked for: nobody would show it."""
_SPACES_A_TAB = 4


@dataclass(frozen=True, slots=True)
class Prediction:
    """What probably comes next."""

    text: str
    """The rest of the line."""
    probability: float
    """That the line goes on just like this."""
    below: tuple[tuple[str, float], ...] = ()
    """The next lines, each with the line end before it, and the probability that it and all before it are right."""

    def sure(self, bar: float) -> str:
        """The text as far as it is sure enough: empty if the first line is not, then whole lines below."""
        if self.probability < bar:
            return ""
        return self.text + "".join(line for line, probability in self.below if probability >= bar)


@dataclass(frozen=True, slots=True)
class Likely:
    """A line of another file that goes on as ours may."""

    path: str
    """With slashes, from a workspace folder or from the top."""
    number: int
    """Lines that are not blank before it in that file."""
    text: str
    """All of it, without indentation."""
    probability: float
    """That ours goes on just like this."""


def likely(place: Place, others: Sequence[Buffer], segments: Sequence[Segment], weights: Weights) -> list[Likely]:
    """Lines of other files that go on as ours may, the likeliest first, each way of going on once."""
    found = [
        (candidate.likest.source, candidate.likest.line, candidate.probability)
        for candidate in weigh(place, gather(place, others, segments), weights)
    ]
    return [
        Likely(source.path(line), source.number(line), _decoded(source.text(line)), probability)
        for source, line, probability in found
        if source is not place.around.buffer
    ]


def predict(place: Place, others: Sequence[Buffer], segments: Sequence[Segment], weights: Weights) -> Prediction | None:
    """What probably comes after `place`, going by itself, `others` that are open, and indexed files."""
    candidates = weigh(place, gather(place, others, segments), weights)
    if not candidates:
        return None
    first = best = candidates[0]
    below: list[tuple[str, float]] = []
    joint, floor = best.probability, place.indent
    while not place.tail and joint >= WORTH_GOING_ON and len(below) < MOST_LINES_BELOW:
        step = _step(place, best.likest, ahead=1)
        if step is None or (indent := place.indent + step) < floor:
            break
        above, place = place, place.below(place.head + best.text, indent)
        candidates = weigh(place, gather(place, others, segments), weights)
        if not candidates:
            break
        best = candidates[0]
        if _step(place, best.likest) != indent - above.indent or _is_next(place, best.text):
            break
        joint *= best.probability
        below.append(("\n" + place.around.blank * indent + _decoded(best.text), joint))
    return Prediction(_decoded(first.text), first.probability, tuple(below))


def _is_next(place: Place, text: bytes) -> bool:
    """Whether a line is the one that follows already."""
    return text == place.around.next_line and place.indent == place.around.next_indent


def _step(place: Place, sighting: Sighting, *, ahead: int = 0) -> int | None:
    """How much deeper the line of a sighting, or one `ahead`, is than the one above it, in our own blanks.

    None where there is no such line, or blank ones come between.
    """
    source, line = sighting.source, sighting.line + ahead
    if not 0 < line < len(source.firsts) - 1 or source.gap(line):
        return None
    step = source.indent(line) - source.indent(line - 1)
    if source is place.around.buffer or not step:
        return step
    if place.around.blank == "\t" and abs(step) > 1:
        return step // _SPACES_A_TAB or 1
    return step * _SPACES_A_TAB if place.around.blank == " " and abs(step) == 1 else step


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")
