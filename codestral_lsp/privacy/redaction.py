"""Takes secrets out of what leaves the machine, and puts them back into what returns.

A secret keeps its placeholder for the life of the process, so that prompts stay the same from key to key and a
server's cache stays good. The secrets live in memory only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_MOST = 10_000
"""Secrets that are remembered; who has more of them gets new placeholders for old ones."""
_PLACEHOLDER = re.compile(r"REDACTED_(\d+)_SECRET")
_LONGEST = len("REDACTED_99999_SECRET")


class Vault:
    """Secrets and the placeholders that stand for them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._secrets: dict[int, str] = {}
        self._count = 0

    def redact(self, texts: Iterable[str]) -> tuple[list[str], Counter[str]]:
        """The texts without their secrets, and how many of each kind there were."""
        kinds: Counter[str] = Counter()
        return [self._redact(text, kinds) for text in texts], kinds

    def _redact(self, text: str, kinds: Counter[str]) -> str:
        from codestral_lsp.privacy.secrets import (
            find_secrets,
        )  # its patterns take long to compile, and may not be wanted

        parts, at = [], 0
        for secret in find_secrets(text):
            kinds[secret.kind] += 1
            parts += [text[at : secret.start], self._placeholder(text[secret.start : secret.end])]
            at = secret.end
        return "".join([*parts, text[at:]]) if parts else text

    def _placeholder(self, secret: str) -> str:
        number = self._numbers.get(secret)
        if number is None:
            if len(self._numbers) >= _MOST:
                self._numbers.clear()
                self._secrets.clear()
            self._count += 1
            number = self._numbers[secret] = self._count
            self._secrets[number] = secret
        return f"REDACTED_{number}_SECRET"

    def holds(self, text: str) -> bool:
        """Whether a secret that was taken out stands in a text. May be called from any thread."""
        return any(secret in text for secret in tuple(self._numbers))

    def restore(self, text: str) -> str:
        """The text with its secrets back; a placeholder that is none of ours stays."""
        return _PLACEHOLDER.sub(lambda match: self._secrets.get(int(match[1]), match[0]), text)


class Restorer:
    """Puts secrets back into a stream, in which a placeholder may come in pieces."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be shown by now: all but what may turn out to be the beginning of a placeholder."""
        text = self._held + text
        at = text.rfind("R", max(0, len(text) - _LONGEST))
        while at >= 0 and not _may_begin(text[at:]):
            at = text.rfind("R", max(0, len(text) - _LONGEST), at)
        first = at
        while at >= 0:  # an earlier R may begin a longer one
            at = text.rfind("R", max(0, len(text) - _LONGEST), at)
            if at >= 0 and _may_begin(text[at:]):
                first = at
        self._held = text[first:] if first >= 0 else ""
        return self._vault.restore(text[:first] if first >= 0 else text)

    def end(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._vault.restore(held)


_BEGINNING = re.compile(
    r"R(?:E(?:D(?:A(?:C(?:T(?:E(?:D(?:_(?:\d+(?:_(?:S(?:E(?:C(?:R(?:E)?)?)?)?)?)?)?)?)?)?)?)?)?)?)?"
)


def _may_begin(text: str) -> bool:
    """Whether a text is the beginning of a placeholder, and not yet all of it."""
    return _BEGINNING.fullmatch(text) is not None
