"""The place to be continued: what has been typed, and what stands around it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from codestral_lsp.backends.workspace.source import Buffer, Part, balance
from codestral_lsp.backends.workspace.tokens import CODES, LINE_END, SHAPES, TOKEN, Line, Lines

LINES_BEFORE = 1600
LINES_AFTER = 800
"""How much of the document around the cursor is looked at."""

CONTEXT = 60
"""Tokens before a place that can be compared."""
FOLLOWING = 12
"""Tokens of the next lines that are compared one by one."""
BESIDE = 50
"""Tokens before a place, and on the next lines, that are compared as a set."""
NEAR_BEFORE, NEAR_AFTER = 600, 400
"""Tokens around the cursor that are taken for the names in use here."""
PART_LINES = 128
_MOST_PARTS = 256
_INDENTED = 30
"""Lines before and after that tell what the document is indented with."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stays the same while a prediction goes on from line to line."""

    buffer: Buffer
    folder: str
    ending: str
    """Where the document lies, and how its name ends; empty for one that lies nowhere."""
    hole: int
    """Where the cursor is in the buffer's tokens: the index of the last whole one before it."""
    hole_line: int
    near: frozenset[int]
    """Tokens a few dozen lines around."""
    following: tuple[int, ...]
    """The first tokens after the cursor's line."""
    after: frozenset[int]
    """Tokens of the next lines."""
    next_line: bytes
    next_indent: int | None
    """Indentation of the next line; None if there is none."""
    blank: str
    """What the document is indented with: a tab or a space."""
    needed: int
    """Closing brackets after the cursor's line whose opening ones stand before its end."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place within a line, to be continued to the line's end."""

    around: Around
    context: tuple[int, ...]
    """Codes of the last whole tokens before the place, the nearest first."""
    tokens: tuple[bytes, ...]
    """The same tokens as text."""
    shapes: tuple[int, ...]
    """The same tokens' shapes."""
    head: bytes
    """What is typed of the line, without its indentation."""
    part: bytes
    """The last token, which may be only begun; no part of `context`."""
    blank: bool
    """Whether blanks follow the last token, so that it is whole and the next one needs none."""
    tail: bytes
    """What follows the cursor on the line."""
    typed: int
    """Whole tokens on the line."""
    indent: int
    open: int
    """Brackets open at the line's start."""
    previous: bytes
    """The line above."""
    before: frozenset[int]
    """The nearest tokens before the place."""
    ahead: int
    """Lines that were predicted between the cursor's and this one."""

    def below(self, line: bytes, indent: int) -> Place:
        """The place at the start of the next line, once this one has become `line`."""
        made = Line(line, self.indent)
        tokens = TOKEN.findall(line)
        drop = self.typed
        codes = (LINE_END, *(CODES[token] for token in reversed(tokens)), *self.context[drop:])[:CONTEXT]
        closes, opens = made.brackets
        return Place(
            around=self.around,
            context=codes,
            tokens=(b"", *(token.lstrip() for token in reversed(tokens)), *self.tokens[drop:])[:CONTEXT],
            shapes=(LINE_END, *(SHAPES[token] for token in reversed(tokens)), *self.shapes[drop:])[:CONTEXT],
            head=b"",
            part=b"",
            blank=False,
            tail=b"",
            typed=0,
            indent=indent,
            open=max(0, self.open - closes) + opens,
            previous=line,
            before=frozenset(codes[:BESIDE]),
            ahead=self.ahead + 1,
        )


class Parts:
    """Documents in parts of so many lines, each joined once: an edit leaves most of them as they are."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._known: dict[tuple[str, ...], Part] = {}

    def of(self, lines: Sequence[str], first: int, stop: int) -> list[Part]:
        """The lines from `first` up to `stop`."""
        found = []
        while first < (stop := min(stop, len(lines))):
            end = min(stop, first - first % PART_LINES + PART_LINES)
            whole = end - first == PART_LINES
            found.append(self.whole(lines[first:end]) if whole else self.join(lines[first:end]))
            first = end
        return found

    def whole(self, lines: Sequence[str]) -> Part:
        """A part that will be asked for again."""
        key = tuple(lines)
        if (part := self._known.get(key)) is None:
            if len(self._known) >= _MOST_PARTS:
                self._known.clear()
            part = self._known[key] = self.join(lines)
        return part

    def join(self, lines: Sequence[str]) -> Part:
        """The same for lines that will not soon be asked for again."""
        return Part([self._lines[line] for line in lines])


def locate(lines: Sequence[str], row: int, column: int, parts: Parts, path: str = "") -> Place:
    """The place at `column` (in code points) of line `row` of a document that lies at `path` (with slashes)."""
    first = max(0, row - LINES_BEFORE) // PART_LINES * PART_LINES
    above = parts.of(lines, first, row)
    below = parts.of(lines, row + 1, row + 1 + LINES_AFTER)
    here = lines[row].rstrip("\r\n") if row < len(lines) else ""
    typed = here[:column].encode("utf-8", "surrogatepass")
    head = typed.lstrip()
    begun = head.rstrip()
    tokens = TOKEN.findall(begun)
    blank = bool(tokens) and len(begun) < len(head)
    part = tokens.pop().lstrip() if tokens and not blank else b""
    buffer = Buffer([*above, Part([Line.with_hole(tokens)]), *below], path)
    end = buffer.size - sum(part.size for part in below) - 2
    hole = buffer.size - end
    codes = buffer.codes
    texts = [*reversed(tokens)]
    nearest_first = (line for part in reversed(above) for line in reversed(part.lines))
    for line in nearest_first:
        if len(texts) >= CONTEXT:
            break
        texts += [b"", *reversed(TOKEN.findall(line.text))]
    context = tuple(codes[hole : hole + CONTEXT])
    previous = next((part.lines[-1].text for part in reversed(above) if part.lines), b"")
    following = next((part.lines[0] for part in below if part.lines), None)
    around = Around(
        buffer=buffer,
        folder=path.rpartition("/")[0],
        ending=PurePosixPath(path).suffix,
        hole=hole,
        hole_line=bisect_right(buffer.firsts, end) - 1,
        near=frozenset(codes[max(0, hole - NEAR_AFTER) : hole + NEAR_BEFORE]),
        following=tuple(codes[max(0, hole - 2 - FOLLOWING) : max(0, hole - 2)][::-1]),
        after=frozenset(codes[max(0, hole - 2 - BESIDE) : max(0, hole - 2)]),
        next_line=following.text if following is not None else b"",
        next_indent=following.indent if following is not None else None,
        blank="\t" if any(line.startswith("\t") for line in lines[max(0, row - _INDENTED) : row + _INDENTED]) else " ",
        needed=balance(part.brackets for part in below)[0],
    )
    return Place(
        around=around,
        context=context,
        tokens=tuple(token.lstrip() for token in texts[: len(context)]),
        shapes=tuple(SHAPES[token] if token else code for token, code in zip(texts, context, strict=False)),
        head=head,
        part=part,
        blank=blank,
        tail=here[column:].encode("utf-8", "surrogatepass").strip(),
        typed=len(tokens),
        indent=len(typed) - len(head),
        open=balance(part.brackets for part in above)[1],
        previous=previous,
        before=frozenset(context[:BESIDE]),
        ahead=0,
    )
