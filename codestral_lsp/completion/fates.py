"""What becomes of suggestions: taken whole, by line, by word, typed through, waved away; and what of it stays.

Read off the edits, since few editors say it. Where an editor does say that a suggestion was taken, that is noted too
(`Trace.told`), so that figures can tell what is known from what is inferred.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from codestral_lsp.completion.keeping import Keeping, moved
from codestral_lsp.completion.request import CompletionRequest, Suggestion
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Edit, difference
from codestral_lsp.insight.trace import Kept, Trace, Traces, Way
from codestral_lsp.insight.unseen import Unseen
from codestral_lsp.prompt.closers import only_closers

_WORD = re.compile(r"\w+|[^\w\s]+")
"""What editors take over by word."""
_PAIRS = frozenset({"()", "[]", "{}", '""', "''", "``"})


@dataclass(slots=True)
class _Offer:
    """A suggestion that stands before the user, and how far it has been taken."""

    trace: Trace
    """Of the request that first showed it."""
    at: Position
    """Where the rest of it would go."""
    rest: str
    done: str = ""
    """What was typed or taken of it."""
    numbers: set[int] = field(default_factory=set)
    """The traces of all requests that showed it, or what was left of it, and of the others."""
    others: list[str] = field(default_factory=list)
    """What the user may choose in its place."""
    listed: int = 0
    """Characters at the head of the rest that are the editor's own list entry's, and no merit of ours."""


class Fates:
    """Follows the last suggestion of every document."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces
        self._offers: dict[str, _Offer] = {}
        self._keeping = Keeping(self._kept)

    # ---- what is shown

    def shown(self, trace: Trace, request: CompletionRequest, item: Suggestion) -> None:
        """`item` is the answer to `request`."""
        document, rest = request.document, _rest(request, item)
        offer = self._offers.get(document.uri)
        if offer is not None and offer.at == request.cursor and _agree(offer.rest, rest):
            trace.continues = offer.trace.number
            offer.rest = rest
        else:
            offer = self._offers[document.uri] = _Offer(trace, request.cursor, rest)
            offer.listed = max(0, len(rest) - len(item.ghost.replace("\r\n", "\n")))
        offer.numbers.add(trace.number)

    def beside(self, request: CompletionRequest, item: Suggestion) -> None:
        """`item` can be chosen in place of what was shown."""
        if (offer := self._offers.get(request.document.uri)) is not None and offer.at == request.cursor:
            offer.others.append(_rest(request, item))
            offer.numbers.add(item.number)

    # ---- what the editor says

    def drawn(self, number: int) -> None:
        """The editor has drawn it."""
        if (trace := self._first(number)) is not None and not trace.fate:
            self._mark(trace, "drawn")

    def taken(self, number: int, characters: int | None = None) -> None:
        """The editor says that so much of it was taken (None: all); its edit may come before or after that."""
        if (trace := self._first(number)) is not None:
            trace.told = max(trace.told, trace.shown_characters if characters is None else characters)
            self._mark(trace, trace.fate if trace.taken_characters else "accepted")

    def dismissed(self, uri: str) -> None:
        """The user waved away what was shown last in a document."""
        if (offer := self._offers.pop(uri, None)) is not None:
            self._mark(offer.trace, "dismissed")

    def _first(self, number: int) -> Trace | None:
        """The trace that first showed what the trace of that number shows."""
        for offer in self._offers.values():
            if number in offer.numbers:
                return offer.trace
        trace = self._traces.find(number)
        return self._traces.find(trace.continues) if trace is not None and trace.continues else trace

    def _mark(self, trace: Trace, fate: str) -> None:
        trace.fate = fate
        self._traces.changed(trace)

    # ---- what the edits say

    def observe(self, change: Change) -> None:
        """Take in a change."""
        document = change.after or change.before
        assert document is not None
        if change.after is None:
            self._offers.pop(document.uri, None)
            self._keeping.observe(change, ())
            return
        edits = change.edits
        if not edits and change.before is not None:
            edits = (difference(change.before.text, change.after.text),)
        self._keeping.observe(change, edits)
        for number, edit in enumerate(edits):
            offer = self._offers.get(document.uri)
            if offer is not None and not self._step(offer, change.after, edit, last=number == len(edits) - 1):
                del self._offers[document.uri]

    def _step(self, offer: _Offer, document: Document, edit: Edit, *, last: bool) -> bool:
        """One edit; whether the rest of the suggestion still goes where it went."""
        edit = _narrowed(edit, offer.at)
        inserted = edit.inserted.replace("\r\n", "\n")
        if edit.start == offer.at and inserted:
            return self._insert(offer, document, edit, inserted, last=last)
        if edit.old_end <= offer.at and not (edit.old_end == offer.at and edit.removed):
            offer.at = moved(offer.at, edit)
            return True
        removed = edit.removed.replace("\r\n", "\n")
        if edit.old_end == offer.at and not inserted and offer.done.endswith(removed):
            offer.done, offer.rest = offer.done[: -len(removed)], removed + offer.rest
            offer.at = edit.start
            return True
        return edit.start > offer.at

    def _insert(self, offer: _Offer, document: Document, edit: Edit, inserted: str, *, last: bool) -> bool:
        if inserted in _PAIRS and offer.rest.startswith(inserted[0]) and not offer.rest.startswith(inserted):
            inserted = inserted[0]  # the editor wrote the closer behind the cursor
            edit = replace(edit, new_end=Position(edit.start.line, edit.start.column + 1))
        if not offer.rest.startswith(inserted):
            chosen = next((rest for rest in offer.others if rest.startswith(inserted)), None)
            if chosen is None or offer.done:
                return False
            offer.rest = chosen
        left = offer.rest[len(inserted) :]
        behind = document.text.line(edit.new_end.line)[edit.new_end.column :] if last else ""
        if left and only_closers(left) and behind.startswith(left):
            left = ""  # what is left stands there already
        if len(inserted) > offer.listed:
            self._take(offer, document, edit, inserted[offer.listed :], left)
        offer.listed = max(0, offer.listed - len(inserted))
        offer.done += inserted
        offer.rest, offer.at = left, edit.new_end
        return bool(left)

    def _take(self, offer: _Offer, document: Document, edit: Edit, own: str, left: str) -> None:
        trace = offer.trace
        way = _way(own, left, begun=bool(trace.taken_characters))
        trace.taken[way] = trace.taken.get(way, 0) + len(own)
        if way != "typed":
            self._mark(trace, _FATES[way])
            self._keeping.follow(document, edit, trace, way)
        elif not left and not trace.taken_characters:
            self._mark(trace, "typed through")
        else:
            self._mark(trace, trace.fate or "typed into")

    def _kept(self, trace: Trace, look: str, way: Way, kept: Kept) -> None:
        trace.keep(look, way, kept)
        self._traces.changed(trace)

    # ---- life

    async def unseen(self) -> list[Unseen]:
        """The looks that are due only after the end of this process."""
        return await self._keeping.unseen()


