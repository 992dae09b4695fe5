"""Where context is wanted, and what came of looking: both frozen, so that a thread may work on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from codestral_lsp.backends.workspace.prediction import Likely
from codestral_lsp.context.words import STOP, WORD
from codestral_lsp.document.language import Language

ABOVE, BELOW = 40, 10
"""Lines from which names are taken."""
LONGEST = 400
"""Characters of a line that people wrote: longer ones are data, and expensive to look at."""
HALF = 6
"""A name so many lines away counts half."""

_PROSE = re.compile(r"^\s*(?:#|//|\*)|(?:[A-Za-z'`]+,? ){5}")
"""A line of a comment or a docstring, whose words name nothing."""


class SourceName(StrEnum):
    """Where a snippet is from."""

    DEFINITIONS = "definitions"
    SKELETON = "skeleton"
    SIMILAR = "similar"
    EDITS = "edits"
    VISITED = "visited"
    TESTS = "tests"
    DIAGNOSTICS = "diagnostics"


@dataclass(frozen=True, slots=True)
class Hunk:
    """A recent edit: lines before and after it, with a line around them."""

    path: str
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A document that is open, and the line that was last worked on."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """A diagnostic of the document that is completed in."""

    line: int
    message: str


@dataclass(frozen=True)
class Place:
    """A cursor in a file, with what is known of the user's doings."""

    path: str
    language: Language
    lines: list[str]
    """With their line ends; never changed."""
    line: int
    column: int
    shown: range
    """The lines of the file that the model sees anyway."""
    open: Mapping[str, list[str]] = field(default_factory=dict)
    """The lines of the open documents, by path."""
    edits: tuple[Hunk, ...] = ()
    """The newest first."""
    visits: tuple[Visit, ...] = ()
    """The newest first."""
    complaints: tuple[Complaint, ...] = ()
    likely: tuple[Likely, ...] = ()
    """Lines of other files that go on as the cursor's may, as the embedded engine sees it, the likeliest first."""

    @property
    def head(self) -> str:
        """The cursor's line up to the cursor."""
        line = self.lines[self.line] if self.line < len(self.lines) else ""
        return line[max(0, self.column - LONGEST) : self.column]

    @cached_property
    def near(self) -> dict[str, float]:
        """The identifiers around the cursor, weighed by how near they are: 1 on its own line, halved every few."""
        found: dict[str, float] = {}
        above = [*self.lines[max(0, self.line - ABOVE) : self.line], self.head]
        for distance, line in enumerate(reversed(above)):
            _weigh(found, line, HALF / (HALF + distance))
        rest = self.lines[self.line][self.column :] if self.line < len(self.lines) else ""
        below = [rest, *self.lines[self.line + 1 : self.line + 1 + BELOW]]
        for distance, line in enumerate(below):
            _weigh(found, line, 0.5 * HALF / (HALF + distance))
        return found

    @cached_property
    def used(self) -> Counter[str]:
        """The identifiers of the whole file, and how often each stands there."""
        return Counter(WORD.findall("".join(line for line in self.lines if len(line) <= LONGEST)))


def _weigh(found: dict[str, float], line: str, weight: float) -> None:
    if len(line) > LONGEST or _PROSE.search(line):
        return
    for word in WORD.findall(line):
        if len(word) > 1 and word not in STOP:
            # What stands there again and again matters more, but never more than a little.
            found[word] = max(found.get(word, 0.0), weight) + 0.1 * weight


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines of another file (or a summary of them) that may help."""

    source: SourceName
    path: str
    line: int
    """Its first line in the file."""
    end: int
    """Behind its last one."""
    text: str
    """Ends with a line end."""
    score: float
    """What it is worth; 1 for what is surely wanted."""

    def covers(self, others: Iterable[Snippet]) -> bool:
        """Whether most of its lines are in the others."""
        mine = range(self.line, self.end)
        shared = sum(
            max(0, min(self.end, other.end) - max(self.line, other.line)) for other in others if other.path == self.path
        )
        return 2 * shared > len(mine)
