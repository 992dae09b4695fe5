"""Makes an edit of the fix that a model offers, and checks it; or says why it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from codestral_lsp.actions.checks import objection
from codestral_lsp.actions.edits import DocumentEdit, TextEdit, minimal
from codestral_lsp.actions.placing import quoted_lines, squeezed
from codestral_lsp.actions.target import Target
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.language import Language
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Range
from codestral_lsp.document.syntax import indentation
from codestral_lsp.document.text import Text

CHANGES_NOTHING = "the fix changes nothing"
_LIKE = 0.8
"""From here on two lines are versions of the same one."""
_ELLIPSIS = re.compile(r"^\s*(?:#|//|/\*)?\s*(?:\.\.\.|…)")


async def make_fix(fix: str, quoted: Range, target: Target, syntax: SyntaxKeeper) -> tuple[TextEdit | None, str]:
    """The checked edit that a fix for the quoted place means, or None and why there is none.

    The edit touches no line but the quoted ones.
    """
    said = quoted_lines(fix)
    if not said and fix.strip():
        return None, "the fix is no code"
    if _elides(said) and not _elides(target.text.splitlines()):
        return None, "the fix leaves something out"
    language = language_of(target.document.language, target.document.path or target.document.uri)
    reason = CHANGES_NOTHING
    for edit in _readings(said, quoted, target):
        if edit is None or _is_same(target.document.text, edit, language):
            continue
        if not _keeps_to(edit, quoted, target.document.text):
            reason = "it changes more than the quoted lines"
            continue
        reason = await objection(DocumentEdit(target.document, (edit,)), syntax, stays_inside=True)
        if not reason:
            return edit, ""
    return None, reason


def _readings(said: list[str], quoted: Range, target: Target) -> Iterator[TextEdit | None]:
    """What the fix may mean, the likeliest first: for the quoted part of a line, for the quoted lines, or for more of
    the function with the quoted lines in it. None where that would change nothing."""
    text = target.document.text
    first, last = quoted.start.line, quoted.end.line
    line = text.line(first)
    is_part = first == last and line[quoted.start.column : quoted.end.column].strip() != line.strip()
    if is_part and len(said) == 1:
        yield TextEdit(quoted, said[0].strip())
    start, stop = _region(said, quoted, target) or (first, last + 1)
    yield minimal(text, start, stop, _fitted(said, text, start))


def _region(said: Sequence[str], quoted: Range, target: Target) -> tuple[int, int] | None:
    """The lines that the fix gives anew, if it repeats lines around the quoted ones."""
    text = target.document.text
    if len(said) < 2:
        return None
    top, bottom = squeezed(said[0]), squeezed(said[-1])
    above = next(
        (line for line in range(quoted.start.line - 1, target.first - 1, -1) if squeezed(text.line(line)) == top), None
    )
    below = next(
        (line for line in range(quoted.end.line + 1, target.stop) if squeezed(text.line(line)) == bottom), None
    )
    if above is None and below is None:
        return None
    start = quoted.start.line if above is None else above
    stop = quoted.end.line + 1 if below is None else below + 1
    if above is None and bottom in ("}", "end", ")", "]") and below is not None:
        # The closer of the quoted block itself, most likely.
        return None
    return start, stop


def _keeps_to(edit: TextEdit, quoted: Range, text: Text) -> bool:
    """Whether the edit changes nothing but the quoted lines (or puts lines right before or behind them).

    New lines that are like the ones next to the quote are meant to replace those, and so reach too far.
    """
    if edit.span.start.line < quoted.start.line or edit.span.end.line > quoted.end.line + 1:
        return False
    neighbours = [squeezed(text.line(line)) for line in (quoted.start.line - 1, quoted.end.line + 1)]
    mine = [squeezed(text.line(line)) for line in range(quoted.start.line, quoted.end.line + 1)]
    new = [squeezed(line) for line in edit.text.splitlines()]
    if len(new) <= len(mine):
        return True
    return not any(
        len(line) > 3 and SequenceMatcher(None, line, neighbour).ratio() >= _LIKE and line not in mine
        for line in new
        for neighbour in neighbours
    )


def fitted(said: Sequence[str], wanted: str, end: str) -> list[str]:
    """Lines of a model with `wanted` as the first one's indentation, the others moved along, each with `end`."""
    if not said:
        return []
    given = said[0][: indentation(said[0])]
    lines = []
    for line in said:
        body = line.lstrip()
        blanks = line[: len(line) - len(body)]
        if not body:
            lines.append(end)
            continue
        if blanks.startswith(given):
            blanks = wanted + _as_there(blanks[len(given) :], wanted)
        else:
            short = len(given.expandtabs(4)) - len(blanks.expandtabs(4))
            blanks = wanted[: max(0, len(wanted) - short)] if "\t" not in wanted else wanted[: -((short + 3) // 4)]
        lines.append(blanks + body.rstrip() + end)
    return lines


def _fitted(said: Sequence[str], text: Text, first: int) -> list[str]:
    """The lines as they would stand at line `first`."""
    there = text.line(first)
    return fitted(said, there[: indentation(there)], text.lines[first][len(there) :] or text.line_end())


def _as_there(blanks: str, wanted: str) -> str:
    """Further indentation in the kind of blanks that the document has."""
    if wanted.startswith("\t"):
        return blanks.replace("    ", "\t")
    return blanks.replace("\t", "    ") if wanted.startswith(" ") else blanks


def _is_same(text: Text, edit: TextEdit, language: Language) -> bool:
    """Whether the edit changes nothing but blanks and comments."""
    start, end = edit.span.start.line, edit.span.end.line
    before = text.lines[start : end + 1]
    head, tail = before[0][: edit.span.start.column], before[-1][edit.span.end.column :]
    return _bare("".join(before), language) == _bare(head + edit.text + tail, language)


def _bare(code: str, language: Language) -> list[str]:
    """The code line by line without blanks at the ends, comments behind it and blank lines."""
    markers = "|".join(re.escape(marker) for marker in language.line_comments) or r"(?!)"
    lines = (squeezed(re.sub(rf"(?:^|\s)(?:{markers}).*$", "", line)) for line in code.splitlines())
    return [line for line in lines if line]


def _elides(lines: Sequence[str]) -> bool:
    """Whether something is left out ("...", "# rest as before"): then it is no text to put in place of another."""
    return any(_ELLIPSIS.match(line) for line in lines)