_FATES: dict[Way, str] = {"whole": "accepted", "line": "accepted by line", "word": "accepted by word"}


def _way(inserted: str, left: str, *, begun: bool) -> Way:
    """How a text that agrees with the suggestion came there: several characters at once are no typing.

    `begun`: whether a part of the suggestion was taken before.
    """
    if len(inserted) == 1 or inserted.isspace():
        return "typed"
    if not left and not begun:
        return "whole"
    ends_line = not left or left.startswith("\n") or inserted.endswith("\n")
    return "line" if ends_line and not _WORD.fullmatch(inserted.strip()) else "word"


def _rest(request: CompletionRequest, item: Suggestion) -> str:
    """What of an item does not stand before the cursor yet."""
    head = request.document.text.slice(Range(item.range.start, request.cursor))
    return item.text.removeprefix(head).replace("\r\n", "\n")


def _agree(left: str, right: str) -> bool:
    return left.startswith(right) or right.startswith(left)


def _narrowed(edit: Edit, at: Position) -> Edit:
    """The edit without what it puts back before `at`: editors replace the line up to the cursor by itself."""
    if edit.start.line != at.line or edit.start >= at:
        return edit
    same = 0
    for one, other in zip(edit.removed[: at.column - edit.start.column], edit.inserted, strict=False):
        if one != other:
            break
        same += 1
    start = Position(edit.start.line, edit.start.column + same)
    return replace(edit, start=start, removed=edit.removed[same:], inserted=edit.inserted[same:])
