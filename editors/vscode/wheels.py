"""Fills wheels/ with what the extension installs its server from: the server's own wheel and all that it needs.

    python editors/vscode/wheels.py [TARGET | --here]

TARGET is a platform as VS Code names it (`linux-x64`); by default this machine's, whose name `--here` prints. Versions
and hashes are those of requirements.lock. Wheels for every Python that the server supports go in, so that the user's
own will do.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
WHEELS = Path(__file__).with_name("wheels")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

_GLIBC = ("manylinux_2_28", "manylinux2014", "manylinux_2_17", "manylinux_2_5", "manylinux1")
TARGETS = {
    "linux-x64": tuple(f"{name}_x86_64" for name in _GLIBC),
    "linux-arm64": tuple(f"{name}_aarch64" for name in _GLIBC),
    "alpine-x64": ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64"),
    "darwin-x64": ("macosx_12_0_x86_64", "macosx_10_13_x86_64", "macosx_10_9_x86_64"),
    "darwin-arm64": ("macosx_12_0_arm64", "macosx_11_0_arm64"),
    "win32-x64": ("win_amd64",),
    "win32-arm64": ("win_arm64",),
}
"""VS Code's platforms, and what pip calls them, the newest first."""


def needed(package: str = "codestral-lsp") -> set[str]:
    """All that a package needs to run on any platform, extras left out."""
    found: set[str] = set()

    def walk(name: str) -> None:
        try:
            requirements = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            return  # needed on another platform only
        for each in requirements:
            dependency = canonicalize_name(each.name)
            if "extra ==" not in str(each.marker) and dependency not in found:
                found.add(dependency)
                walk(dependency)

    walk(package)
    return found


def pinned(names: set[str]) -> Iterator[str]:
    """The entries of requirements.lock for some packages, whatever the platform; hashes and all."""
    for entry in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8")):
        name = re.match(r"[A-Za-z0-9_.-]+", entry)
        if name and canonicalize_name(name[0]) in names:
            yield re.sub(r" ; .*?(?= \\\n)", "", entry.rstrip())


def fill(target: str) -> None:
    """Replace what is in wheels/ with the wheels for one platform. Raises CalledProcessError if they cannot be had."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(WHEELS), str(ROOT)]
    subprocess.run(build, check=True)
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, "requirements.txt")
        lock.write_text("\n".join(pinned(needed() - _elsewhere(target))) + "\n", "utf-8")
        platforms = [f"--platform={name}" for name in TARGETS[target]]
        for version in PYTHONS:
            choice = [*platforms, f"--python-version={version}", "--implementation=cp", "--only-binary=:all:"]
            fetch = [*pip, "download", *choice, "--no-deps", "--require-hashes", "-r", str(lock), "-d", str(WHEELS)]
            subprocess.run(fetch, check=True)


def _elsewhere(target: str) -> set[str]:
    """What is needed on other platforms only."""
    return {"httpx2-jsfetch"} | (set() if target.startswith("win32") else {"colorama"})


def here() -> str:
    """This machine's platform."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    return f"{sys.platform}-{machine.lower()}"


def main() -> None:
    """Fill wheels/ and say what is in it."""
    target = sys.argv[1] if len(sys.argv) > 1 else here()
    if target == "--here":
        print(here())  # noqa: T201
        return
    if target not in TARGETS:
        raise SystemExit(f"{target} is not one of {', '.join(TARGETS)}")
    fill(target)
    wheels = sorted(WHEELS.glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels) / 1e6
    print(f"{len(wheels)} wheels for {target}, {size:.1f} MB")  # noqa: T201


if __name__ == "__main__":
    main()
