"""The cases, as text files: one a language, clean and buggy version in one, as a diff shows them.

`@@ NAME KIND` begins a case. A line that starts with `+` is the clean version's alone, one with `-` the buggy
version's, one with `!` is in both and the one to blame. `@@ test` fails on the buggy version and passes on the clean
one; `@@ crash` makes the buggy version raise an error inside of the function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).with_name("cases")
EXTENSIONS = {"python": "py", "javascript": "js", "typescript": "ts", "go": "go", "rust": "rs", "java": "java"}
_HEAD = re.compile(r"^@@ (\w+)(?: ([\w-]+))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """One seeded bug. Lines count from 0."""

    language: str
    name: str
    kind: str
    clean: str
    buggy: str
    guilty: frozenset[int]
    """The lines of the buggy version that are to blame."""
    first: int
    stop: int
    """The lines of the buggy version that differ (or, where something is missing, the line it is missing before)."""
    fix: str
    """What stands there in the clean version."""
    test: str
    crash: str

    @property
    def quote(self) -> str:
        """The lines that differ."""
        return "\n".join(self.buggy.splitlines()[self.first : self.stop])

    @property
    def id(self) -> str:
        """Its name and language."""
        return f"{self.language}/{self.name}"


def cases() -> list[Case]:
    """All cases."""
    return [case for language in EXTENSIONS for case in _read(language, (CASES / f"{language}.txt").read_text("utf-8"))]


def _read(language: str, text: str) -> list[Case]:
    found: list[Case] = []
    parts = _HEAD.split(text)[1:]
    sections = [(parts[at], parts[at + 1], parts[at + 2].strip("\n")) for at in range(0, len(parts), 3)]
    while sections:
        name, kind, body = sections.pop(0)
        extra = {"test": "", "crash": ""}
        while sections and sections[0][0] in extra and sections[0][1] is None:
            extra[sections[0][0]] = sections[0][2]
            sections.pop(0)
        found.append(_case(language, name, kind, body, **extra))
    return found


def _case(language: str, name: str, kind: str, body: str, *, test: str, crash: str) -> Case:
    clean: list[str] = []
    buggy: list[str] = []
    blamed: set[int] = set()
    changed: set[int] = set()
    for line in body.splitlines():
        mark, rest = line[:1], line[1:]
        if mark == "+":
            clean.append(rest)
        elif mark == "-":
            changed.add(len(buggy))
            buggy.append(rest)
        else:
            if mark == "!":
                blamed.add(len(buggy))
                line = rest
            clean.append(line)
            buggy.append(line)
    first = next(at for at, pair in enumerate(zip(clean, buggy, strict=False)) if pair[0] != pair[1])
    tail = next(at for at, pair in enumerate(zip(clean[::-1], buggy[::-1], strict=False)) if pair[0] != pair[1])
    tail = min(tail, len(buggy) - first, len(clean) - first)
    if len(buggy) - tail == first:
        tail -= 1
    stop = len(buggy) - tail
    fix = "\n".join(clean[first : len(clean) - tail])
    guilty = blamed or changed or set(range(first, stop))
    return Case(language, name, kind, _ended(clean), _ended(buggy), frozenset(guilty), first, stop, fix, test, crash)


def _ended(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
