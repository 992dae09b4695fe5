"""Makes a suggestion that editors can draw and insert without harm."""

from __future__ import annotations

from codestral_lsp.completion.request import CompletionRequest, Suggestion
from codestral_lsp.document.position import Position, Range
from codestral_lsp.prompt.closers import consumed, only_closers


def suggestion(request: CompletionRequest, answer: str, number: int) -> Suggestion | None:
    """`answer`, which continues the text at the request's cursor, as an item; None if nothing new is left of it.

    Editors draw ghost text only if the item keeps every character it replaces: it begins with the text before the
    cursor, and of the closers behind the cursor it takes those that the answer itself contains.
    """
    if request.selected is not None:
        return _extending_selection(request, answer, number)
    line = request.document.text.line(request.cursor.line)
    head, rest = line[: request.cursor.column], line[request.cursor.column :]
    taken = consumed(answer, rest) if only_closers(rest) else 0
    if taken and request.inserts_only:
        answer, taken = _without_closers(answer, rest[:taken]), 0
    start = _behind_surrogates(head)
    span = Range(Position(request.cursor.line, start), Position(request.cursor.line, request.cursor.column + taken))
    text = head[start:] + with_line_ends(answer, request)
    return Suggestion(span, text, len(head) - start, number) if answer.strip() else None


def _behind_surrogates(head: str) -> int:
    """The column behind the last character that is two units in UTF-16: VS Code draws nothing over such a character."""
    return max((column + 1 for column, character in enumerate(head) if ord(character) > 0xFFFF), default=0)


def _extending_selection(request: CompletionRequest, answer: str, number: int) -> Suggestion | None:
    """With the suggestion list open the range is the selected entry's: closers cannot be replaced; leave them out."""
    assert request.selected is not None
    line = request.document.text.line(request.cursor.line)
    rest = line[request.cursor.column :]
    if only_closers(rest) and (taken := consumed(answer, rest)):
        answer = _without_closers(answer, rest[:taken])
    text = request.selected.text + with_line_ends(answer, request)
    typed = len(request.selected.text)
    return Suggestion(request.selected.range, text, typed, number) if answer.strip() else None


def _without_closers(answer: str, behind: str) -> str:
    """The answer without the closers at its end that stand behind the cursor; empty if they are not at its end."""
    closers = behind.replace(" ", "")
    return answer.removesuffix(closers) if answer.endswith(closers) else ""


def with_line_ends(answer: str, request: CompletionRequest) -> str:
    """The answer with the document's own line ends."""
    line_end = request.document.text.line_end()
    return answer if line_end == "\n" else answer.replace("\n", line_end)
