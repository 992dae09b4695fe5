"""Findings on their way through the edits: they move with their function, rest while it is changed, and come back if
the change is undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from codestral_lsp.actions.finding import Finding, shifted
from codestral_lsp.actions.target import Target
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Range
from codestral_lsp.document.text import Edit


@dataclass(slots=True)
class _Watched:
    """A target with its findings. `first` is its first line now, None while its place is not known."""

    target: Target
    lines: list[str]
    first: int | None
    findings: tuple[Finding, ...]
    fresh: bool = True

    def follow(self, edit: Edit) -> None:
        """Move with an edit above; lose the place when one tears it up."""
        if self.first is None:
            return
        if edit.old_end.line < self.first or (edit.old_end.line == self.first and edit.old_end.column == 0):
            self.first += edit.new_end.line - edit.old_end.line
        elif edit.start.line < self.first:
            self.first = None

    def arrive(self, lines: Sequence[str]) -> None:
        """Find the place in a text that has moved on since."""
        self.look(lines)
        if not self.fresh:
            self.first = None
            self.look(lines)

    def look(self, lines: Sequence[str]) -> None:
        """See whether the text is what it was, here or (if it was torn up or replaced) anywhere."""
        if self.first is not None and _stands(self.lines, lines, self.first):
            self.fresh = True
            return
        self.fresh = False
        if self.first is None:
            places = [at for at in _all(self.lines[0], lines) if _stands(self.lines, lines, at)]
            if len(places) == 1:
                self.first, self.fresh = places[0], True


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding where it stands now."""

    finding: Finding
    target: Target
    """At the document's version now."""
    span: Range
    """In the document."""


class FindingsWatch:
    """The findings of all open documents."""

    def __init__(self) -> None:
        self._watched: dict[str, list[_Watched]] = {}

    def put(self, target: Target, findings: Sequence[Finding], now: Document | None) -> None:
        """Take in what was found in a target, in place of what was found in its lines before.

        `now` is the document as it is by now; the text may have moved on while the model thought.
        """
        kept = [
            each
            for each in self._watched.get(target.document.uri, ())
            if each.first is None or each.first + len(each.lines) <= target.first or each.first >= target.stop
        ]
        if findings:
            lines = target.document.text.lines[target.first : target.stop]
            watched = _Watched(target, lines, target.first, tuple(findings))
            if now is not None and now.text is not target.document.text:
                watched.arrive(now.text.lines)
            kept.append(watched)
        self._watched[target.document.uri] = kept

    def observe(self, change: Change) -> bool:
        """Follow a change of a document; whether what is to be shown may have changed. Microseconds a finding."""
        document = change.after or change.before
        assert document is not None
        watched = self._watched.get(document.uri)
        if not watched:
            return False
        if change.after is None:
            del self._watched[document.uri]
            return True
        for each in watched:
            for edit in change.edits:
                each.follow(edit)
            if not change.edits:
                each.first = None
            each.look(change.after.text.lines)
        return True

    def placed(self, document: Document) -> list[Placed]:
        """The findings that hold for a document now, from the top down."""
        found = []
        for each in self._watched.get(document.uri, ()):
            if each.fresh and each.first is not None:
                target = replace(
                    each.target,
                    document=document,
                    first=each.first,
                    stop=each.first + len(each.lines),
                    focus=each.first,
                )
                found += [Placed(one, target, shifted(one.span, each.first)) for one in each.findings]
        return sorted(found, key=lambda placed: (placed.span.start, placed.finding.id))

    def drop(self, uri: str, name: str) -> None:
        """Forget one finding."""
        for each in self._watched.get(uri, ()):
            each.findings = tuple(one for one in each.findings if one.id != name)


def _all(line: str, lines: Sequence[str]) -> Iterator[int]:
    """Where a line stands; the search runs at the speed of C."""
    at = -1
    with suppress(ValueError):
        while True:
            at = lines.index(line, at + 1)
            yield at


def _stands(wanted: Sequence[str], lines: Sequence[str], at: int) -> bool:
    """Whether lines stand at a place; the end of the last one does not matter."""
    if at < 0 or at + len(wanted) > len(lines):
        return False
    return all(
        here is line or here == line or (number == len(wanted) - 1 and here.rstrip("\r\n") == line.rstrip("\r\n"))
        for number, (here, line) in enumerate(zip(lines[at : at + len(wanted)], wanted, strict=True))
    )
