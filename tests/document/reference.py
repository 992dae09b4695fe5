"""A second, plain implementation of documents: one string, spliced by the protocol's own definitions."""

import re

from codestral_lsp.document.position import Position, PositionEncoding

_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def units(text: str, encoding: PositionEncoding) -> int:
    codec, width = _UNITS[encoding]
    return len(text.encode(codec, "surrogatepass")) // width


def line_spans(text: str) -> list[tuple[int, int]]:
    """Start and end, without its line end, of every line."""
    spans, start = [], 0
    for end in re.finditer(r"\r\n|\r|\n", text):
        spans.append((start, end.start()))
        start = end.end()
    return [*spans, (start, len(text))]


def offset_of(text: str, line: int, count: int, encoding: PositionEncoding) -> int:
    """The index of a client's position, clamped as the protocol says."""
    spans = line_spans(text)
    if line < 0:
        return 0
    if line >= len(spans):
        return len(text)
    start, end = spans[line]
    offset = start
    while offset < end and units(text[start : offset + 1], encoding) <= count:
        offset += 1
    return offset


def index_of(text: str, position: Position) -> int:
    """The index of one of our positions, which must exist and lie neither past nor inside a line end."""
    start, end = line_spans(text)[position.line]
    assert 0 <= position.column <= end - start
    return start + position.column


def joined(text: str) -> str:
    """`text` with surrogates that make a pair made one character, as every text is once it went through JSON."""
    return re.sub(
        "[\ud800-\udbff][\udc00-\udfff]", lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
