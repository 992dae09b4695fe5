"""Draws docs/images/architecture.svg: the rooms of the program and who imports whom, read from the code: `make docs`.

Where the boxes stand is written here, what leads from one to another is not. Of an arrow that only shortens a way along
others nothing is drawn. A test keeps picture and code in step, and sees to it that no arrow leads upwards.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "codestral_lsp"
_WIDTH, _BOX, _HEIGHT, _FLOOR, _TOP = 880, 220, 46, 76, 16


@dataclass(frozen=True, slots=True)
class Room:
    """A package or a module of the program."""

    name: str
    """Below `codestral_lsp`, with slashes."""
    says: str
    floor: int
    """From the top."""
    at: int
    """The middle of its box."""


ROOMS = (
    Room("cli", "the command line", 0, 455),
    Room("commands", "one file a subcommand", 1, 455),
    Room("server", "LSP: one file a method", 2, 455),
    Room("actions", "explain, find bugs, write code", 3, 330),
    Room("insight/doctor", "what does not work, and why", 3, 580),
    Room("completion", "from a key to ghost text", 4, 455),
    Room("prompt", "layouts, window, budget", 5, 140),
    Room("context", "what else the model should see", 5, 390),
    Room("backends/workspace", "the engine without a model", 6, 640),
    Room("document", "text, positions, trees", 7, 140),
    Room("indexing", "processes that read the project", 7, 515),
    Room("log", "without code, without keys", 7, 760),
    Room("privacy", "secrets, trust, what was sent", 8, 515),
    Room("insight", "traces, statistics, prices", 9, 515),
    Room("backends", "one file a server", 10, 390),
    Room("database", "SQLite in a thread", 10, 640),
    Room("config", "one tree of settings", 11, 390),
    Room("errors", "each with cause and cure", 12, 390),
)
_BY_NAME = {room.name: room for room in ROOMS}
_LANES = {("prompt", "backends"): 14, ("commands", "log"): 850}
"""Where an arrow that passes other rooms goes down."""


def room_of(parts: tuple[str, ...]) -> str:
    """The room that a module belongs to, by its path below the package."""
    inner = "/".join(parts[:2])
    return inner if inner in _BY_NAME else parts[0]


def imports(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Which rooms each room imports from; what is imported only for its types counts too."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package).with_suffix("").parts
        here = room_of(parts)
        if here.startswith("__"):
            continue
        found[here] |= {there for there in map(room_of, _imported(file)) if there not in (here, "__version__")}
    return dict(found)


def _imported(file: Path) -> Iterator[tuple[str, ...]]:
    """The modules of the program that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE.name:
            yield from ((alias.name,) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE.name}."):
            yield tuple((node.module or "").split(".")[1:])


def upward(graph: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Imports that do not lead to a lower floor."""
    pairs = ((here, there) for here, others in graph.items() for there in others)
    return sorted(pair for pair in pairs if _BY_NAME[pair[0]].floor >= _BY_NAME[pair[1]].floor)


def arrows(graph: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """The imports without those that others imply."""

    def reached(room: str) -> set[str]:
        return {each for other in graph.get(room, ()) for each in (other, *reached(other))}

    return sorted(
        (here, there)
        for here, others in graph.items()
        for there in others
        if not any(there in reached(other) for other in others)
    )


def drawing(graph: Mapping[str, set[str]]) -> str:
    """The picture."""
    height = _TOP * 2 + _FLOOR * max(room.floor for room in ROOMS) + _HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'role="img" aria-label="The rooms of codestral-lsp and what each imports, from the top down">',
        "<style>",
        "svg { --ground: #fff; --box: #f6f3ee; --line: #b9b2a6; --ink: #1f2328; --quiet: #626a73; --arrow: #8a5a34 }",
        "@media (prefers-color-scheme: dark) { svg { --ground: #16181b; --box: #22262b; --line: #4d525a;"
        " --ink: #e6e4e0; --quiet: #9aa1a9; --arrow: #d59a63 } }",
        "text { font: 12px system-ui, 'DejaVu Sans', sans-serif; fill: var(--quiet); text-anchor: middle }",
        "text.name { font-weight: 600; font-size: 14px; fill: var(--ink) }",
        "rect.box { fill: var(--box); stroke: var(--line) }",
        "path { fill: none; stroke: var(--arrow); stroke-width: 1.4 }",
        "marker path { fill: var(--arrow); stroke: none }",
        "</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{height}" rx="10" style="fill: var(--ground)"/>',
    ]
    lines += [f'<path d="{_way(here, there)}" marker-end="url(#tip)"/>' for here, there in arrows(graph)]
    for room in ROOMS:
        top = _top(room)
        lines += [
            f'<rect class="box" x="{room.at - _BOX // 2}" y="{top}" width="{_BOX}" height="{_HEIGHT}" rx="7"/>',
            f'<text class="name" x="{room.at}" y="{top + 19}">{escape(room.name)}</text>',
            f'<text x="{room.at}" y="{top + 36}">{escape(room.says)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def _top(room: Room) -> int:
    return _TOP + room.floor * _FLOOR


def _way(here: str, there: str) -> str:
    """From the lower edge of one box to the upper edge of another; around what stands between."""
    start, end = _BY_NAME[here], _BY_NAME[there]
    bottom, top = _top(start) + _HEIGHT, _top(end)
    if (lane := _LANES.get((here, there))) is not None:
        side = -1 if lane < start.at else 1
        middle = _top(start) + _HEIGHT // 2
        first, last = start.at + side * _BOX // 2, end.at + side * _BOX // 2
        if abs(lane - end.at) < _BOX // 2:
            return f"M{first} {middle}H{lane - side * 10}Q{lane} {middle} {lane} {middle + 10}V{top - 1}"
        target = top + _HEIGHT // 2
        return (
            f"M{first} {middle}Q{lane} {middle} {lane} {middle + 12}V{target - 12}Q{lane} {target} {lane + 12} {target}"
            f"H{last - 1}"
        )
    lean = _lean(start.at, end.at)
    x, to = start.at + lean, end.at - lean
    half = (bottom + top) // 2
    return f"M{x} {bottom}C{x} {half} {to} {half} {to} {top - 1}"


def _lean(start: int, end: int) -> int:
    """Arrows to the side leave and arrive beside the middle, so that they do not lie upon each other."""
    return max(-60, min(60, (end - start) // 4))


if __name__ == "__main__":
    print(drawing(imports()), end="")  # noqa: T201
