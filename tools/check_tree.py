"""What must not be in the repository: package hosts in lock files, paths of somebody's machine, big files, loose ends.

Prints what it finds and exits with 1 if that is anything.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

BIGGEST = 1 << 20
LOCKS = re.compile(r"(\.lock|requirements[^/]*\.txt|package-lock\.json|\.npmrc|pip\.conf)$")
HOST = re.compile(r'"resolved": *"|(?:^|[^"\w])(?:https?|git)://')
MACHINE = re.compile(r"(?:^|[^A-Za-z0-9_.$}])/(?:root|work|farm)/[a-z]")
LOOSE = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b")


def files() -> list[Path]:
    """The files that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := Path(name)).is_file()]


def findings(path: Path) -> Iterator[str]:
    """What is wrong with one file."""
    if path.stat().st_size > BIGGEST:
        yield f"{path}: larger than 1 MB"
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return
    own = path.as_posix() == "tools/check_tree.py"
    for number, line in enumerate(text.splitlines(), 1):
        if LOCKS.search(path.as_posix()) and HOST.search(line):
            yield f"{path}:{number}: a host's name in a lock file"
        if not own and MACHINE.search(line) and not path.as_posix().startswith("tests/"):
            yield f"{path}:{number}: a path of somebody's machine"
        if not own and path.parts[0] in ("codestral_lsp", "editors") and LOOSE.search(line):
            yield f"{path}:{number}: a loose end"


def main() -> int:
    """Look at every tracked file."""
    found = [finding for path in files() for finding in findings(path)]
    sys.stderr.writelines(f"{finding}\n" for finding in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
