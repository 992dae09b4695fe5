"""Fits the embedded engine's weights to what really came next, in repositories that nothing is measured on.

A conditional logit (see the engine's `model`) over all texts that were seen for a hole, and that none of them is right.
The folders are named by CODESTRAL_BENCH_REPOS; numpy and scipy are no dependencies of this project and have to be
installed by hand. Before everything is fitted to, thirds of the repositories are kept apart in turn, to see what the
weights are worth where nothing was fitted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from benchmarks.embedded import calibration, indexed
from benchmarks.holes import Repository, repositories
from benchmarks.report import table
from codestral_lsp.backends.workspace import model
from codestral_lsp.backends.workspace.engine import Query, WorkspaceEngine
from codestral_lsp.backends.workspace.evidence import FEATURES, Kind, gather
from codestral_lsp.backends.workspace.model import CANDIDATE_FEATURES, NONE_FEATURES
from codestral_lsp.backends.workspace.place import Place

SEED = 7
FOLDS = 3
DECAY = 3e-4
"""What keeps weights small that little speaks for."""
MOST_BELOW = 3
"""Lines below the cursor's that are looked at, one after the other."""

_WEIGHTS = Path(model.__file__).with_name("weights.json")
_WIDTH, _KINDS = len(FEATURES), len(Kind)
_SIGHTINGS = _WIDTH * _KINDS
_CANDIDATES = _SIGHTINGS + len(CANDIDATE_FEATURES)
_ALL = _CANDIDATES + len(NONE_FEATURES)


@dataclass
class Case:
    """A hole: what was seen of it, and what is right."""

    repository: str
    ending: str
    """Of the file's name."""
    below: bool
    """Whether it is a line below the cursor's."""
    kinds: list[int]
    features: list[list[float]]
    texts: list[int]
    """Of each sighting, the number of its text."""
    candidates: list[tuple[float, ...]]
    none: tuple[float, ...]
    right: int | None
    """The number of the right text; None if it was never seen, or if nothing is to be said."""


@dataclass
class Collection:
    """Cases of several repositories."""

    cases: list[Case] = field(default_factory=list)

    async def collect(self, name: str, root: Path, count: int) -> None:
        """Take in one repository."""
        repository = Repository(root)
        async with indexed(root) as (engine, _):
            for hole in repository.holes(count, SEED, ends=True):
                place, _, _ = engine.surroundings(Query(hole.document, hole.cursor))
                self._add(engine, place, hole.rest, name, below=False)
                await asyncio.sleep(0)
            for hole in repository.holes(count // 4, SEED + 1, blocks=True, ends=True):
                place, _, _ = engine.surroundings(Query(hole.document, hole.cursor))
                line = place.head.decode() + hole.rest
                for below in (*hole.truth[1 : MOST_BELOW + 1], None):
                    indent = place.indent if below is None else len(below) - len(below.lstrip())
                    place = place.below(line.encode(), indent)
                    line = "" if below is None else below.strip()
                    self._add(engine, place, line or None, name, below=True)
                await asyncio.sleep(0)

    def _add(self, engine: WorkspaceEngine, place: Place, truth: str | None, name: str, *, below: bool) -> None:
        sightings = gather(place, (), engine.segments)
        if not sightings:
            return
        texts = list(dict.fromkeys(sighting.text for sighting in sightings))
        numbers = {text: number for number, text in enumerate(texts)}
        right = next((numbers[text] for text in texts if truth is not None and text.rstrip() == truth.encode()), None)
        candidates, none = model.measure(place, texts, sightings)
        self.cases.append(
            Case(
                name,
                place.around.ending,
                below,
                [sighting.kind for sighting in sightings],
                [sighting.features for sighting in sightings],
                [numbers[sighting.text] for sighting in sightings],
                candidates,
                none,
                right,
            )
        )


class Fit:
    """Cases as arrays: all sightings sorted by text, all texts sorted by case."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases
        rows = np.zeros((sum(len(case.kinds) for case in cases), _WIDTH), np.float32)
        kinds, texts, row, text = list[int](), list[int](), 0, 0
        rights, of_case = list[int](), list[int]()
        for number, case in enumerate(cases):
            for features in case.features:
                rows[row, : len(features)] = features
                row += 1
            kinds += case.kinds
            texts += [text + each for each in case.texts]
            of_case += [number] * len(case.candidates)
            rights.append(-1 if case.right is None else text + case.right)
            text += len(case.candidates)
        order = np.argsort(texts, kind="stable")
        self.rows, self.kinds, self.texts = rows[order], np.array(kinds)[order], np.array(texts)[order]
        self.candidates = np.array([each for case in cases for each in case.candidates], np.float32)
        self.none = np.array([case.none for case in cases], np.float32)
        self.right, self.of_case = np.array(rights), np.array(of_case)
        self.text_starts, self.case_starts = _starts(self.texts), _starts(self.of_case)

    def probabilities(self, weights: Any) -> tuple[Any, Any, Any]:
        """Of each sighting its part in its text's evidence, of each text and of none in each case their probability."""
        by_kind = weights[:_SIGHTINGS].reshape(_KINDS, _WIDTH)
        scores = np.einsum("ij,ij->i", self.rows, by_kind[self.kinds])
        most = np.maximum.reduceat(scores, self.text_starts)
        parts = np.exp(scores - most[self.texts])
        sums = np.add.reduceat(parts, self.text_starts)
        evidence = most + np.log(sums) + self.candidates @ weights[_SIGHTINGS:_CANDIDATES]
        none = self.none @ weights[_CANDIDATES:]
        most = np.maximum(np.maximum.reduceat(evidence, self.case_starts), none)
        evidence, none = np.exp(evidence - most[self.of_case]), np.exp(none - most)
        total = np.add.reduceat(evidence, self.case_starts) + none
        return parts / sums[self.texts], evidence / total[self.of_case], none / total

    def loss(self, weights: Any) -> tuple[float, Any]:
        """How improbable what is right was, and the gradient of that."""
        parts, texts, none = self.probabilities(weights)
        seen = self.right >= 0
        right = np.where(seen, texts[np.where(seen, self.right, 0)], none)
        by_text = texts.copy()
        by_text[self.right[seen]] -= 1
        by_sighting = by_text[self.texts] * parts
        by_kind = np.zeros((_KINDS, _WIDTH))
        for kind in Kind:
            by_kind[kind] = by_sighting[self.kinds == kind] @ self.rows[self.kinds == kind]
        gradient = np.concatenate([by_kind.ravel(), by_text @ self.candidates, (none - ~seen) @ self.none])
        count = len(self.cases)
        loss = -np.log(right + 1e-12).sum() / count + DECAY * weights @ weights
        return loss, gradient / count + 2 * DECAY * weights

    def weights(self, start: Any) -> Any:
        """Those under which what is right is most probable."""
        return minimize(self.loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x

    def best(self, weights: Any) -> Iterator[tuple[Case, float, bool]]:
        """Of each case the probability of the most probable text, and whether it is right."""
        _, texts, _ = self.probabilities(weights)
        for case, start, right in zip(self.cases, self.case_starts, self.right, strict=True):
            best = start + int(np.argmax(texts[start : start + len(case.candidates)]))
            yield case, float(texts[best]), best == right


def _starts(numbers: Any) -> Any:
    return np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))


