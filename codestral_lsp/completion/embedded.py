"""The embedded engine beside a model: shown at once where it is sure, and in the model's place where there is none."""

from __future__ import annotations

from typing import Protocol

from codestral_lsp.backends.workspace.engine import Query
from codestral_lsp.backends.workspace.prediction import Prediction
from codestral_lsp.completion.calibration import Calibration, Guess
from codestral_lsp.completion.filters import apply_filters
from codestral_lsp.completion.question import Question
from codestral_lsp.completion.surroundings import Extent
from codestral_lsp.document.document import Change
from codestral_lsp.insight.trace import Trace

FALLBACK_BAR = 0.5
"""How probably right it must be where there is no model to ask."""


class Predictor(Protocol):
    """What is asked: the embedded engine."""

    def predict(self, query: Query) -> Prediction | None:
        """What probably comes next; None if nothing is known."""


class Embedded:
    """Asks the embedded engine, and keeps of its prediction what is sure enough and fits the cursor."""

    def __init__(self, engine: Predictor) -> None:
        self.engine = engine
        self._calibration = Calibration()

    def observe(self, change: Change) -> None:
        """Take in a change of a document: it may show whether what was predicted is right."""
        self._calibration.observe(change)

    def instant(self, asked: Question, reach: Extent, trace: Trace) -> str:
        """What may be shown without asking the model; empty if nothing is that sure."""
        bar = self._calibration.bar(asked.at.document.language)
        return self._predict(asked, reach, trace, bar, "instant")

    def fallback(self, asked: Question, reach: Extent, trace: Trace) -> str:
        """What may be shown where there is no model to ask; empty if nothing is sure enough."""
        return self._predict(asked, reach, trace, FALLBACK_BAR, "embedded")

    def _predict(self, asked: Question, reach: Extent, trace: Trace, bar: float, source: str) -> str:
        prediction = self.engine.predict(Query(asked.at.document, asked.at.cursor))
        if prediction is None:
            return ""
        around = asked.around
        guess = Guess(asked.at.cursor, around.head, prediction.text, around.rest, prediction.probability)
        self._calibration.guessed(asked.at.document, guess)
        text = prediction.sure(bar)
        if not text:
            return ""
        text, trace.filters = apply_filters(text, asked.around, reach)
        trace.source, trace.engine = source, "workspace"
        return text
