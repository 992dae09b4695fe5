"""Edits of one document at one version, and what becomes of them when the text has moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codestral_lsp.document.document import Document
from codestral_lsp.document.parsing import hunks
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Text, without_line_end
from codestral_lsp.errors import StaleEdit


@dataclass(frozen=True, slots=True)
class TextEdit:
    """`text` in place of `span`."""

    span: Range
    text: str


@dataclass(frozen=True, slots=True)
class DocumentEdit:
    """Edits of a document that belong together: applied in one step, undone in one step. They do not overlap."""

    document: Document
    """The version they were made for."""
    edits: tuple[TextEdit, ...]

    def applied(self) -> Text:
        """The text with the edits."""
        text = self.document.text
        for edit in sorted(self.edits, key=lambda edit: edit.span.start, reverse=True):
            text, _ = text.replace(edit.span, edit.text)
        return text

    def new_lines(self) -> list[tuple[int, int]]:
        """The lines that the edits write, in the text with the edits: each first and the one behind the last."""
        found, shift = [], 0
        for edit in sorted(self.edits, key=lambda edit: edit.span.start):
            first, written = edit.span.start.line + shift, edit.text.count("\n")
            found.append((first, first + written + (not edit.text.endswith("\n"))))
            shift += written - (edit.span.end.line - edit.span.start.line)
        return found

    def moved_to(self, document: Document) -> DocumentEdit:
        """The same edits on a newer version. Raises StaleEdit if the lines they are about have changed meanwhile."""
        if document.text is self.document.text or document.text.lines == self.document.text.lines:
            return replace(self, document=document)
        changed = hunks(self.document.text.lines, document.text.lines)
        edits = []
        for edit in self.edits:
            shift = 0
            last = edit.span.end.line - (edit.span.end.column == 0 and edit.span.end != edit.span.start)
            for hunk in changed:
                if hunk.old_stop <= edit.span.start.line:
                    shift += hunk.new_stop - hunk.old_stop
                elif hunk.first <= last:
                    first = edit.span.start.line
                    where = f"line {first + 1}" if first == last else f"lines {first + 1} to {last + 1}"
                    raise StaleEdit(
                        f"The text has changed at {where} since the edit was made.", cure="Ask for it again."
                    )
            start, end = edit.span.start, edit.span.end
            moved = Range(Position(start.line + shift, start.column), Position(end.line + shift, end.column))
            edits.append(TextEdit(moved, edit.text))
        return DocumentEdit(document, tuple(edits))


def minimal(text: Text, first: int, stop: int, lines: Sequence[str]) -> TextEdit | None:
    """The edit that makes the lines `first` up to `stop` these ones, without what stays as it is. None if all does.

    All lines have their line ends (but for the text's last, perhaps).
    """
    old, lines = text.lines[first:stop], list(lines)
    if stop == len(text.lines) and lines:
        # The text's last line has no end, and gets none.
        lines[-1] = without_line_end(lines[-1])
    head = 0
    while head < min(len(old), len(lines)) and old[head] == lines[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(lines)) - head and old[-1 - tail] == lines[-1 - tail]:
        tail += 1
    if head == len(old) == len(lines):
        return None
    start, end = first + head, stop - tail
    span = Range(Position(start, 0), Position(end, 0) if end < len(text.lines) else text.end)
    return TextEdit(span, "".join(lines[head : len(lines) - tail]))
