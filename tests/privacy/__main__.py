"""`python -m tests.privacy [-v]`: how many secrets are found, and look-alikes taken for one; with -v, which ones.

`python -m tests.privacy FOLDER …`: what is taken for a secret in the folders' files, where hardly any is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from codestral_lsp.privacy.redaction import Vault
from codestral_lsp.privacy.secrets import find_secrets
from tests.privacy.corpus import Maker, Planted
from tests.privacy.held_out import HeldOut

_TEXTS = frozenset(".py .js .ts .json .md .yaml .yml .toml .cfg .sh .txt .c .h .xml .html".split())  # noqa: SIM905


def missed(planted: Planted) -> bool:
    """Whether a planted secret is left."""
    (text,), _ = Vault().redact([planted.text])
    return planted.secret in text


def in_files(folders: list[Path]) -> str:
    """How many texts are taken for a secret in real files of up to 300 kB."""
    lines = found = count = 0
    for file in (file for folder in folders for file in sorted(folder.rglob("*"))):
        if file.suffix not in _TEXTS or file.is_symlink() or not file.is_file() or file.stat().st_size > 300_000:
            continue
        text = file.read_text("utf-8", "replace")
        count, lines, found = count + 1, lines + text.count("\n"), found + len(find_secrets(text))
    return f"{count} files, {lines} lines: {found} texts taken for a secret"


def main(words: list[str]) -> int:
    """Print one line for each lot."""
    if folders := [Path(word) for word in words if word != "-v"]:
        print(in_files(folders))
        return 0
    for name, seeds in (("corpus", (1, 2, 3)), ("first try", (11, 12, 13)), ("second try", (11, 12, 13))):
        secrets: list[Planted] = []
        texts: list[str] = []
        for seed in seeds:
            if name == "corpus":
                secrets += Maker(seed).secrets(rounds=4)
                texts += Maker(seed).look_alikes(500)
            elif name == "first try":
                secrets += HeldOut(seed).secrets()
                texts += HeldOut(seed).look_alikes()
            else:
                secrets += HeldOut(seed).more_secrets()
                texts += HeldOut(seed).more_look_alikes()
        left = [planted for planted in secrets if missed(planted)]
        alarms = [text for text in texts if find_secrets(text)]
        print(
            f"{name:10}  {len(secrets)} secrets of {len({each.kind for each in secrets})} kinds: "
            f"{100 - 100 * len(left) / len(secrets):.1f} % found; "
            f"{len(texts)} look-alikes: {100 * len(alarms) / len(texts):.1f} % taken for one"
        )
        if "-v" in words:
            for planted in left:
                print(f"  missed: {planted.kind}: {planted.text!r}"[:160])
            for text in alarms:
                print(f"  alarm: {text!r}"[:160])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
