"""A segment: the tokens and text of some files, sorted for lookup, in one file that is mapped and never written again.

Layout: header; codes (u32, last token first); order (u32: places sorted by the tokens before them, see `Source`);
first token of each line (u32); where each line's text begins (u32); first line of each file (u32); where each token
begins in its line (u16, forward); indentation and blank lines before (u8 each) of each line; modification time (i64)
and size (u32) of each file; paths and texts (UTF-8, each path or line with a line end). All numbers in the
machine's own byte order: an index does not travel. The header holds the counts and a checksum of what follows it.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import eq
from pathlib import Path
from zlib import crc32

from codestral_lsp.backends.workspace.source import Source
from codestral_lsp.backends.workspace.tokens import CODES, GAP, LINE_END, MAX_LINE, TOKEN

VERSION = 1
_MAGIC = b"codestral index\n"
_HEADER = struct.Struct("=16sHHIIIIII")
"""Magic, version, byte order, checksum, counts of tokens, sorted places, lines and files, bytes of paths."""
_BYTE_ORDER = 0x0102

SORTED_BY = 12
"""Tokens of context that places are sorted by."""
_KEY = 4 * SORTED_BY
_MOST_LOOKED_AT = 400
"""Places that one search looks at, those in excluded files among them."""


class BadSegment(Exception):
    """The file is damaged, unfinished, or of another version."""


class SegmentWriter:
    """Collects files and writes them as one segment."""

    def __init__(self) -> None:
        self._codes = array("I")
        self._firsts = array("I")
        self._starts = array("H")
        self._indents = bytearray()
        self._gaps = bytearray()
        self._text_at = array("I")
        self._text = bytearray()
        self._file_lines = array("I")
        self._modified = array("q")
        self._sizes = array("I")
        self._paths = bytearray()

    @property
    def tokens(self) -> int:
        """Tokens collected so far."""
        return len(self._codes)

    def add(self, path: str, modified_ns: int, size: int, content: bytes) -> None:
        """Take in a file. `path` is relative to the workspace folder, with slashes; `content` is UTF-8."""
        self._file_lines.append(len(self._firsts))
        self._modified.append(modified_ns)
        self._sizes.append(size)
        self._paths += path.encode("utf-8", "surrogateescape") + b"\n"
        if b"\r" in content:
            content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        codes, starts, code_of, tokens_of = self._codes, self._starts, CODES.__getitem__, TOKEN.findall
        gap = 0
        for row in content.split(b"\n"):
            text = row.strip()
            if not text or len(text) > MAX_LINE:
                gap += 1
                continue
            if gap and codes and codes[-1] == LINE_END:
                codes[-1] = GAP
            self._begin_line(text, len(row) - len(row.lstrip()), gap)
            gap = 0
            tokens = tokens_of(text)
            codes.extend(map(code_of, tokens))
            codes.append(LINE_END)
            starts.extend(accumulate(map(len, tokens), initial=0))
        # A token like no other, so that nothing matches from one file into the next.
        self._begin_line(b"", 0, gap)
        codes.append(0)
        starts.append(0)

    def _begin_line(self, text: bytes, indent: int, gap: int) -> None:
        self._firsts.append(len(self._codes))
        self._text_at.append(len(self._text))
        self._indents.append(min(indent, 255))
        self._gaps.append(min(gap, 255))
        self._text += text + b"\n"

    def write(self, path: Path) -> None:
        """Write everything to `path`, for this user's eyes only; it appears there whole or not at all."""
        self._firsts.append(len(self._codes))
        self._text_at.append(len(self._text))
        self._file_lines.append(len(self._indents))
        self._codes.reverse()
        order = _sorted_places(self._codes)
        sections: list[array[int] | bytearray] = [
            self._codes,
            order,
            self._firsts,
            self._text_at,
            self._file_lines,
            self._modified,
            self._sizes,
            self._starts,
            self._indents,
            self._gaps,
            self._paths,
            self._text,
        ]
        checksum = 0
        for section in sections:
            checksum = crc32(section, checksum)
        header = _HEADER.pack(
            _MAGIC,
            VERSION,
            _BYTE_ORDER,
            checksum,
            len(self._codes),
            len(order),
            len(self._indents),
            len(self._sizes),
            len(self._paths),
        )
        fresh = path.with_suffix(f".{os.getpid()}.new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(header)
            for section in sections:
                file.write(section)
        fresh.replace(path)


def _sorted_places(codes: array[int]) -> array[int]:
    """All places in `codes` (last token first), sorted by the bytes of the codes from there on."""
    raw = codes.tobytes()
    by_code: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
    for at, code in enumerate(codes):
        by_code[code].append(at)
    del by_code[0]
    order = array("I")
    for code in sorted(by_code, key=lambda code: code.to_bytes(4, sys.byteorder)):
        places = by_code[code]
        order.extend(places if len(places) == 1 else sorted(places, key=lambda at: raw[4 * at : 4 * at + _KEY]))
    return order


class Segment(Source):
    """A segment as it lies on disk, mapped: memory is shared between all who read it."""

    __slots__ = (
        "_bounds",
        "_codes_at",
        "_file_lines",
        "_gaps",
        "_indents",
        "_map",
        "_modified",
        "_names",
        "_order",
        "_paths",
        "_sizes",
        "_starts",
        "_text",
        "_text_at",
        "_views",
        "excluded",
    )

    def __init__(self, path: Path, *, verify: bool = False) -> None:
        """Map the file; with `verify`, read all of it first. Raises BadSegment, or OSError if it cannot be read."""
        with open(path, "rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size:
                raise BadSegment(path.name)
            magic, version, byte_order, checksum, tokens, places, lines, files, paths = _HEADER.unpack(head)
            if (magic, version, byte_order) != (_MAGIC, VERSION, _BYTE_ORDER):
                raise BadSegment(path.name)
            if verify:
                found = 0
                while block := file.read(1 << 20):
                    found = crc32(block, found)
                if found != checksum:
                    raise BadSegment(path.name)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        whole = memoryview(self._map)
        self._views = [whole]
        self._codes_at = end = _HEADER.size

        def section(kind: str, size: int, count: int) -> memoryview[int]:
            nonlocal end
            start, end = end, end + size * count
            if end > len(self._map):
                raise BadSegment(path.name)
            part = whole[start:end]
            view: memoryview[int] = part.cast(kind)  # type: ignore[call-overload]
            self._views += [part, view]
            return view

        self.size = tokens
        self.codes = section("I", 4, tokens)
        self._order = section("I", 4, places)
        self.firsts = section("I", 4, lines + 1)
        self._text_at = section("I", 4, lines + 1)
        self._file_lines = section("I", 4, files + 1)
        self._modified = section("q", 8, files)
        self._sizes = section("I", 4, files)
        self._starts = section("H", 2, tokens)
        self._indents = section("B", 1, lines)
        self._gaps = section("B", 1, lines)
        self._paths = end
        self._text = end + paths
        if not tokens or self._text + self._text_at[-1] != len(self._map):
            raise BadSegment(path.name)
        self.excluded = frozenset[int]()
        """Numbers of files in which nothing is found."""
        self._bounds: list[int] = []
        self._names: list[str] = []

    def close(self) -> None:
        """Unmap the file."""
        for view in reversed(self._views):
            view.release()
        self._map.close()

    def rest(self, at: int, line: int) -> bytes:
        start = self._text + self._text_at[line]
        return self._map[
            start + self._starts[self.size - at] : start + self._text_at[line + 1] - self._text_at[line] - 1
        ]

    def token(self, at: int) -> bytes:
        number = self.size - at - 1
        line = self.line_of(at + 1)
        if number + 1 == self.firsts[line + 1]:
            return b""
        start = self._text + self._text_at[line]
        return self._map[start + self._starts[number] : start + self._starts[number + 1]].lstrip()

    def indent(self, line: int) -> int:
        return self._indents[line]

    def gap(self, line: int) -> int:
        return self._gaps[line]

    def path(self, line: int) -> str:
        if not self._names:
            self._names = [name for name, _, _ in self.files()]
        return self._names[bisect_right(self._file_lines, line) - 1]

    def number(self, line: int) -> int:
        return line - self._file_lines[bisect_right(self._file_lines, line) - 1]

    def text(self, line: int) -> bytes:
        return self._map[self._text + self._text_at[line] : self._text + self._text_at[line + 1] - 1]

    def alike(self, context: Sequence[int], number: int) -> Iterator[tuple[int, int, int]]:
        """Places after the same tokens as `context` (nearest first), those with the longest sameness first.

        Each as minus the length of the sameness, `number`, and the place.
        """
        order, codes, raw, start = self._order, self.codes, self._map, self._codes_at
        key = array("I", context[:SORTED_BY]).tobytes()
        codes_end = start + 4 * self.size

        def key_at(at: int) -> bytes:
            begin = start + 4 * at
            return raw[begin : min(begin + len(key), codes_end)]

        above = bisect_left(order, key, key=key_at)
        below = above - 1

        def sameness(place: int) -> int:
            if not 0 <= place < len(order):
                return 0
            at = order[place]
            same = list(map(eq, codes[at : at + len(context)], context))
            return same.index(False) if False in same else len(same)

        over, under = sameness(above), sameness(below)
        for _ in range(_MOST_LOOKED_AT):
            if not over and not under:
                break
            if over >= under:
                found, length = order[above], over
                above += 1
                over = sameness(above)
            else:
                found, length = order[below], under
                below -= 1
                under = sameness(below)
            # What follows must be of the same file, and of a file that counts.
            if found and codes[found - 1] and not bisect_right(self._bounds, found) % 2:
                yield -length, number, found

    def files(self) -> list[tuple[str, int, int]]:
        """Path, modification time (ns) and size of each file."""
        paths = self._map[self._paths : self._text].decode("utf-8", "surrogateescape").split("\n")
        return list(zip(paths[:-1], self._modified, self._sizes, strict=True))

    def find(self, path: str) -> int | None:
        """The number of a file; None if it is not in here."""
        name = b"\n" + path.encode("utf-8", "surrogateescape") + b"\n"
        if self._map[self._paths : self._paths + len(name) - 1] == name[1:]:
            return 0
        found = self._map.find(name, self._paths, self._text)
        return self._map[self._paths : found + 1].count(b"\n") if found >= 0 else None

    def exclude(self, files: Iterable[int]) -> None:
        """Let `alike` find nothing in these files."""
        self.excluded = frozenset(files)
        bounds: list[int] = []
        for number in sorted(self.excluded, reverse=True):
            # Places are counted from the end, and one belongs to the file of the token that follows it.
            bounds += (self.size - self._first_of(number + 1) + 1, self.size - self._first_of(number) + 1)
        self._bounds = bounds

    def tokens_of(self, number: int) -> int:
        """How many tokens a file has."""
        return self._first_of(number + 1) - self._first_of(number)

    def _first_of(self, number: int) -> int:
        return self.firsts[self._file_lines[number]]
