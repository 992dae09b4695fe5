"""Keeps one syntax tree per open document and brings it up to date when somebody asks.

A change costs nothing here: what changed is found when a tree is wanted (see `parsing`). A reparse that is known to
be short is done at once. Any other, and the first of every file of more than a few pages, goes to one worker thread,
which lets the event loop run after each millisecond; waiting for it may be cancelled without losing what it does.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain

from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.excerpt import breaks_nothing
from codestral_lsp.document.language import Language
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.parsing import Hunk, Pace, allowance, deadline, hunks, is_loaded
from codestral_lsp.document.position import Range
from codestral_lsp.document.rules import TextRules
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.document.syntax import Syntax
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree

MAX_CHARACTERS = 500_000
"""Bigger files get no tree: putting a tree in order at the end of its first parse cannot be interrupted, and takes
5 ms for so much."""

MAX_LINE_CHARACTERS = 100_000

_AT_ONCE_MS = 2.0
"""What is expected to take no longer is parsed without leaving the event loop ..."""

_GIVE_UP_S = 0.004
"""... and given up for the worker thread if it does take so long."""

_AT_ONCE_CHARACTERS = 16_000
"""How many new characters are parsed at once: about 1 ms."""

_LONG_BYTES = 24_000
"""A whole file that is not longer is looked at as quickly as an excerpt of it."""

_EXCERPT_S = 0.002
"""An excerpt that parses is parsed in much less."""

_MOST_S = 2.0
"""A parse that needs more of the processor is not worth it: the file is no code, whatever its name says."""

_BURST_S = 0.001
_PAUSE_S = 0.00005
"""The worker parses for a millisecond, then sleeps just long enough for the event loop to take its turn."""


_TOO_SLOW = f"The file takes more than {_MOST_S:.0f} seconds to parse."


class _Breather:
    """A pace that lets others run, and ends a parse that goes on too long or whose document is closed."""

    def __init__(self) -> None:
        self.is_over = False
        self._burst_end = 0.0
        self._end: float | None = None

    def __call__(self) -> bool:
        if self._end is None:
            self._end = time.thread_time() + _MOST_S
        if time.perf_counter() > self._burst_end:
            time.sleep(_PAUSE_S)
            self._burst_end = time.perf_counter() + _BURST_S
            self.is_over = self.is_over or time.thread_time() > self._end
        return not self.is_over


@dataclass(slots=True, eq=False)
class _Kept:
    """What is known of one document. `tree` is of `text`, None if there is none to be had."""

    language: Language
    text: Text | None = None
    version: int = -1
    tree: SyntaxTree | None = None
    refusal: str = ""
    job: asyncio.Task[SyntaxTree | None] | None = None
    pace: _Breather | None = None
    closed: bool = False

    def close(self) -> None:
        self.closed = True
        if self.pace is not None:
            self.pace.is_over = True


class SyntaxKeeper:
    """The syntax trees of a store's documents. All methods are for the event loop's thread."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._kept: dict[str, _Kept] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="syntax")
        store.listen(self._on_change)

    async def tree(self, document: Document) -> SyntaxTree | None:
        """The tree of exactly this version, parsed if need be.

        None if there is none to be had (`why_no_tree` says why), or if the document was closed meanwhile.
        """
        kept = self._kept_for(document)
        while kept.job is not None and kept.text is not document.text:
            await asyncio.wait([kept.job])
        if kept.text is document.text:
            return kept.tree
        if kept.closed:
            return None
        old, text = kept.tree, document.text
        changed = hunks(old.text.lines, text.lines) if old is not None else None
        fresh = _fresh(text, changed)
        if kept.refusal != _TOO_SLOW:
            kept.refusal = _refusal(kept.language, fresh, 0 if old is None else old.byte_length)
        if kept.refusal:
            return self._keep(kept, document, None)
        if _is_short(kept.language, old, fresh):
            tree = _step(kept.language, old, text, changed, deadline(_GIVE_UP_S))
            if tree is not None:
                return self._keep(kept, document, tree)
        kept.job = asyncio.create_task(self._keep_later(kept, document, changed))
        return await asyncio.shield(kept.job)

    def why_no_tree(self, document: Document) -> str:
        """Why `tree` gave None for a document, in one sentence; empty if there is a tree or nobody has asked yet."""
        kept = self._kept.get(document.uri)
        return kept.refusal if kept is not None else ""

    async def syntax(self, document: Document, patience_s: float | None = None) -> Syntax:
        """The tree of this version if there is one to be had, else text rules, which answer the same questions.

        Nor is a tree waited for longer than `patience_s`: after an edit that puts half a big file between quotes it
        takes its time. It is parsed to the end all the same.
        """
        try:
            async with asyncio.timeout(patience_s):
                tree = await self.tree(document)
        except TimeoutError:
            tree = None
        return tree if tree is not None else TextRules(document.text, _language(document))

    async def preview(self, tree: SyntaxTree, span: Range, inserted: str) -> SyntaxTree | None:
        """`tree.with_edit`, but off the event loop if it may take long; None if it takes too long even so."""
        text, _ = tree.text.replace(span, inserted)
        changed = hunks(tree.text.lines, text.lines)
        if _is_short(tree.language, tree, _fresh(text, changed)):
            moved = tree.moved_to(text, deadline(_GIVE_UP_S), changed)
            if moved is not None:
                return moved
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, tree.moved_to, text, _Breather(), changed)

    def breaks_nothing(self, document: Document, span: Range, inserted: str) -> bool:
        """Whether no more of a document is wrong with `inserted` in place of `span`: told within a millisecond or two
        from an excerpt of it, and from a tree that need not be of this version. False if the whole must be parsed to
        know."""
        kept = self._kept.get(document.uri)
        tree = kept.tree if kept is not None else None
        if tree is None or tree.byte_length < _LONG_BYTES:
            return False
        after, _ = document.text.replace(span, inserted)
        pace = allowance(_EXCERPT_S)
        known = dict.fromkeys((tree.last_clean or tree, tree))
        return any(breaks_nothing(each, document.text, after, pace) for each in known)

    def close(self) -> None:
        """Stop parsing and forget all trees."""
        for kept in self._kept.values():
            kept.close()
        self._kept.clear()
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _keep_later(self, kept: _Kept, document: Document, changed: list[Hunk] | None) -> SyntaxTree | None:
        pace = kept.pace = _Breather()
        step = partial(_step, kept.language, kept.tree, document.text, changed, pace)
        try:
            tree = await asyncio.get_running_loop().run_in_executor(self._worker, step)
            if tree is None and not kept.closed:
                kept.refusal = _TOO_SLOW
            return self._keep(kept, document, tree)
        finally:
            kept.job = None

    def _kept_for(self, document: Document) -> _Kept:
        """What is kept of an open document; of another, what is forgotten with the caller."""
        language = _language(document)
        kept = self._kept.get(document.uri)
        if kept is not None and kept.language is language:
            return kept
        kept = _Kept(language)
        if self._store.get(document.uri) is not None:
            self._kept[document.uri] = kept
        return kept

    @staticmethod
    def _keep(kept: _Kept, document: Document, tree: SyntaxTree | None) -> SyntaxTree | None:
        """Keep a tree, unless that of a newer version is kept already."""
        if document.version >= kept.version and not kept.closed:
            kept.text, kept.version, kept.tree = document.text, document.version, tree
        return tree

    def _on_change(self, change: Change) -> None:
        if change.after is None:
            assert change.before is not None
            kept = self._kept.pop(change.before.uri, None)
            if kept is not None:
                kept.close()
        elif change.before is None or not change.edits:
            # Opened, perhaps again: versions may start anew.
            kept = self._kept.get(change.after.uri)
            if kept is not None:
                kept.version = -1


