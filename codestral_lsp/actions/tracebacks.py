"""Reads tracebacks: which lines they name, which of them are the workspace's, and where the error was raised."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_LARGEST = 200_000
"""Characters of an error text that are read: the end of it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A line that a traceback names."""

    file: str
    """As it stands there."""
    line: int
    """From 0."""
    function: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A frame that is a line of the workspace."""

    frame: Frame
    path: Path


@dataclass(frozen=True, slots=True)
class Trace:
    """An error text: its frames, the one nearest to where the error was raised first, and what it says went wrong."""

    frames: tuple[Frame, ...]
    error: str


_PYTHON = re.compile(
    r'^ *(?:\| )?File "(?P<file>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$', re.MULTILINE
)
_PYTEST = re.compile(r"^(?P<file>[^\s:][^:\n]*\.py):(?P<line>\d+): (?:in (?P<function>\S+)|[A-Z]\w*)$", re.MULTILINE)
_SCRIPT = re.compile(
    r"^\s*at (?:async )?(?:(?P<function>[^\n(]*?) )?\(?(?:file://)?(?P<file>[^\s()][^()\n]*?):(?P<line>\d+)(?::\d+)?\)?$",
    re.MULTILINE,
)
_JAVA = re.compile(
    r"^\s*at (?:[\w.$@/-]+/)?(?P<function>[\w.$<>]+)\((?P<file>\w+\.(?:java|kt|scala)):(?P<line>\d+)\)$", re.MULTILINE
)
_GO = re.compile(r"^(?P<function>[^\s(][^\n]*?)\([^\n]*\)\n\t(?P<file>\S.*?\.go):(?P<line>\d+)", re.MULTILINE)
_RUST_PANIC = re.compile(r"panicked at (?:'[^'\n]*', )?(?P<file>[^\s:]+\.rs):(?P<line>\d+)(?::\d+)?:?(?P<function>)")
_RUST_FRAME = re.compile(r"^\s*\d+: (?P<function>[^\n]+)\n\s+at (?P<file>\S+?\.rs):(?P<line>\d+)", re.MULTILINE)
_ANY = re.compile(r"(?P<file>(?:[A-Za-z]:)?[\w./\\~@+-]+\.\w{1,5}):(?P<line>\d+)(?P<function>)")

_PYTHON_ERROR = re.compile(
    r"^(?:E   )?\s*([A-Za-z_][\w.]*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)\b.*)$", re.M
)
_OTHER_ERROR = re.compile(
    r"^(?:Uncaught )?(?:Exception in thread \S+ |Caused by: )?"
    r"((?:[\w.$]*(?:Error|Exception|Throwable)\b|panic:|thread '.*panicked).*)$",
    re.MULTILINE,
)
_RAISES = re.compile(r"\s*(?:\}\s*)?(?:(?:if|else)\b.*)?\b(?:raise|throw|panic!?\s*\()")
"""A line that raises an error on purpose."""
_BOUNDS = re.compile(r"\b(?:IndexError|KeyError|out of (?:range|bounds)|IndexOutOfBounds)", re.IGNORECASE)
_VALUE = re.compile(
    r"\b(?:AttributeError|TypeError|NullPointer|nil pointer|NoneType|undefined|null\b|has no attribute)", re.IGNORECASE
)
_DIRECT_CAUSE = "The above exception was the direct cause of the following exception:"
_CAUSED_BY = re.compile(r"^Caused by: ", re.MULTILINE)


def read_trace(text: str) -> Trace:
    """What an error text says. One that names no line has no frames."""
    text = text[-_LARGEST:].replace("\r\n", "\n")
    for reader in (_python, _rust, _go, _java, _script):
        if (trace := reader(text)) is not None:
            return trace
    frames = tuple(_frame(match) for match in _ANY.finditer(text))
    return Trace(frames, _error(_OTHER_ERROR, text) or _last_line(text))


def resolve(trace: Trace, find: Callable[[str], Path | None]) -> tuple[Resolved, ...]:
    """The frames that are lines of the workspace, the one nearest to where the error was raised first.

    `find` gives the workspace's file that a name in a traceback means.
    """
    found = ((frame, find(frame.file)) for frame in trace.frames)
    return tuple(Resolved(frame, path) for frame, path in found if path is not None)


def file_finder(
    roots: Sequence[Path], known: Sequence[Path], exists: Callable[[Path], bool]
) -> Callable[[str], Path | None]:
    """Finds files by the names that tracebacks give them: absolute, relative to a root, built elsewhere (then the
    longest end of the path counts), or bare names (Java).

    Files of dependencies inside the workspace do not count: the error was not made there.
    """

    def find(name: str) -> Path | None:
        name = name.replace("\\", "/").removeprefix("file://")
        parts = PurePosixPath(name).parts
        if not parts or _is_foreign(parts):
            return None
        whole = Path(name)
        if whole.is_absolute():
            if whole in known or (any(whole.is_relative_to(root) for root in roots) and exists(whole)):
                return whole
            parts = parts[1:]
        parts = tuple(part for part in parts if part not in (".", ".."))
        for start in range(len(parts)):
            end = parts[start:]
            for root in roots:
                if exists(path := root.joinpath(*end)):
                    return path
            matching = [path for path in known if path.parts[-len(end) :] == end]
            if len(matching) == 1:
                return matching[0]
        return None

    return find


