"""How probable each candidate is: one conditional logit over everything that was seen.

Every sighting speaks for its text with a weight that depends on how alike the two places are; a text's evidence is
the sum of its sightings' weights, times how well the text itself fits in here. Against all texts stands the
possibility that the line goes on like none of them. The weights were fitted on other people's repositories
(`benchmarks/embedded_fit.py`); they are data, in `weights.json`.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, inf, log, log1p
from operator import itemgetter, mul
from pathlib import Path

from codestral_lsp.backends.workspace.evidence import FEATURES, Kind, Sighting
from codestral_lsp.backends.workspace.place import Place
from codestral_lsp.backends.workspace.tokens import CODES, TOKEN, WORD, brackets

_UNSEEN = 1e-2
"""What counts as the share of a text that never followed just so."""

MOST_CANDIDATES = 16
"""Texts that are weighed, those with the most evidence."""

CANDIDATE_FEATURES = (
    "balanced",
    "empty",
    "tokens",
    "words_near",
    "words_known",
    "repeats_neighbour",
    "blend",
    "sightings",
    "share",
    "length_behind",
    "nearest",
    "here_and_elsewhere",
    "short",
    "quotes",
    "digits",
)
"""What is measured of each text."""

NONE_FEATURES = (
    "one",
    "candidates",
    "part",
    "typed",
    "prose",
    "line_start",
    "in_word",
    "longest",
    "sightings",
    "below",
    "further_below",
)
"""What tells how likely the line goes on like nothing that was seen."""


_SHORT = 2
"""Texts of so few bytes are closers and the like."""
_DIGIT = re.compile(rb"\d")
_PROSE = re.compile(rb"[a-z]+ [a-z]+ [a-z]+")


@dataclass(frozen=True, slots=True)
class Weights:
    """The model's parameters, by the order of the features they belong to."""

    sightings: Mapping[Kind, tuple[float, ...]]
    candidates: tuple[float, ...]
    none: tuple[float, ...]

    @staticmethod
    def read(file: Path) -> Weights:
        """The weights in a JSON file."""
        data = json.loads(file.read_text("utf-8"))
        return Weights(
            {kind: _vector(data["sightings"][kind.name.lower()], FEATURES) for kind in Kind},
            _vector(data["candidates"], CANDIDATE_FEATURES),
            _vector(data["none"], NONE_FEATURES),
        )


