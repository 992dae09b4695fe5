"""The actions as the server and the command line see them: what is remembered between one request and the next."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from codestral_lsp.actions.checks import objection
from codestral_lsp.actions.dismissals import Dismissals
from codestral_lsp.actions.document_code import document_code
from codestral_lsp.actions.edits import DocumentEdit, TextEdit
from codestral_lsp.actions.explain import Explanation, explain
from codestral_lsp.actions.find_bug import Evidence, Hunt, find_bugs
from codestral_lsp.actions.finding import shifted
from codestral_lsp.actions.fix import Repair, fix
from codestral_lsp.actions.generate import Generated, generate
from codestral_lsp.actions.holes import Hole
from codestral_lsp.actions.parts import Parts
from codestral_lsp.actions.reading import Audience
from codestral_lsp.actions.target import Target
from codestral_lsp.actions.watch import FindingsWatch, Placed
from codestral_lsp.actions.write_tests import Tests, write_tests
from codestral_lsp.document.document import Change, Document
from codestral_lsp.document.store import DocumentStore
from codestral_lsp.errors import StaleEdit, UsageError

_REMEMBERED = 50
"""Explanations that a follow-up question can build on."""


class Actions:
    """Explains, finds bugs, writes code; knows what was found in the open documents."""

    def __init__(self, parts: Parts, documents: DocumentStore, state: Path) -> None:
        """`state` is the user's own folder for what is to be kept."""
        self._parts = parts
        self._documents = documents
        self._state = state
        self._explained: OrderedDict[bytes, str] = OrderedDict()
        self._watch = FindingsWatch()
        self._dismissals = Dismissals(state, ())
        self.on_findings: Callable[[str], None] = lambda uri: None
        """Told the URI of a document whose findings have changed."""

    async def open(self, roots: tuple[Path, ...]) -> None:
        """Work in these folders from now on."""
        dismissals = Dismissals(self._state, roots)
        await asyncio.to_thread(dismissals.load)
        self._dismissals = dismissals

    def observe(self, change: Change) -> None:
        """Follow a change of a document."""
        if self._watch.observe(change):
            document = change.after or change.before
            assert document is not None
            self.on_findings(document.uri)

    # ---- reading

    async def explain(self, target: Target, audience: Audience, instruction: str = "") -> Explanation:
        """Explain a target, or answer a question about it; see `explain.explain`."""
        previous = self._explained.get(target.digest, "")
        explanation = await explain(self._parts, target, audience, instruction=instruction, previous=previous)
        if explanation.said is not None and not instruction:
            self._explained[target.digest] = explanation.said.text
            while len(self._explained) > _REMEMBERED:
                self._explained.popitem(last=False)
        return explanation

    async def write_tests(self, target: Target, audience: Audience, instruction: str = "") -> Tests:
        """Tests for a target; see `write_tests.write_tests`."""
        return await write_tests(self._parts, target, audience, instruction)

    # ---- bugs

    async def find_bugs(
        self, target: Target, evidence: Evidence, audience: Audience | None = None, *, confirm: bool = False
    ) -> Hunt:
        """Look for bugs, and keep what was found with the document; see `find_bug.find_bugs`."""

        def is_dismissed(quote: str) -> bool:
            return self._dismissals.is_dismissed(target, quote)

        hunt = await find_bugs(self._parts, target, evidence, is_dismissed, audience, confirm=confirm)
        self._watch.put(target, hunt.findings, self._documents.get(target.document.uri))
        self.on_findings(target.document.uri)
        return hunt

    def findings(self, document: Document) -> list[Placed]:
        """What was found in a document and still holds."""
        return self._watch.placed(document)

    def finding(self, document: Document, name: str) -> Placed:
        """One finding. Raises UsageError if it does not hold any more."""
        for placed in self._watch.placed(document):
            if placed.finding.id == name:
                return placed
        raise UsageError("The finding does not hold any more: its code has changed.", cure="Look for bugs again.")

    async def fix_of(self, placed: Placed) -> DocumentEdit:
        """The edit that cures a finding, checked again at this version. Raises StaleEdit if it fits no more."""
        finding = placed.finding
        if finding.fix is None:
            raise UsageError("The finding has no fix.", cure="Mend it by hand.")
        span = shifted(finding.fix.span, placed.target.first)
        edit = DocumentEdit(placed.target.document, (TextEdit(span, finding.fix.text),))
        if reason := await objection(edit, self._parts.syntax, stays_inside=True):
            raise StaleEdit(f"The fix fits no more: {reason}.", cure="Look for bugs again.")
        return edit

    async def dismiss(self, placed: Placed) -> None:
        """Keep a finding away for good."""
        await asyncio.to_thread(self._dismissals.dismiss, placed.target, placed.finding.quote)
        self._watch.drop(placed.target.document.uri, placed.finding.id)
        self.on_findings(placed.target.document.uri)

    # ---- writing

    async def fix(self, target: Target, message: str, line: int, audience: Audience) -> Repair:
        """A repair of a reported problem; see `fix.fix`."""
        return await fix(self._parts, target, message, line, audience)

    async def generate(self, hole: Hole, audience: Audience) -> Generated:
        """Code for a hole; see `generate.generate`."""
        return await generate(self._parts, hole, audience)

    async def document(self, target: Target, audience: Audience, instruction: str = "") -> DocumentEdit:
        """Documentation for a target; see `document_code.document_code`."""
        return await document_code(self._parts, target, audience, instruction)

    async def at(self, edit: DocumentEdit, document: Document) -> DocumentEdit:
        """An edit at the document's newest version. Raises StaleEdit, with the reason, if it does not fit there."""
        moved = edit.moved_to(document)
        if moved.document.text is not edit.document.text and (reason := await objection(moved, self._parts.syntax)):
            raise StaleEdit(f"The text has changed and the edit fits no more: {reason}.", cure="Ask for it again.")
        return moved
