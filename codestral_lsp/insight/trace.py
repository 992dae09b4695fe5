"""One line for every completion request: what was decided, what it cost, what was shown.

Traces hold no code: only counts, times and reasons.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Way = Literal["whole", "line", "word", "typed"]
"""How a suggestion got into the text."""

_UNSAVED_AT_MOST = 10_000
"""Requests that wait to be saved, where nobody does so."""


class Kept(NamedTuple):
    """How much of what was taken still stood there at a later look; blanks do not count."""

    characters: int
    of: int


@dataclass(slots=True)
class Trace:
    """A request on its way. Stages write what they did; `outcome` is set last. Times in ms, sizes in tokens."""

    number: int
    language: str
    trigger: str
    started_s: float
    """On the event loop's clock."""
    engine: str = ""
    model: str = ""
    outcome: str = ""
    """shown, empty, superseded, cancelled or failed."""
    reason: str = ""
    """Why nothing was shown, or what was wrong."""
    source: str = ""
    """Where the answer came from: cache, disk, running (a stream already under way), instant, fallback, model."""
    debounce_ms: float = 0.0
    prompt_tokens: int = 0
    prompt_fresh: bool = False
    """Whether the window was chosen anew, so that the model had to read nearly everything."""
    context_tokens: dict[str, int] = field(default_factory=dict)
    """What of the prompt is from other files, by the source that found it."""
    context_ms: float | None = None
    """How long looking for it took, if it was looked for."""
    first_token_ms: float | None = None
    """From asking the backend to its first text."""
    backend_ms: float | None = None
    evaluated_tokens: int | None = None
    generated_tokens: int | None = None
    estimated: bool = False
    """Whether these tokens are our own estimate: a server whose answer is broken off does not come to tell them."""
    cut: str = ""
    filters: list[str] = field(default_factory=list)
    shown_characters: int = 0
    shown_lines: int = 0
    total_ms: float = 0.0
    continues: int = 0
    """The number of the trace that first showed this suggestion, where this one shows what is left of it after typing
    or taking a part; 0 for a suggestion of its own."""
    fate: str = ""
    """What became of what was shown: accepted (whole, by line, by word), typed through, typed into, dismissed, drawn.
    Like the fields below it belongs to the trace that first showed it."""
    told: int = 0
    """Characters that the editor says were taken; 0 where it says nothing and `taken` is read off its edits alone."""
    taken: dict[Way, int] = field(default_factory=dict)
    """Characters of it that got into the text, by how."""
    kept: dict[str, dict[Way, Kept]] = field(default_factory=dict)
    """What stood there later, by when (`30s`, `10min`)."""

    @property
    def taken_characters(self) -> int:
        """Characters that were taken over, as its edits show: not those that were typed."""
        return sum(characters for way, characters in self.taken.items() if way != "typed")

    @property
    def accepted_characters(self) -> int:
        """Characters that were taken over, by what the editor says where its edits show nothing."""
        if self.taken_characters or not self.told:
            return self.taken_characters
        return max(1, min(self.told, self.shown_characters - self.taken.get("typed", 0)))

    def keep(self, look: str, way: Way, kept: Kept) -> None:
        """Take in what a look has seen of a part of it."""
        ways = self.kept.setdefault(look, {})
        before = ways.get(way, Kept(0, 0))
        ways[way] = Kept(before.characters + kept.characters, before.of + kept.of)

    def as_json(self) -> dict[str, Any]:
        """The trace as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}

    def line(self) -> str:
        """The trace as one line for a person."""
        parts = [f"#{self.number}", self.language, self.trigger, self.source or "-"]
        if self.debounce_ms:
            parts.append(f"waited {self.debounce_ms:.0f} ms")
        if self.backend_ms is not None:
            read = "?" if self.evaluated_tokens is None else self.evaluated_tokens
            written = "" if self.generated_tokens is None else f", {self.generated_tokens} written"
            first = "" if self.first_token_ms is None else f", the first token after {self.first_token_ms:.0f}"
            tokens = f"{self.prompt_tokens} tokens, {'about ' if self.estimated else ''}{read} read{written}"
            parts.append(f"{self.model or self.engine} {self.backend_ms:.0f} ms{first} ({tokens})")
        if self.context_tokens:
            shares = ", ".join(f"{source} {tokens}" for source, tokens in self.context_tokens.items())
            found = "" if self.context_ms is None else f" found in {self.context_ms:.0f} ms"
            parts.append(f"context{found}: {shares} tokens")
        if self.cut:
            parts.append(f"cut: {self.cut}")
        if self.filters:
            parts.append(f"filters: {', '.join(self.filters)}")
        if self.outcome == "shown":
            lines = f"{self.shown_lines} lines" if self.shown_lines > 1 else "1 line"
            parts.append(f"shown: {self.shown_characters} characters in {lines} after {self.total_ms:.0f} ms")
        else:
            parts.append(f"{self.outcome}{': ' + self.reason if self.reason else ''} after {self.total_ms:.0f} ms")
        if self.continues:
            parts.append(f"the rest of #{self.continues}")
        if self.fate:
            inferred = " (as its edits show)" if self.taken_characters and not self.told else ""
            parts.append(f"{self.fate}{inferred}")
        parts += [f"kept after {when}: {share:.0%}" for when, share in self.kept_shares().items()]
        return " · ".join(parts)

    def kept_shares(self) -> dict[str, float]:
        """The share of what was taken that stood there later, by when."""
        sums = {when: [sum(column) for column in zip(*ways.values(), strict=True)] for when, ways in self.kept.items()}
        return {when: characters / of for when, (characters, of) in sums.items() if of}


class Traces:
    """The last requests, oldest first, and which of them are to be saved."""

    def __init__(self, keep: int = 1000) -> None:
        self._kept: deque[Trace] = deque(maxlen=keep)
        self._unsaved: dict[int, Trace] = {}
        self._count = 0

    def begin(self, language: str, trigger: str, now_s: float) -> Trace:
        """Start the trace of a new request."""
        self._count += 1
        trace = Trace(self._count, language, trigger, now_s)
        self._kept.append(trace)
        self.changed(trace)
        return trace

    def changed(self, trace: Trace) -> None:
        """Something has become known of a request after it was over."""
        self._unsaved[trace.number] = trace
        if len(self._unsaved) > _UNSAVED_AT_MOST:
            del self._unsaved[next(iter(self._unsaved))]

    def unsaved(self) -> list[Trace]:
        """The requests that are over and were not given out since they last changed."""
        over = [trace for trace in self._unsaved.values() if trace.outcome]
        for trace in over:
            del self._unsaved[trace.number]
        return over

    def find(self, number: int) -> Trace | None:
        """The trace of that number; None if it is not kept any more."""
        place = number - (self._kept[0].number if self._kept else 0)
        return self._kept[place] if 0 <= place < len(self._kept) else None

    def __iter__(self) -> Iterator[Trace]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)
