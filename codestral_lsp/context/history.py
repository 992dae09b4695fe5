"""What the user has been doing: which documents are open, where they were worked on, and what was changed."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codestral_lsp.context.place import Complaint, Hunk, Visit
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.parsing import hunks
from codestral_lsp.document.text import Text

_KEPT = 8
"""Finished edits that are remembered."""
_APART_LINES = 12
"""An edit farther from the last one than this begins another."""
_LONGEST = 12
"""Lines of an edit; a longer one is a paste or a reformat, which says nothing of what comes next."""


@dataclass(slots=True)
class _Burst:
    """Edits near each other, in one document."""

    path: str
    before: Text
    after: Text
    line: int

    def hunks(self) -> Iterator[Hunk]:
        """What they did in all."""
        for first, old_stop, new_stop in hunks(self.before.lines, self.after.lines):
            if old_stop - first <= _LONGEST and new_stop - first <= _LONGEST:
                before = tuple(self.before.line(number) for number in range(first, old_stop))
                after = tuple(self.after.line(number) for number in range(first, new_stop))
                if "".join(before).split() != "".join(after).split():
                    yield Hunk(self.path, first, before, after)


class History:
    """Takes in changes of documents, those that may be used as context. For the event loop's thread."""

    def __init__(self, allows: Callable[[Path], bool]) -> None:
        self._allows = allows
        self._open: dict[str, Document] = {}
        self._complaints: dict[str, tuple[tuple[str, str], ...]] = {}
        """By path: the lines complained of, and the messages."""
        self._visits: OrderedDict[str, int] = OrderedDict()
        self._burst: _Burst | None = None
        self._done: deque[Hunk] = deque(maxlen=_KEPT)

    def observe(self, change: Change) -> None:
        """Take in a change. Microseconds."""
        document = change.after or change.before
        if document is None or document.path is None or not self._allows(document.path):
            return
        path = str(document.path)
        if change.after is None:
            self._open.pop(path, None)
            self._complaints.pop(path, None)
            self._visits.pop(path, None)
            return
        self._open[path] = change.after
        line = change.edits[-1].new_end.line if change.edits else self._visits.get(path, 0)
        self.visit(path, line)
        if change.edits and change.before is not None:
            self._edit(path, change.before.text, change.after.text, line)

    def visit(self, path: str, line: int) -> None:
        """The user is at this line of a document."""
        self._visits[path] = line
        self._visits.move_to_end(path)

    def _edit(self, path: str, before: Text, after: Text, line: int) -> None:
        burst = self._burst
        if burst is None or burst.path != path or abs(line - burst.line) > _APART_LINES:
            if burst is not None:
                self._done.extend(burst.hunks())
            burst = self._burst = _Burst(path, before, after, line)
        burst.after, burst.line = after, line

    def edits(self) -> tuple[Hunk, ...]:
        """The last edits, the newest first."""
        now = list(self._burst.hunks()) if self._burst is not None else []
        return (*reversed(now), *reversed(self._done))

    def visits(self) -> tuple[Visit, ...]:
        """The open documents, the one last worked on first."""
        return tuple(Visit(path, line) for path, line in reversed(self._visits.items()))

    def complain(self, document: Document, complaints: Iterable[Complaint]) -> None:
        """These are the diagnostics of a document now."""
        if document.path is not None:
            lines = tuple((document.text.line(each.line), each.message) for each in complaints)
            self._complaints[str(document.path)] = lines

    def complaints(self, document: Document) -> tuple[Complaint, ...]:
        """The diagnostics of a document, where their lines are now; those whose lines have changed are left out."""
        known = dict(self._complaints.get(str(document.path), ()))
        if not known:
            return ()
        lines = (document.text.line(number) for number in range(len(document.text.lines)))
        return tuple(Complaint(number, known[line]) for number, line in enumerate(lines) if line in known)

    def opened(self) -> dict[str, list[str]]:
        """The lines of the open documents."""
        return {path: document.text.lines for path, document in self._open.items()}
