"""What the rest of a line may be: what followed in places that were like this one, and how alike they are."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum
from heapq import merge
from itertools import islice
from math import log, log1p
from operator import eq

from codestral_lsp.backends.workspace.place import BESIDE, FOLLOWING, Place
from codestral_lsp.backends.workspace.renaming import Renaming, compare
from codestral_lsp.backends.workspace.segment import Segment
from codestral_lsp.backends.workspace.source import Buffer, Source, around
from codestral_lsp.backends.workspace.tokens import CODES, WORD

COMPARED = 24
"""Tokens of context that are compared at each place that is found."""


class Kind(IntEnum):
    """How a place is like ours."""

    HERE = 0
    """In this document, after the same tokens."""
    ELSEWHERE = 1
    """In another file, after the same tokens."""
    RENAMED_HERE = 2
    RENAMED_ELSEWHERE = 3
    """The same, with names translated."""
    SHAPED = 4
    """In this document, after tokens that differ in names only; names translated."""
    WORD = 5
    """In this document, at a word that begins with what is typed, whatever stands before it."""
    OTHER_WORD = 6
    """After the same tokens, but before another word than the one that is begun; ours put in its place."""


FEATURES = (
    "one",
    "length",
    "same_1_4",
    "same_5_12",
    "same_13_24",
    "following_run",
    "following_share",
    "following_all",
    "next_indent",
    "indent",
    "set_before",
    "set_after",
    "distance",
    "part",
    "below_cursor",
    "other_ending",
    "same_folder",
    "name_conflicts",
    "name_seen",
    "name_kept",
    "names",
    "name_number",
    "word_share",
)
"""What is measured at each place."""


_DISTANCE = FEATURES.index("distance")


class Sighting:
    """A place that is like ours in some way, and what the rest of our line would be if it went on like there."""

    __slots__ = ("at", "features", "kind", "length", "line", "original", "source", "text")

    def __init__(
        self,
        kind: Kind,
        text: bytes,
        original: bytes,
        length: int,
        features: list[float],
        source: Source,
        at: int,
        line: int,
    ) -> None:
        self.kind = kind
        self.text = text
        self.original = original
        """The text as it stands there, before names were translated."""
        self.length = length
        """Tokens before it, the nearest ones, that are the same as ours."""
        self.features = features
        self.source = source
        self.at = at
        self.line = line

    @property
    def distance(self) -> float:
        """How far from the cursor, in its own document: a logarithm."""
        return self.features[_DISTANCE]


MOST_HERE = 24
MOST_ELSEWHERE = 24
MOST_IN_OTHERS = 12
MOST_RENAMED_HERE = 6
MOST_RENAMED_ELSEWHERE = 2
MOST_SHAPED = 8
MOST_WORDS = 12
MOST_OTHER_WORDS = 10
"""Sightings of each kind, the most alike or nearest."""
_TRIES = 6
"""Places looked at per sighting wanted."""
_CONTEXTS = (6, 3, 2, 1)
"""Lengths of context, in tokens, that are searched for in open documents, longest first."""


def gather(place: Place, others: Sequence[Buffer], segments: Sequence[Segment]) -> list[Sighting]:
    """All sightings worth weighing: in the document itself, in `others` that are open, and in indexed files."""
    if not place.context:
        return []
    search = _Search(place)
    search.here()
    search.shaped()
    search.words()
    for other in others:
        search.open_document(other)
    search.indexed(segments)
    search.other_words()
    return search.found


class _Search:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.found: list[Sighting] = []
        self._seen: set[int] = set()
        self._back = place.context[:COMPARED]
        self._first_word = not (place.part and WORD.match(place.part[-1:]))
        """Whether the rest begins with a word of its own, not in the middle of one."""
        self._kin: dict[str, tuple[float, float]] = {}
        self._misfits: list[tuple[Source, int, int, bytes]] = []
        """Places after the same tokens with another word than ours, and what follows that word."""

    def here(self) -> None:
        """The document's own places after the same tokens, and what they say with names translated."""
        around_ = self.place.around
        buffer, exact = around_.buffer, []
        for at in self._matches(buffer, around_.hole, MOST_HERE):
            line = buffer.line_of(at)
            if line == around_.hole_line:
                continue
            if (text := self._rest(buffer, at, line)) is None:
                self._misfit(buffer, at, line)
                continue
            self._seen.add(at)
            exact.append(self._add(Kind.HERE, text, buffer, at, line))
            if len(exact) == MOST_HERE:
                break
        exact.sort(key=_likeness, reverse=True)
        for sighting in exact[:MOST_RENAMED_HERE]:
            self._renamed(Kind.RENAMED_HERE, sighting)

    def shaped(self) -> None:
        """Places here where the line began alike but for its names."""
        place, around_ = self.place, self.place.around
        length = max(place.typed + 1, 3)
        if length > len(place.shapes) or not (place.typed or place.part):
            return
        buffer = around_.buffer
        needle = array("I", place.shapes[:length]).tobytes()
        nearest = islice(around(needle, buffer.shapes, around_.hole), _TRIES * MOST_SHAPED)
        unseen = [at for at in nearest if at and at not in self._seen]
        unseen.sort(key=lambda at: -sum(map(eq, buffer.codes[at : at + COMPARED], self._back)))
        for at in unseen[:MOST_SHAPED]:
            line = buffer.line_of(at)
            renaming = compare(place, buffer, at) if line != around_.hole_line else None
            if renaming is None:
                continue
            text = self._fit(renaming.apply(buffer.rest(at, line), first_word=True))
            if text is not None:
                self._add(Kind.SHAPED, text, buffer, at, line, renaming)

    def words(self) -> None:
        """The nearest words here that begin with the word that is begun."""
        place, around_ = self.place, self.place.around
        if self._first_word:
            return
        buffer, part = around_.buffer, place.part
        found = 0
        for line in _outward(around_.hole_line, len(buffer.lines)):
            of = buffer.lines[line]
            start = of.text.find(part)
            while start >= 0:
                if not WORD.match(of.text[start - 1 : start]) or not start:
                    number = bisect_right(of.starts, start) - 1
                    at = buffer.size - buffer.firsts[line] - number
                    if at not in self._seen and (text := self._fit(of.text[start:])) is not None:
                        self._add(Kind.WORD, text, buffer, at, line)
                        found += 1
                start = of.text.find(part, start + 1)
            if found >= MOST_WORDS:
                break

    def other_words(self) -> None:
        """What followed other words after the same tokens, put behind the likeliest endings of ours."""
        if self._first_word or not self._misfits:
            return
        endings = Counter(word.group() if (word := WORD.match(found.text)) else b"" for found in self.found)
        total = endings.total()
        for ending, count in endings.most_common(3):
            for source, at, line, rest in self._misfits:
                if (text := self._fit(self.place.part + ending + rest)) is not None:
                    sighting = self._add(Kind.OTHER_WORD, text, source, at, line)
                    sighting.features += [0.0, 0.0, 0.0, 0.0, 0.0, log(count / total)]

    def _misfit(self, source: Source, at: int, line: int) -> None:
        if not self._first_word and len(self._misfits) < MOST_OTHER_WORDS:
            rest = source.rest(at, line).lstrip()
            if word := WORD.match(rest):
                self._misfits.append((source, at, line, rest[word.end() :]))

    def open_document(self, buffer: Buffer) -> None:
        """Another open document's places after the same tokens."""
        found = 0
        for at in self._matches(buffer, 0, MOST_IN_OTHERS):
            line = buffer.line_of(at)
            if (text := self._rest(buffer, at, line)) is not None:
                self._add(Kind.ELSEWHERE, text, buffer, at, line)
                found += 1
                if found == MOST_IN_OTHERS:
                    break

    def indexed(self, segments: Sequence[Segment]) -> None:
        """Places in indexed files after the same tokens, the longest sameness first, with names translated too."""
        found: list[Sighting] = []
        places = merge(*(segment.alike(self._back, number) for number, segment in enumerate(segments)))
        for _, number, at in islice(places, _TRIES * MOST_ELSEWHERE):
            segment = segments[number]
            line = segment.line_of(at)
            if (text := self._rest(segment, at, line)) is not None:
                found.append(self._add(Kind.ELSEWHERE, text, segment, at, line))
                if len(found) == MOST_ELSEWHERE:
                    break
            else:
                self._misfit(segment, at, line)
        for sighting in found[:MOST_RENAMED_ELSEWHERE]:
            self._renamed(Kind.RENAMED_ELSEWHERE, sighting)

    def _matches(self, buffer: Buffer, near: int, most: int) -> Iterator[int]:
        """Places in a document after the same tokens: more of them first, then nearest first."""
        met: set[int] = set()
        for length in _CONTEXTS:
            if length > len(self._back):
                continue
            needle = array("I", self._back[:length]).tobytes()
            for at in islice(around(needle, buffer.raw, near), _TRIES * most):
                # What follows must not be the cursor, nor the end.
                if at not in met and at and buffer.codes[at - 1]:
                    met.add(at)
                    yield at

    def _rest(self, source: Source, at: int, line: int) -> bytes | None:
        return self._fit(source.rest(at, line))

    def _fit(self, rest: bytes) -> bytes | None:
        """What of a line's rest is still to be typed; None if it does not go with what is typed."""
        place = self.place
        part, tail = place.part, place.tail
        if part or place.blank:
            rest = rest.lstrip()
            if not rest.startswith(part):
                return None
        rest = rest[len(part) :]
        if tail:
            return rest[: -len(tail)] if rest.endswith(tail) else None
        return rest

    def _renamed(self, kind: Kind, sighting: Sighting) -> None:
        if not sighting.text:
            return
        renaming = compare(self.place, sighting.source, sighting.at)
        if renaming is None:
            return
        text = renaming.apply(sighting.text, first_word=self._first_word)
        if text != sighting.text:
            self._add(kind, text, sighting.source, sighting.at, sighting.line, renaming, sighting.text)

    def _add(
        self,
        kind: Kind,
        text: bytes,
        source: Source,
        at: int,
        line: int,
        renaming: Renaming | None = None,
        original: bytes = b"",
    ) -> Sighting:
        features, length = self._measure(source, at, line)
        if renaming is not None:
            features += _measure_names(renaming, text)
        sighting = Sighting(kind, text, original or text, length, features, source, at, line)
        self.found.append(sighting)
        return sighting

    def _measure(self, source: Source, at: int, line: int) -> tuple[list[float], int]:
        place, around_ = self.place, self.place.around
        codes = source.codes
        same = list(map(eq, codes[at : at + COMPARED], self._back))
        length = same.index(False) if False in same else len(same)
        # The lines after: ours were there before the rest of our line is.
        after = source.size - source.firsts[line + 1]
        follows = list(map(eq, codes[max(0, after - FOLLOWING) : after][::-1], around_.following))
        wanted = len(around_.following) or 1
        run = follows.index(False) if False in follows else len(follows)
        indent = source.indent(line)
        deeper = None
        if around_.next_indent is not None and line + 2 < len(source.firsts):
            deeper = _sign(source.indent(line + 1) - indent) == _sign(around_.next_indent - place.indent)
        return [
            1.0,
            _LOG[length],
            sum(same[:4]) / 4,
            sum(same[4:12]) / 8,
            sum(same[12:]) / 12,
            _LOG[run],
            sum(follows) / wanted,
            float(run == wanted),
            float(deeper or False),
            float(indent == place.indent),
            len(place.before.intersection(codes[at : at + BESIDE])) / (len(place.before) or 1),
            len(around_.after.intersection(codes[max(0, after - BESIDE) : after])) / (len(around_.after) or 1),
            log1p(abs(at - around_.hole) / 50) if source is around_.buffer else 0.0,
            _LOG[min(len(place.part), COMPARED)],
            float(source is around_.buffer and at < around_.hole),
            *self._kinship(source, line),
        ], length

    def _kinship(self, source: Source, line: int) -> tuple[float, float]:
        if source is self.place.around.buffer:
            return 0.0, 0.0
        path = source.path(line)
        if (known := self._kin.get(path)) is None:
            around_ = self.place.around
            folder, _, name = path.rpartition("/")
            known = self._kin[path] = (
                float(not name.endswith(around_.ending)),
                float(f"/{around_.folder}".endswith(f"/{folder}")),
            )
        return known


_LOG = [log1p(number) for number in range(COMPARED + 1)]


def _measure_names(renaming: Renaming, text: bytes) -> list[float]:
    words = set(WORD.findall(text))
    used = [name for name, ours in renaming.names.items() if ours in words]
    return [
        float(renaming.conflicts),
        log1p(max((renaming.seen.get(name, 0) for name in used), default=0)),
        float(any(CODES[name] in renaming.kept for name in used)),
        float(len(used)),
        float(any(name.isdigit() or renaming.names[name].isdigit() for name in used)),
    ]


def _likeness(sighting: Sighting) -> float:
    _, _, near, middle, far = sighting.features[:5]
    return sighting.length + (4 * near + 8 * middle + 12 * far) / 3


def _outward(middle: int, count: int) -> Iterator[int]:
    """All line numbers but `middle`, nearest first."""
    for distance in range(1, max(middle, count - middle) + 1):
        if middle - distance >= 0:
            yield middle - distance
        if middle + distance < count:
            yield middle + distance


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
