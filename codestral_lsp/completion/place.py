"""The text around a cursor as the cache and running streams compare it: what is near, not what is far.

A suggestion stays right while the lines just above, the line up to the cursor and the text just below are what they
were, give or take what has been typed of the suggestion itself. The place is therefore described from the start of
a line, so that typing on, and deleting back, leaves the description alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text
from codestral_lsp.prompt.closers import only_closers

ABOVE_LINES = 6
BELOW_LINES = 3
MAX_LINE = 2000
"""Characters of an overlong line that are compared."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor, described from the start of its own line or of one of the lines above it."""

    key: bytes
    """Digest of engine, document, the lines above and the text below."""
    head: str
    """Everything from the start of that line to the cursor, with LF line ends."""


def places(engine: str, document: Document, cursor: Position, lines_back: int) -> Iterator[Place]:
    """The cursor described from its own line, then from each of up to `lines_back` lines above it."""
    text = document.text
    below = _below(text, cursor)
    head = text.line(cursor.line)[: cursor.column]
    for line in range(cursor.line, max(-1, cursor.line - lines_back - 1), -1):
        if line != cursor.line:
            head = f"{text.line(line)}\n{head}"
        yield Place(_digest(engine, document.uri, _above(text, line), below), head)


def place(engine: str, document: Document, cursor: Position) -> Place:
    """The cursor described from its own line."""
    return next(places(engine, document, cursor, 0))


def _above(text: Text, line: int) -> str:
    return "".join(part[-MAX_LINE:] for part in text.lines[max(0, line - ABOVE_LINES) : line])


def _below(text: Text, cursor: Position) -> str:
    rest = text.line(cursor.line)[cursor.column :]
    below = "".join(part[:MAX_LINE] for part in text.lines[cursor.line + 1 : cursor.line + 1 + BELOW_LINES])
    # Closers come and go with the openers that are typed; the suggestion's range takes care of them.
    return below if only_closers(rest) else rest[:MAX_LINE] + "\n" + below


def _digest(*parts: str) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.digest()