def _is_foreign(parts: Sequence[str]) -> bool:
    foreign = {"site-packages", "dist-packages", "node_modules", "rustlib", "vendor", ".cargo"}
    return bool(foreign & set(parts)) or parts[0].startswith(("node:", "<"))


def _python(text: str) -> Trace | None:
    if not (_PYTHON.search(text) or _PYTEST.search(text)):
        return None
    # The cause that an error was raised from is where it began.
    block = (
        text.split(_DIRECT_CAUSE)[0] if _DIRECT_CAUSE in text else text.split("Traceback (most recent call last):")[-1]
    )
    frames = [_frame(match) for match in _PYTHON.finditer(block)]
    frames += [_frame(match) for match in _PYTEST.finditer(block)]
    if not frames:
        frames = [_frame(match) for match in _PYTHON.finditer(text)]
    return Trace(tuple(reversed(frames)), _error(_PYTHON_ERROR, block, last=True) or _last_line(block))


def _script(text: str) -> Trace | None:
    block = _CAUSED_BY.split(text)[-1]
    frames = tuple(_frame(match) for match in _SCRIPT.finditer(block))
    if not frames:
        return None
    # Node shows the place of an error that nobody caught above its message.
    head = re.match(r"\s*(?P<file>(?:file://)?\S+?\.[cm]?[jt]sx?):(?P<line>\d+)(?P<function>)\n", text)
    own = (_frame(head),) if head is not None and not frames else ()
    return Trace((*own, *frames), _error(_OTHER_ERROR, text) or _last_line(text))


def _java(text: str) -> Trace | None:
    # The last cause is the first thing that went wrong.
    block = _CAUSED_BY.split(text)[-1]
    frames = tuple(_frame(match) for match in _JAVA.finditer(block))
    return (
        Trace(frames, block.partition("\n")[0].strip() if len(block) < len(text) else _error(_OTHER_ERROR, text))
        if frames
        else None
    )


def _go(text: str) -> Trace | None:
    # The first goroutine is the one that failed; below its own calls of panic stands the guilty one.
    block = text.split("\n\ngoroutine ")[0] if "goroutine " in text else text
    matches = list(_GO.finditer(text if not _GO.search(block) else block))
    if not matches:
        return None
    frames = [_frame(match) for match in matches if not match["function"].startswith(("panic", "runtime."))]
    return Trace(tuple(frames), _error(re.compile(r"^(panic: .*|fatal error: .*)$", re.MULTILINE), text))


def _rust(text: str) -> Trace | None:
    panic = _RUST_PANIC.search(text)
    if panic is None:
        return None
    frames = [_frame(panic), *(_frame(match) for match in _RUST_FRAME.finditer(text))]
    message = text[panic.end() :].strip().partition("\n")[0]
    return Trace(tuple(frames), message or panic[0])


def _frame(match: re.Match[str]) -> Frame:
    return Frame(match["file"], max(0, int(match["line"]) - 1), (match["function"] or "").strip())


def _error(pattern: re.Pattern[str], text: str, *, last: bool = False) -> str:
    found = pattern.findall(text)
    return str(found[-1 if last else 0]).strip()[:300] if found else ""


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")[:300]


def by_blame(frames: Sequence[Resolved], text_at: Callable[[Path, int], str]) -> tuple[Resolved, ...]:
    """The frames with those last whose line raises an error on purpose: a guard is not to blame for what it refuses,
    whoever called it is. `text_at` gives a line of a file."""
    guards = 0
    while guards < len(frames) - 1 and _RAISES.match(text_at(frames[guards].path, frames[guards].frame.line)):
        guards += 1
    return (*frames[guards:], *frames[:guards])


def origin(lines: Sequence[str], line: int, error: str) -> int | None:
    """Where the value came from that an error is about: the nearest line above that sets it; None if that is not clear.

    `lines` are those of the function, `line` the one that raised, both counted from the function's first. For errors
    that say that a value is not what it should be, or that an index is out of range.
    """
    if _BOUNDS.search(error):
        names = re.findall(r"\[[^\]]*?\b([^\W\d]\w*)\b[^\]]*\]", lines[line])
    elif _VALUE.search(error):
        names = re.findall(r"(?<![\w.])([^\W\d]\w*)\s*(?:\.|\?\.|\[|->)", lines[line])
    else:
        return None
    either = "|".join(map(re.escape, dict.fromkeys(names)))
    if not either:
        return None
    sets = re.compile(
        rf"(?<![\w.])(?:{either})\s*(?::[^=\n]+)?(?::=|=(?![=>]))"
        rf"|\bfor\b[^\n]*(?<![\w.])(?:{either})\b|\bas\s+(?:{either})\b"
    )
    return next((above for above in range(line - 1, -1, -1) if sets.search(lines[above])), None)