def kept_apart(cases: Sequence[Case]) -> list[tuple[Case, float, bool]]:
    """Every case with weights that were fitted to other repositories only."""
    names = sorted({case.repository for case in cases})
    weights, seen = np.zeros(_ALL), list[tuple[Case, float, bool]]()
    for fold in range(FOLDS):
        apart = set(names[fold::FOLDS])
        weights = Fit([case for case in cases if case.repository not in apart]).weights(weights)
        seen += Fit([case for case in cases if case.repository in apart]).best(weights)
    return seen


def row(seen: Sequence[tuple[Case, float, bool]]) -> dict[str, Any]:
    """How good the most probable texts are."""
    figures: dict[str, Any] = {"cases": len(seen), "exact %": _share([right for _, _, right in seen])}
    for bar in (0.5, 0.75):
        spoken = [right for _, probability, right in seen if probability >= bar]
        figures |= {f"speaks at {bar} %": round(100 * len(spoken) / len(seen), 1), f"right at {bar} %": _share(spoken)}
    return figures


def _share(right: Sequence[bool]) -> float | None:
    return round(100 * sum(right) / len(right), 1) if right else None


def named(weights: Any, cases: Sequence[Case]) -> dict[str, Any]:
    """The weights by the names of their features, without those of features that a kind never has."""
    has = {
        (kind, place)
        for case in cases
        for kind, row in zip(case.kinds, case.features, strict=True)
        for place, value in enumerate(row)
        if value
    }
    rounded = [round(float(weight), 4) for weight in weights]
    return {
        "sightings": {
            kind.name.lower(): {
                name: rounded[kind * _WIDTH + place] for place, name in enumerate(FEATURES) if (kind, place) in has
            }
            for kind in Kind
        },
        "candidates": dict(zip(CANDIDATE_FEATURES, rounded[_SIGHTINGS:_CANDIDATES], strict=True)),
        "none": dict(zip(NONE_FEATURES, rounded[_CANDIDATES:], strict=True)),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and print; write where told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=600, help="holes in each repository")
    parser.add_argument("--out", type=Path, default=_WEIGHTS)
    options = parser.parse_args(arguments)
    collection = Collection()
    with repositories() as roots:
        for name, root in roots.items():
            asyncio.run(collection.collect(name, root, options.count))
            print(name, len(collection.cases), flush=True)
    seen = kept_apart(collection.cases)
    rest = [each for each in seen if not each[0].below]
    endings = [ending for ending, _ in Counter(case.ending for case, _, _ in rest).most_common(8)]
    print(
        table(
            {
                "rest of line": row(rest),
                "line below": row([each for each in seen if each[0].below]),
                **{ending: row([each for each in rest if each[0].ending == ending]) for ending in endings},
            }
        ),
        "\n",
    )
    print(table(calibration([(probability, right) for _, probability, right in rest])))
    weights = Fit(collection.cases).weights(np.zeros(_ALL))
    options.out.write_text(json.dumps(named(weights, collection.cases), indent=1) + "\n")


if __name__ == "__main__":
    main()
