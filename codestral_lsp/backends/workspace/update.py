"""Brings the index of a workspace folder up to date, reading only files that have changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from codestral_lsp.backends.workspace.catalog import Catalog, Entry
from codestral_lsp.backends.workspace.segment import BadSegment, Segment, SegmentWriter
from codestral_lsp.indexing.files import Files, Stamp

MOST_TOKENS = 2_000_000
"""A segment is closed when it has so many: this bounds the memory that sorting takes to some 100 MB."""
_SMALL = MOST_TOKENS // 8
_MOST_SMALL = 4
"""When more segments than these have fewer tokens than that, they are made one."""
_MOST_GONE = 0.25
"""A segment of which more than this does not count any more is written anew."""


class _Held:
    """A segment, and which of its files still count."""

    def __init__(self, entry: Entry, segment: Segment) -> None:
        self.name = entry.name
        files = segment.files()
        self.tokens = [segment.tokens_of(number) for number in range(len(files))]
        self.numbers = {name: number for number, (name, _, _) in enumerate(files)}
        self.current = {
            name: (modified_ns, size)
            for number, (name, modified_ns, size) in enumerate(files)
            if number not in entry.excluded
        }

    @property
    def left(self) -> int:
        """Tokens that count."""
        return sum(self.tokens[self.numbers[name]] for name in self.current)

    @property
    def worn(self) -> bool:
        """Whether much of it does not count any more."""
        return self.left < (1 - _MOST_GONE) * sum(self.tokens)

    def entry(self) -> Entry:
        """As it goes into the list."""
        return Entry(self.name, tuple(number for name, number in self.numbers.items() if name not in self.current))


def update(catalog: Catalog, files: Files, changed: Sequence[str] | None = None) -> Iterator[list[Entry]]:
    """Bring the index up to date; with `changed`, only these files may have changed.

    Gives the segments that count: those that are there, then as they are replaced, at last when all is done.
    Raises OSError where the disk is full or not ours to write.
    """
    with catalog.writing():
        held = _load(catalog)
        yield [each.entry() for each in held]
        now = _now(held, files, changed)
        before = [each.entry() for each in held]
        known: dict[str, Stamp] = {}
        for each in held:
            for name in each.current.keys() - now.keys():
                del each.current[name]
            known |= each.current
        wanted = [name for name, stamp in now.items() if known.get(name) != stamp]
        wanted += _compacted(held, more=bool(wanted))
        for written in _write(catalog, files, {name: now[name] for name in wanted}):
            for each in held:
                for name in written.current:
                    each.current.pop(name, None)
            held = [each for each in [*held, written] if each.current]
            catalog.replace([each.entry() for each in held])
            yield [each.entry() for each in held]
        if before != (after := [each.entry() for each in held if each.current]):
            catalog.replace(after)
        catalog.touch()
        yield after


def _load(catalog: Catalog) -> list[_Held]:
    held = []
    for entry in catalog.entries():
        try:
            with closing(Segment(catalog.path(entry), verify=True)) as segment:
                held.append(_Held(entry, segment))
        except FileNotFoundError:
            continue
        except BadSegment:
            catalog.set_aside(entry.name)
    return held


def _now(held: Iterable[_Held], files: Files, changed: Sequence[str] | None) -> dict[str, Stamp]:
    """The files as they are."""
    if changed is not None and not any(map(files.is_folder, changed)):
        now = {name: stamp for each in held for name, stamp in each.current.items()}
        inner = tuple(f"{name}/" for name in changed)
        if not any(name.startswith(inner) for name in now):
            for name in changed:
                if (stamp := files.stamp(name)) and files.reaches(name):
                    now[name] = stamp
                else:
                    now.pop(name, None)
            return now
    return files.all()


def _compacted(held: Sequence[_Held], *, more: bool) -> list[str]:
    """Files of segments that should be written anew, for their size or for what of them is left."""
    worn = [each for each in held if each.worn]
    small = [each for each in held if not each.worn and each.left < _SMALL]
    if len(small) + more > _MOST_SMALL:
        worn += small
    return [name for each in worn for name in each.current]


def _write(catalog: Catalog, files: Files, wanted: dict[str, Stamp]) -> Iterator[_Held]:
    writer = SegmentWriter()
    left = len(wanted)
    for name, stamp in wanted.items():
        left -= 1
        if (content := files.read(name)) is not None:
            writer.add(name, *stamp, content)
        if writer.tokens >= MOST_TOKENS or (writer.tokens and not left):
            path = catalog.new_segment()
            writer.write(path)
            writer = SegmentWriter()
            with closing(Segment(path)) as segment:
                yield _Held(Entry(path.name, ()), segment)
