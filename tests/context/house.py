"""A small workspace on disk, indexed, with a cursor in one of its files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from weakref import finalize

from codestral_lsp.backends.workspace.prediction import Likely
from codestral_lsp.context.gather import Gathered, gather
from codestral_lsp.context.indexer import Indexer
from codestral_lsp.context.place import Complaint, Hunk, Place, Snippet, SourceName, Visit
from codestral_lsp.context.store import index_file
from codestral_lsp.context.workspace import Workspace
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.text import Text
from codestral_lsp.indexing.job import Job
from codestral_lsp.privacy.ignore import IgnoreRules
from tests.notation import split


class House:
    """A workspace folder of these files; the one with a █ in it is open, with the cursor there."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root
        self.place: Place
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("█", ""), "utf-8")
            if "█" in text:
                self.place = self._place(path, text)
        index_dir = root / ".index"
        indexer = Indexer(root, Job(1, str(index_dir), (str(root),), (), 1000, 512, None), IgnoreRules())
        indexer.scan()
        indexer.close()
        self.workspace = Workspace([index_file(index_dir, root)], [root])
        finalize(self, self.workspace.close)

    @staticmethod
    def _place(path: Path, drawn: str) -> Place:
        before, after = split(drawn)
        lines, above = Text.of(before + after).lines, Text.of(before).lines
        column = len(above[-1])
        shown = range(max(0, len(above) - 20), len(above) + 20)
        return Place(str(path), language_of("", path), lines, len(above) - 1, column, shown, {str(path): lines})

    def expecting(self, *likely: Likely) -> None:
        """What the embedded engine expects at the cursor."""
        self.place = replace(self.place, likely=likely)

    def doing(
        self, *, edits: tuple[Hunk, ...] = (), visits: tuple[Visit, ...] = (), complaints: tuple[Complaint, ...] = ()
    ) -> None:
        """What the user has been doing."""
        self.place = replace(self.place, edits=edits, visits=visits, complaints=complaints)

    def gathered(self, *sources: SourceName, budget: int = 1000) -> Gathered:
        """What these sources find (all, if none is named)."""
        wanted: Collection[SourceName] = sources or tuple(SourceName)
        return gather(self.place, self.workspace, wanted, budget, lambda text: len(text) // 4, 60.0)

    def found(self, *sources: SourceName) -> dict[str, str]:
        """The texts that these sources find, by file; several of one file joined."""
        texts: dict[str, str] = {}
        for snippet in self.gathered(*sources).snippets:
            name = self.name(snippet)
            texts[name] = texts.get(name, "") + snippet.text
        return texts

    def name(self, snippet: Snippet) -> str:
        """A snippet's file, below the root."""
        return Path(snippet.path).relative_to(self.root).as_posix()
