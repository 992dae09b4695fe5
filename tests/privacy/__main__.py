"""`python -m tests.privacy [-v]`: how many secrets are found, and look-alikes taken for one; with -v, which ones."""

from __future__ import annotations

import sys

from codestral_lsp.privacy.redaction import Vault
from codestral_lsp.privacy.secrets import find_secrets
from tests.privacy.corpus import Maker, Planted
from tests.privacy.held_out import HeldOut


def missed(planted: Planted) -> bool:
    """Whether a planted secret is left."""
    (text,), _ = Vault().redact([planted.text])
    return planted.secret in text


def main(words: list[str]) -> int:
    """Print one line for each lot."""
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