@cache
def fitted() -> Weights:
    """The weights that come with the program."""
    return Weights.read(Path(__file__).with_name("weights.json"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text for the rest of the line, and how probable it is."""

    text: bytes
    probability: float
    likest: Sighting
    """The place where it was seen that is most like ours."""


def weigh(place: Place, sightings: Sequence[Sighting], weights: Weights) -> list[Candidate]:
    """The candidates, most probable first. What is missing from 1 is the probability that none of them is right."""
    by_text: defaultdict[bytes, list[tuple[float, Sighting]]] = defaultdict(list)
    for sighting in sightings:
        score = sum(map(mul, weights.sightings[sighting.kind], sighting.features))
        by_text[sighting.text].append((score, sighting))
    evidence = {text: _log_sum([score for score, _ in scored]) for text, scored in by_text.items()}
    best = sorted(evidence, key=evidence.__getitem__, reverse=True)[:MOST_CANDIDATES]
    candidates, none = measure(place, best, sightings)
    scores = [
        evidence[text] + sum(map(mul, weights.candidates, measured))
        for text, measured in zip(best, candidates, strict=True)
    ]
    total = _log_sum([*scores, sum(map(mul, weights.none, none))])
    weighed = [
        Candidate(text, exp(score - total), max(by_text[text], key=itemgetter(0))[1])
        for text, score in zip(best, scores, strict=True)
    ]
    return sorted(weighed, key=lambda candidate: -candidate.probability)


def measure(
    place: Place, texts: Sequence[bytes], sightings: Sequence[Sighting]
) -> tuple[list[tuple[float, ...]], tuple[float, ...]]:
    """What is measured of each of `texts`, and of none of all being right: `CANDIDATE_FEATURES`, `NONE_FEATURES`."""
    counts = Counter(sighting.text for sighting in sightings)
    support = _Support(sightings)
    return _candidates(place, texts, sightings, counts, support), _none(place, len(counts), support)


def _candidates(
    place: Place, texts: Sequence[bytes], sightings: Sequence[Sighting], counts: Counter[bytes], support: _Support
) -> list[tuple[float, ...]]:
    around = place.around
    shares = _blend(sightings)
    blend: defaultdict[bytes, float] = defaultdict(lambda: _UNSEEN)
    for sighting in sightings:
        blend[sighting.text] = max(blend[sighting.text], shares.get(sighting.original, 0.0))
    known: dict[int, bool] = {}
    features: list[tuple[float, ...]] = []
    for text in texts:
        line = place.head + text
        closes, opens = brackets(line)
        words = [code for token in TOKEN.findall(place.part + text) if WORD.search(token) and (code := CODES[token])]
        near = sum(code in around.near for code in words)
        for code in words:
            if code not in around.near and code not in known:
                known[code] = around.buffer.knows(code)
        features.append(
            (
                float(max(0, place.open - closes) + opens == around.needed),
                float(not text),
                log1p(len(TOKEN.findall(text))),
                near / len(words) if words else 1.0,
                sum(code in around.near or known[code] for code in words) / len(words) if words else 1.0,
                float(bool(line) and line in (place.previous, around.next_line)),
                log(blend[text]),
                log1p(counts[text]),
                *support.of(text),
                float(len(text) <= _SHORT),
                float(b'"' in text or b"'" in text),
                float(_DIGIT.search(text) is not None),
            )
        )
    return features


class _Support:
    """Where the texts were seen just so, after the same tokens."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self._counts: Counter[bytes] = Counter()
        self._longest: dict[bytes, int] = {}
        self._where: set[tuple[bytes, Kind]] = set()
        nearest, self._nearest = inf, b""
        for sighting in sightings:
            text, kind = sighting.text, sighting.kind
            if kind in (Kind.HERE, Kind.ELSEWHERE):
                self._counts[text] += 1
                self._longest[text] = max(self._longest.get(text, 0), sighting.length)
                self._where.add((text, kind))
            if kind in (Kind.HERE, Kind.SHAPED, Kind.WORD) and sighting.distance < nearest:
                nearest, self._nearest = sighting.distance, text
        self.total = self._counts.total()
        self.longest = max(self._longest.values(), default=0)

    def of(self, text: bytes) -> tuple[float, float, float, float]:
        return (
            log((self._counts[text] + 0.1) / (self.total + 0.1)),
            log1p(self._longest.get(text, 0)) - log1p(self.longest),
            float(text == self._nearest),
            float((text, Kind.HERE) in self._where and (text, Kind.ELSEWHERE) in self._where),
        )


def _none(place: Place, texts: int, support: _Support) -> tuple[float, ...]:
    return (
        1.0,
        log1p(texts),
        log1p(len(place.part)),
        log1p(place.typed),
        float(_PROSE.search(place.head) is not None),
        float(not place.head),
        float(WORD.fullmatch(place.part) is not None),
        log1p(support.longest),
        log1p(support.total),
        float(place.ahead > 0),
        log1p(place.ahead),
    )


def _blend(sightings: Sequence[Sighting]) -> dict[bytes, float]:
    """Shares of the texts, those after longer sameness interpolated with those after shorter (Witten and Bell)."""
    by_length: defaultdict[int, list[bytes]] = defaultdict(list)
    for sighting in sightings:
        if sighting.kind in (Kind.HERE, Kind.ELSEWHERE):
            by_length[sighting.length].append(sighting.text)
    counts: Counter[bytes] = Counter()
    levels = []
    for length in sorted(by_length, reverse=True):
        counts.update(by_length[length])
        levels.append(dict(counts))
    shares: dict[bytes, float] = {}
    for level in reversed(levels):
        total, distinct = sum(level.values()), len(level)
        shares = {
            text: (level.get(text, 0) + distinct * shares.get(text, 1e-3)) / (total + distinct)
            for text in shares or level
        }
    return shares


def _vector(weights: Mapping[str, float], features: Sequence[str]) -> tuple[float, ...]:
    return tuple(weights.get(feature, 0.0) for feature in features)


def _log_sum(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + log(sum(exp(each - most) for each in logs))
