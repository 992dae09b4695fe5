"""codestral-lsp init EDITOR: what to write into an editor's configuration, and on request writing it."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.resources import files
from pathlib import Path

from codestral_lsp.errors import CodestralError, UsageError

CONFIGS = files("codestral_lsp.commands") / "configs"


HINTS = {
    "kate": "Into Settings > Configure Kate > LSP Client > User Server Settings, one entry for each language. Kate "
    "runs one server for a language: this one takes the place of the language's own.",
}
"""What a file that takes no comments cannot say by itself."""


def editors() -> dict[str, str]:
    """The editors by name, and the file's name of what each needs."""
    return dict(sorted((Path(entry.name).stem, entry.name) for entry in CONFIGS.iterdir()))


def config(editor: str) -> str:
    """What an editor needs. Raises UsageError for an editor that is not known."""
    known = editors()
    if editor not in known:
        raise UsageError(f"There is no configuration for {editor!r}.", cure=f"Use one of {', '.join(known)}.")
    return (CONFIGS / known[editor]).read_text("utf-8")


def place(editor: str, home: Path, config_home: Path) -> Path | None:
    """The file that is the editor's own for such a configuration; None if it has to go into one that holds more."""
    return {
        "helix": config_home / "helix" / "languages.toml",
        "coc": home / ".vim" / "coc-settings.json",
        "neovim": config_home / "nvim" / "after" / "plugin" / "codestral.lua",
        "neovim-lsp": config_home / "nvim" / "after" / "plugin" / "codestral.lua",
    }.get(editor)


def run(options: argparse.Namespace) -> int:
    """Print, or write. Exit code 2 if that cannot be done."""
    try:
        text = config(options.editor)
        if options.write:
            print(f"Written: {_write(options.editor, text)}")
        else:
            print(text, end="")
            if hint := HINTS.get(options.editor):
                print(hint, file=sys.stderr)
    except CodestralError as error:
        print(f"codestral-lsp: {error.message}", file=sys.stderr)
        return 2
    return 0


def _write(editor: str, text: str) -> Path:
    """Write the editor's file. Never touches one that is there: it may hold more than ours."""
    home = Path.home()
    config_home = Path(os.environ.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME") or home / ".config")
    target = place(editor, home, config_home)
    by_hand = f"Run codestral-lsp init {editor} and put what it prints where it says."
    if target is None:
        raise UsageError(f"The configuration for {editor} belongs into a file with other things in it.", cure=by_hand)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{target} is there already.", cure=by_hand) from None
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.", cure=by_hand) from None
    return target
