"""Who knows what a name means elsewhere in the workspace. The index is one, open documents another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from codestral_lsp.document.document import Document


@dataclass(frozen=True, slots=True)
class Definition:
    """Where something is defined, and how it begins."""

    name: str
    path: str
    """As shown to models and users: relative to its workspace folder, with slashes."""
    line: int
    """From 0."""
    text: str
    """Its whole text or its first lines."""


@dataclass(frozen=True, slots=True)
class Use:
    """A line that uses a name."""

    path: str
    line: int
    """From 0."""
    text: str
    uri: str


class Lookup(Protocol):
    """Finds names in the workspace, without a model."""

    async def definitions(self, names: Sequence[str], document: Document) -> Sequence[Definition]:
        """Definitions of these names outside of `document`, the most likely one for each name first."""
        ...

    async def uses(self, name: str, document: Document) -> Sequence[Use]:
        """Where a name is called: in `document` first, then elsewhere."""
        ...

    def shown(self, document: Document) -> str:
        """A document's path as models and users see it: relative to its workspace folder, with slashes."""
        ...
