"""An answer in its place: what the syntax tree says of the text with the answer in it."""

from __future__ import annotations

import asyncio
import re

from codestral_lsp.completion.opening import said_before
from codestral_lsp.completion.surroundings import Surroundings, indentation_of
from codestral_lsp.document.document import Document
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.names import missing_names, unread_names
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import compiled
from codestral_lsp.document.tree import SyntaxTree
from codestral_lsp.prompt.closers import consumed

_LINE_TRIES = 30
_WORD_TRIES = 30
"""How many shorter beginnings of an answer are tried where the whole breaks the file."""

_LOOP = re.compile(r"\s*(?:async\s+)?(?:for|foreach)\b")
_LEAVES = re.compile(r"(?:return|raise|throw|break|continue|goto)\b")


class Seam:
    """The tree around a cursor, and what becomes of it with an answer at the cursor."""

    def __init__(self, keeper: SyntaxKeeper, document: Document, cursor: Position, around: Surroundings) -> None:
        self._keeper = keeper
        self._document = document
        self._cursor = cursor
        self._around = around
        self._asked_for_tree = self._looked = False
        self._tree: SyntaxTree | None = None
        self._errors = self._least = 0
        self._missing: frozenset[str] = frozenset()
        self._function = -1
        self._in_brackets = False
        self._safe: dict[str, bool] = {}
        self._known: dict[str, SyntaxTree | None] = {}

    async def ready(self) -> bool:
        """Whether there is a tree that can tell where an answer ends: in prose there is not. Parsed now if need be."""
        tree = await self._parsed()
        if tree is None or tree.lexical(self._cursor).prose:
            return False
        if not self._looked:
            self._looked = True
            await self._look(tree)
        return True

    async def _parsed(self) -> SyntaxTree | None:
        if not self._asked_for_tree:
            self._asked_for_tree = True
            self._tree = await self._keeper.tree(self._document)
        return self._tree

    async def _look(self, tree: SyntaxTree) -> None:
        self._errors = self._least = tree.error_count()
        mended: SyntaxTree | None = tree
        if self._errors and (self._around.head.strip() or self._around.rest.strip()):
            # Not the fault of the line that is being typed are those that stay without it.
            line = tree.text.line(self._cursor.line)
            start = len(line) - len(line.lstrip())
            span = Range(Position(self._cursor.line, start), Position(self._cursor.line, len(line)))
            mended = await self._keeper.preview(tree, span, "")
        if mended is not None:
            self._least = min(self._errors, mended.error_count())
            # Where nothing parses, any word may pass for a name.
            self._missing = frozenset() if self._least else missing_names(mended, self._cursor)
        head = self._around.head
        start_of_line = Position(self._cursor.line, len(head) - len(head.lstrip()))
        if not head.strip() and not self._around.rest_is_closers:
            # What is missing in front of code begins where the code before it ends, not where the cursor's column says.
            start_of_line = tree.code_before(start_of_line) or start_of_line
        for scope in tree.scopes(start_of_line):
            if scope.kind is ScopeKind.FUNCTION:
                self._function = indentation_of(tree.text.line(scope.range.start.line))
                break
        bracket = tree.open_bracket(start_of_line)
        self._in_brackets = bracket is not None and not tree.opens_block(bracket)

    @property
    def function_depth(self) -> int:
        """The indentation of the function around the cursor; -1 if there is none."""
        return self._function

    @property
    def is_whole(self) -> bool:
        """Whether the file parses as it stands, so that nothing need be missing."""
        return self._errors == 0

    async def fits(self, text: str) -> bool:
        """Whether the file parses with `text` at the cursor as well as it does without the line that is being typed.

        A block that is opened must have a body, and a body below a line that opens it.
        """
        if self._tree is None:
            return True
        if self._errors or not await self._is_safe(text):
            moved = await self._with(text)
            if moved is None:
                return True
            if moved.error_count() > self._least:
                return False
        return not self._tree.language.indented or self._is_indented_well(text)

    async def breaks(self, text: str) -> bool:
        """Whether more of the file does not parse with `text` at the cursor than before."""
        if await self._is_safe(text):
            return False
        moved, tree = await self._with(text), self._tree
        return moved is not None and tree is not None and moved.error_count() > tree.error_count()

    async def mends(self, less: str, more: str) -> bool:
        """Whether the file parses better with `more` than with `less`."""
        one, other = await self._with(less), await self._with(more)
        return one is not None and other is not None and other.error_count() < one.error_count()

    async def longest_fit(self, text: str) -> str:
        """The longest beginning of a text that breaks nothing; empty if there is none."""
        if await self._is_safe(text) or await self._parsed() is None or not await self.breaks(text):
            return text
        ends = [found.start() for found in re.finditer(r"\n", text)][-_LINE_TRIES:]
        first = text.partition("\n")[0]
        ends += [found.end() for found in re.finditer(r"\w+|[^\w\s]", first)][-_WORD_TRIES:]
        for end in sorted(set(ends), reverse=True):
            if not await self.breaks(text[:end]):
                return text[:end]
        return ""

    async def wants_more(self, text: str) -> bool:
        """Whether more should follow a text that fits: the code behind it needs more, or there is none and control
        has not left the block."""
        assert self._tree is not None
        if self.needs(text):
            return True
        lines = self._lines(text)
        if not lines:
            return True
        below = self._around.line_below
        if self.opens(lines[-1]):
            if self._around.below and not self._around.below[0].strip():
                return True  # nobody leaves a blank line between a block's header and its body
            if not _LOOP.match(lines[-1]):
                return False
            moved = await self._with(text)
            row = self._cursor.line + text[said_before(text, self._around) :].count("\n")
            return moved is not None and unread_names(moved, row)
        depth = min(map(indentation_of, lines))
        if below and indentation_of(below) >= depth:
            return False
        if self._in_brackets:
            return True
        if self._function < 0:
            return False
        if not self._leaves(lines, depth):
            return True
        # A function may go on behind the block that was left, if nothing follows there yet.
        is_over = not below or indentation_of(below) <= self._function
        return is_over and any(self._function < level < depth for level in self._levels())

    def needs(self, text: str) -> bool:
        """Whether names that the code behind needs are still without a value with `text` at the cursor."""
        written = "\n".join(self._lines(text))
        return any(not re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", written) for name in self._missing)

    def opens(self, line: str) -> bool:
        """Whether a line opens a block whose body must follow."""
        if self._tree is None:
            return False
        marker = self._tree.language.line_comment
        bare = line.partition(f" {marker}")[0] if marker else line
        return compiled(self._tree.language.opener).search(bare.rstrip()) is not None

    def _leaves(self, lines: list[str], depth: int) -> bool:
        """Whether the last statement leaves its block, so that nothing can follow it there."""
        outer = [line for line in lines if indentation_of(line) == depth]
        return bool(outer) and _LEAVES.match(outer[-1].lstrip()) is not None

    def _levels(self) -> set[int]:
        """How deep the blocks around the cursor's line are."""
        depth, levels = indentation_of(self._around.head), set()
        for line in reversed(self._around.above):
            if line.strip() and indentation_of(line) < depth:
                depth = indentation_of(line)
                levels.add(depth)
        return levels

    def _lines(self, text: str) -> list[str]:
        """The lines that `text` makes of the cursor's line, without blank ones."""
        text = text[said_before(text, self._around) :]
        rest = "" if self._around.rest_is_closers else self._around.rest
        return [line for line in (self._around.head + text + rest).split("\n") if line.strip()]

    async def _is_safe(self, text: str) -> bool:
        """Whether it takes no look at the whole file to know that `text` breaks nothing."""
        if text not in self._safe:
            self._safe[text] = self._keeper.breaks_nothing(self._document, *self._edit(text))
            await asyncio.sleep(0)  # several in a row would hold the loop up
        return self._safe[text]

    async def _with(self, text: str) -> SyntaxTree | None:
        """The tree with `text` at the cursor; None where that takes too long."""
        if text not in self._known:
            assert self._tree is not None
            self._known[text] = await self._keeper.preview(self._tree, *self._edit(text))
            await asyncio.sleep(0)  # a preview may be made at once
        return self._known[text]

    def _edit(self, text: str) -> tuple[Range, str]:
        """What showing `text` at the cursor replaces, and by what."""
        inserted = text[said_before(text, self._around) :]
        taken = consumed(inserted, self._around.rest) if self._around.rest_is_closers else 0
        return Range(self._cursor, Position(self._cursor.line, self._cursor.column + taken)), inserted

    def _is_indented_well(self, text: str) -> bool:
        """Whether the lines below can follow, as deep as they are."""
        lines = self._lines(text)
        if not lines or self._in_brackets:
            return True
        below, last = self._around.line_below, lines[-1]
        opens = self.opens(last)
        if not below:
            return not opens
        depth = indentation_of(below)
        if not opens:
            return depth <= max(map(indentation_of, lines))
        step = indentation_of(self._around.indentation_unit) or 4
        return indentation_of(last) < depth <= indentation_of(last) + step
