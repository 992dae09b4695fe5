"""Packs the Neovim plugin for people without a plugin manager: `python -m tools.neovim_archive FOLDER`.

Unpacked into a folder of Neovim's `packpath` (`~/.local/share/nvim/site`) it is there at the next start.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from codestral_lsp import __version__

PLUGIN = Path(__file__).parents[1] / "editors" / "neovim"


def pack(folder: Path) -> Path:
    """Write the archive; the helptags are for Neovim to make."""
    archive = folder / f"codestral-lsp-neovim-{__version__}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for file in sorted(PLUGIN.rglob("*")):
            name = file.relative_to(PLUGIN)
            if file.is_file() and name.parts[0] in ("lua", "lsp", "plugin", "doc", "README.md") and file.name != "tags":
                bundle.write(file, f"pack/codestral/start/codestral/{name.as_posix()}")
    return archive


if __name__ == "__main__":
    print(pack(Path(sys.argv[1])))  # noqa: T201