@dataclass(frozen=True, slots=True)
class _Fresh:
    """How much a parser has to read anew."""

    characters: int
    longest_line: int


def _fresh(text: Text, changed: list[Hunk] | None) -> _Fresh:
    """Counted no further than it takes to know that there is too much."""
    spans = [slice(None)] if changed is None else [slice(hunk.first, hunk.new_stop) for hunk in changed]
    characters = longest = 0
    for length in map(len, chain.from_iterable(text.lines[span] for span in spans)):
        characters += length
        longest = max(longest, length)
        if characters > MAX_CHARACTERS:
            break
    return _Fresh(characters, longest)


def _refusal(language: Language, fresh: _Fresh, known: int) -> str:
    if language.grammar is None:
        return f"There is no grammar for {language.name}."
    if fresh.characters + known > MAX_CHARACTERS:
        return f"The file has more than {MAX_CHARACTERS:,} characters."
    if fresh.longest_line > MAX_LINE_CHARACTERS:
        return f"A line has more than {MAX_LINE_CHARACTERS:,} characters."
    return ""


def _language(document: Document) -> Language:
    return language_of(document.language, document.path or document.uri)


def _step(
    language: Language, old: SyntaxTree | None, text: Text, changed: list[Hunk] | None, pace: Pace
) -> SyntaxTree | None:
    return SyntaxTree.of(text, language, pace) if old is None else old.moved_to(text, pace, changed)


def _is_short(language: Language, old: SyntaxTree | None, fresh: _Fresh) -> bool:
    """Whether a parse can be expected not to hold the event loop up."""
    if language.grammar is None or not is_loaded(language.grammar):
        return False
    return fresh.characters <= _AT_ONCE_CHARACTERS and (old is None or old.cost_ms <= _AT_ONCE_MS)
