"""What is typed: parts of real files typed anew, and real commits replayed."""

from __future__ import annotations

import io
import random
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from benchmarks.typist import Job

CODE = frozenset((".py", ".js", ".ts", ".tsx", ".go", ".rs", ".java", ".c", ".cc", ".cpp", ".h", ".cs", ".rb", ".php"))


EDITS_BELOW = 5
"""At least so many times something is added below, in a session with jumps, unless a short one is wanted."""


@dataclass(frozen=True, slots=True)
class Session:
    """Files as they are before, and the work done on them, in order."""

    name: str
    files: dict[str, str]
    """The files that are opened, by their path in the workspace."""
    workspace: dict[str, str] = field(default_factory=dict)
    """All files of the workspace, as they lie on disk before."""
    jobs: tuple[Job, ...] = ()


def retyping(root: Path, *, seed: int, keys: int, jumps: bool, edits_below: int = EDITS_BELOW) -> Session:
    """Parts of real files under `root`, taken out and typed again in the middle of their files.

    With `jumps` the work goes from place to place, and now and then something is added below before going on.
    """
    dice = random.Random(seed)
    sources = [path for path in sorted(root.rglob("*.py")) if 200 <= _lines(path) <= 2000]
    files: dict[str, str] = {}
    jobs: list[Job] = []
    typed = 0
    while typed < keys or (jumps and len(files) < edits_below):
        path = dice.choice(sources)
        name = path.relative_to(root).as_posix()
        if name in files:
            continue
        lines = path.read_text("utf-8", "replace").splitlines(keepends=True)
        start = dice.randrange(len(lines) // 4, len(lines) * 3 // 4)
        size = min(dice.randrange(14, 26) if jumps else (keys - typed) // 25 + 1, len(lines) - start - 20)
        removed = lines[start : start + size]
        kept = [*lines[:start], "\n", *lines[start + size :]]
        files[name] = "".join(kept)
        jobs += _with_visits(name, start, removed, kept, dice) if jumps else [Job(name, start, 0, _typed(removed))]
        typed += sum(len(line.strip()) + 1 for line in removed)
    workspace = {path.relative_to(root).as_posix(): _read(path) for path in sorted(root.rglob("*.py"))}
    return Session(f"retyping {root.name}", files, {**workspace, **files}, tuple(jobs))


def _with_visits(name: str, start: int, removed: list[str], kept: list[str], dice: random.Random) -> Iterator[Job]:
    """Type half of it, add a comment further down in the same file, come back and type the rest."""
    half = len(removed) // 2
    first, second = removed[:half], removed[half:]
    yield Job(name, start, 0, _typed(first))
    below = dice.randrange(start + 2, min(len(kept), start + 40))
    yield Job(name, below + half - 1, 0, "# see above\n")
    yield Job(name, start + half - 1, len(first[-1].rstrip("\n")), "\n" + _typed(second))


def _typed(lines: list[str]) -> str:
    return "".join(lines).removesuffix("\n")


def commits(repository: Path, *, seed: int, count: int, most_keys: int = 600) -> Iterator[Session]:
    """Real commits: the parent's tree is the workspace, the added lines are typed, the removed ones taken out.

    Chosen by `seed` among the newest 400 that change a few lines of code and are no merges.
    """
    dice = random.Random(seed)
    log = _git(repository, "log", "--no-merges", "--format=%H", "-400").split()
    dice.shuffle(log)
    found = 0
    for commit in log:
        session = _commit(repository, commit, most_keys)
        if session is not None:
            yield session
            found += 1
            if found == count:
                return


def _commit(repository: Path, commit: str, most_keys: int) -> Session | None:
    changed = _git(repository, "diff", "--name-status", "--no-renames", f"{commit}^", commit).splitlines()
    edited = [line.split("\t")[1] for line in changed if line.startswith("M\t")]
    edited = [path for path in edited if Path(path).suffix in CODE]
    before = {path: _git(repository, "show", f"{commit}^:{path}") for path in edited}
    jobs: list[Job] = []
    for path in edited:
        jobs += _jobs(path, before[path], _git(repository, "show", f"{commit}:{path}"))
    keys = sum(len(job.added) for job in jobs)
    if not 60 <= keys <= most_keys or len(jobs) > 20:
        return None
    workspace = _tree(repository, f"{commit}^")
    return Session(f"{_called(repository)} {commit[:9]}", before, workspace, tuple(jobs))


def _jobs(path: str, before: str, after: str) -> Iterator[Job]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    shift = 0
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        removed, added = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
        # Only what differs is typed: the heads and tails that the two have in common stay.
        head = _common(removed, added)
        tail = _common(removed[head:][::-1], added[head:][::-1])
        removed_middle, added_middle = removed[head : len(removed) - tail], added[head : len(added) - tail]
        before_head = removed[:head]
        line = old_start + shift + before_head.count("\n")
        column = head - (before_head.rfind("\n") + 1)
        yield Job(path, line, column, added_middle, removed_middle)
        shift += (new_end - new_start) - (old_end - old_start)


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _tree(repository: Path, commit: str) -> dict[str, str]:
    archive = subprocess.run(
        ["git", "-C", str(repository), "archive", "--format=tar", commit], capture_output=True, check=True
    ).stdout
    files = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if member.isfile() and Path(member.name).suffix in CODE and member.size < 300_000:
                content = tar.extractfile(member)
                assert content is not None
                files[member.name] = content.read().decode("utf-8", "replace").replace("\r\n", "\n")
    return files


def _git(repository: Path, *arguments: str) -> str:
    output = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True).stdout
    return output.decode("utf-8", "replace").replace("\r\n", "\n")


def _called(repository: Path) -> str:
    """A repository's name, which a bare or mirrored one has in the folder around it."""
    folder = repository.parent if repository.name in (".git", "repo") else repository
    return folder.name.rpartition("+")[2].removesuffix(".git")


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _lines(path: Path) -> int:
    return _read(path).count("\n")
