"""The question that will be asked when what is shown has been taken."""

from __future__ import annotations

import re
from dataclasses import replace

from codestral_lsp.completion.request import CompletionRequest, Suggestion, Trigger
from codestral_lsp.document.document import Change
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.text import Edit, Text

_UNIT_LINES = 200
"""Lines in which to look for how deep one step of indentation is."""


def taken(request: CompletionRequest, shown: Suggestion) -> tuple[CompletionRequest, Change]:
    """The request as it will be when `shown` has been taken, and the change that this makes.

    Where that leaves the cursor at the end of a line, Enter is taken to follow, with the indentation that editors give
    to the next line.
    """
    document = request.document
    text, edit = document.text.replace(shown.range, shown.text)
    edits: tuple[Edit, ...] = (edit,)
    cursor = edit.new_end
    line = text.line(cursor.line)
    if line.strip() and not line[cursor.column :].strip():
        language = language_of(document.language, document.path or document.uri)
        deeper = _unit(text, cursor.line) if re.search(language.opener, line.rstrip()) else ""
        indentation = line[: len(line) - len(line.lstrip())]
        text, edit = text.replace(Range(cursor, cursor), text.line_end() + indentation + deeper)
        edits = (*edits, edit)
        cursor = Position(edit.new_end.line, edit.new_end.column)
    after = replace(document, text=text, version=document.version + 1)
    follow_up = replace(request, document=after, cursor=cursor, trigger=Trigger.AUTOMATIC, selected=None)
    return follow_up, Change(document, after, edits)


def _unit(text: Text, around: int) -> str:
    """One step of indentation: a tab, or as many blanks as the least indented of the lines near by."""
    widths = []
    for number in range(max(0, around - _UNIT_LINES), min(len(text.lines), around + _UNIT_LINES)):
        line = text.line(number)
        if line.startswith("\t"):
            return "\t"
        width = len(line) - len(line.lstrip(" "))
        if width > 1 and line.strip():
            widths.append(width)
    return " " * min(widths, default=4)
