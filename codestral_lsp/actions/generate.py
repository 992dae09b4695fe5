"""Generate: code from an instruction, a comment or an empty body, as one edit with the imports it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from codestral_lsp.actions.checks import objection
from codestral_lsp.actions.edits import DocumentEdit, TextEdit
from codestral_lsp.actions.fences import CodeHearer, code_in, is_closed
from codestral_lsp.actions.fixing import fitted
from codestral_lsp.actions.grounding import shown, within
from codestral_lsp.actions.imports import import_edit, split_imports
from codestral_lsp.actions.parts import Parts
from codestral_lsp.actions.placing import squeezed
from codestral_lsp.actions.talk import Audience, Said
from codestral_lsp.document.document import Document
from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Syntax, indentation
from codestral_lsp.document.text import Text
from codestral_lsp.errors import NoTarget, UselessAnswer

MAX_TOKENS = 900
_PLACEHOLDER = re.compile(r"\s*(?:pass|\.\.\.|raise NotImplemented\w*\b.*|(?:todo|unimplemented)!\(.*\);?)\s*(?:#.*)?$")
_GIVEN = 0.25
"""How much of the room definitions may take."""
_NEARBY = 20
_MOST_NAMES = 60
_AROUND = 0.7
"""How much of the room goes to what stands above the place."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Where new code goes: in place of the lines `first` up to `stop` (none, where they are equal)."""

    document: Document
    first: int
    stop: int
    indentation: str
    instruction: str
    signature: str = ""
    """Of the function whose empty body this is."""


@dataclass(frozen=True, slots=True)
class Generated:
    """Code that was written, as a checked edit."""

    code: str
    edit: DocumentEdit
    said: Said


def hole_at(syntax: Syntax, document: Document, span: Range, instruction: str = "") -> Hole:
    """The hole that a cursor or selection means. Raises NoTarget if nothing says what to write there."""
    text = document.text
    if span.start != span.end:
        stop = span.end.line + (span.end.column > 0 or span.end.line == span.start.line)
        if not instruction:
            raise NoTarget("Nothing says what to write.", cure="Say what the selected lines shall become.")
        return Hole(document, span.start.line, stop, _blanks(text, span.start.line), instruction)
    line = span.start.line
    if (comment := comment_at(syntax, line)) is not None and not instruction:
        first, stop, words = comment
        return Hole(document, stop, stop, _blanks(text, first), words)
    if (body := _empty_body(syntax, document, line)) is not None:
        return replace(body, instruction=instruction or "what its name and documentation say")
    if not instruction:
        raise NoTarget(
            f"Nothing at line {line + 1} says what to write.",
            cure="Put the cursor on a comment or in an empty body, or give an instruction.",
        )
    if not text.line(line).strip():
        return Hole(document, line, line + 1, text.line(line) or _blanks_near(text, line), instruction)
    return Hole(document, line + 1, line + 1, _blanks_near(text, line + 1), instruction)


def comment_at(syntax: Syntax, line: int) -> tuple[int, int, str] | None:
    """The comment that is all there is on a line, with those on the lines around it: its lines and its words."""
    if not _is_comment(syntax, line):
        return None
    first, stop = line, line + 1
    while first > 0 and _is_comment(syntax, first - 1):
        first -= 1
    while stop < len(syntax.text.lines) and _is_comment(syntax, stop):
        stop += 1
    marks = r"^\s*(?:#+|//+!?|/\*+|\*+/|\*|--|;+)?\s?|\s*\*+/\s*$"
    words = " ".join(re.sub(marks, "", syntax.text.line(number)).strip() for number in range(first, stop)).strip()
    words = re.sub(r"^(?:TOD[O]|FIXM[E])\b:?\s*", "", words)
    return (first, stop, words) if words else None


async def generate(parts: Parts, hole: Hole, audience: Audience) -> Generated:
    """Write the code. Raises NoChat, BackendError, and UselessAnswer if what the model wrote cannot stand there."""
    engine = await parts.talk.engine()
    document, text = hole.document, hole.document.text
    syntax = await parts.syntax.syntax(document)
    room = max(200.0, parts.talk.budget(engine, MAX_TOKENS) - 300.0)
    tokens = engine.counter.line
    given = within(await parts.lookup.definitions(_names(hole), document), room * _GIVEN, tokens)
    room -= sum(tokens(line) for each in given for line in each.text.splitlines(keepends=True))
    above = _lines_up(text, hole.first, room * _AROUND, tokens)
    below = _lines_down(text, hole.stop, room * (1 - _AROUND), tokens)
    messages = parts.prompts.messages(
        "generate",
        {
            "language": syntax.language.name,
            "path": parts.lookup.shown(document),
            "before": "".join(text.lines[above : hole.first]).rstrip("\n"),
            "after": "".join(text.lines[hole.stop : below]).rstrip("\n"),
            "instruction": hole.instruction,
            "signature": hole.signature,
            "definitions": shown(given),
        },
    )
    said = await parts.talk.ask(
        engine,
        messages,
        title="Writing code",
        kind="generate",
        language=document.language,
        max_tokens=MAX_TOKENS,
        audience=CodeHearer(audience),
        whole=is_closed,
    )
    code = code_in(said.text)
    edit = _edit(code, hole, syntax)
    if edit is None:
        raise UselessAnswer("The model wrote no code.", cure="Say more of what you want, or use a stronger model.")
    if said.cut:
        raise UselessAnswer(f"The model was cut off: {said.cut}.", cure="Ask for less at once.")
    if reason := await objection(edit, parts.syntax):
        raise UselessAnswer(
            f"What the model wrote cannot stand there: {reason}.", cure="It is shown above; take what you can use."
        )
    return Generated(code, edit, said)


def _names(hole: Hole) -> list[str]:
    """The names that new code will probably use: those in the instruction, then those on the lines around."""
    lines = hole.document.text.lines[max(0, hole.first - _NEARBY) : hole.stop + _NEARBY // 2]
    words = re.findall(r"[^\W\d]\w{2,}", " ".join((hole.instruction, hole.signature, *lines)))
    return list(dict.fromkeys(words))[:_MOST_NAMES]


def _edit(code: str, hole: Hole, syntax: Syntax) -> DocumentEdit | None:
    """The code and its imports as edits; None if there is no code."""
    text = hole.document.text
    imports, lines = split_imports(code.splitlines(), syntax.language)
    lines = _without_frame(lines, hole, text)
    if not any(line.strip() for line in lines):
        return None
    written = fitted(lines, hole.indentation, text.line_end())
    end_of_text = hole.first >= len(text.lines)
    start = text.end if end_of_text else Position(hole.first, 0)
    stop = Position(hole.stop, 0) if hole.stop < len(text.lines) else text.end
    new = "".join(written)
    if end_of_text and text.lines[-1]:
        new = text.line_end() + new
    edits = [TextEdit(Range(start, max(start, stop)), new)]
    if imports and (more := import_edit(imports, syntax)) is not None:
        edits.insert(0, more)
    return DocumentEdit(hole.document, tuple(edits))


def _without_frame(lines: Sequence[str], hole: Hole, text: Text) -> list[str]:
    """The new lines without those that the file has already: the comment or the header above, the line below."""
    kept = [line.rstrip() for line in lines]
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    above = {
        squeezed(text.line(line)) for line in range(max(0, hole.first - 12), hole.first) if text.line(line).strip()
    }
    header = squeezed(hole.signature)
    dropped_header = False
    while len(kept) > 1 and (squeezed(kept[0]) in above or (header and squeezed(kept[0]).startswith(header))):
        dropped_header = dropped_header or bool(header and squeezed(kept[0]).startswith(header))
        kept.pop(0)
    below = next(
        (squeezed(text.line(line)) for line in range(hole.stop, len(text.lines)) if text.line(line).strip()), ""
    )
    if kept and below and squeezed(kept[-1]) == below and (dropped_header or below not in ("}", "end")):
        kept.pop()
    return kept


def _empty_body(syntax: Syntax, document: Document, line: int) -> Hole | None:
    """The empty body around a line: nothing at all, or what stands for nothing (`pass`, `...`)."""
    text = document.text
    end = Position(line, len(text.line(line)))
    functions = [scope for scope in syntax.scopes(end) if scope.kind is ScopeKind.FUNCTION]
    if not functions:
        return None
    scope = functions[0]
    signature = text.slice(scope.header).strip()
    inside = range(scope.range.start.line, min(scope.range.end.line + 1, len(text.lines)))
    placeholder = next((number for number in inside if _PLACEHOLDER.match(text.line(number))), None)
    if placeholder is not None and _only(syntax, scope.range, placeholder):
        return Hole(document, placeholder, placeholder + 1, _blanks(text, placeholder), "", signature)
    if not syntax.place(end).empty_body:
        return None
    inner = _blanks(text, scope.range.start.line) + _unit(text)
    if not text.line(line).strip():
        return Hole(document, line, line + 1, inner, "", signature)
    return Hole(document, line + 1, line + 1, inner, "", signature)


def _only(syntax: Syntax, span: Range, line: int) -> bool:
    """Whether a placeholder is all the code there is in the body."""
    text = syntax.text
    before = syntax.code_before(Position(line, 0))
    opened = before is not None and text.line(before.line)[: before.column + 1].rstrip().endswith((":", "{"))
    after = syntax.code_after(Position(line, len(text.line(line))))
    closed = after is None or after >= span.end or text.line(after.line)[after.column :].strip() in ("}", "end")
    return opened and closed


def _is_comment(syntax: Syntax, line: int) -> bool:
    content = syntax.text.line(line)
    if not content.strip():
        return False
    inside = Position(line, indentation(content))
    span = syntax.prose(inside)
    return (
        span is not None
        and span.start.line <= line
        and not syntax.text.line(span.start.line)[: span.start.column].strip()
        and not content.lstrip().startswith(('"', "'"))
    )


def _blanks(text: Text, line: int) -> str:
    content = text.line(line)
    return content[: indentation(content)]


def _blanks_near(text: Text, line: int) -> str:
    above = next((number for number in range(line - 1, -1, -1) if text.line(number).strip()), None)
    if above is None:
        return ""
    deeper = text.line(above).rstrip().endswith((":", "{", "(", "["))
    return _blanks(text, above) + (_unit(text) if deeper else "")


def _unit(text: Text) -> str:
    """One step of indentation: a tab, or the smallest step of spaces in the text; four spaces where there is none."""
    steps = set()
    for line in text.lines[:2000]:
        if line.startswith("\t"):
            return "\t"
        if line.startswith(" ") and line.strip() and not line.lstrip().startswith("*"):
            steps.add(indentation(line))
    return " " * min((step for step in steps if step > 1), default=4)


def _lines_up(text: Text, line: int, budget: float, tokens: Callable[[str], float]) -> int:
    while line > 0 and (budget := budget - tokens(text.lines[line - 1])) > 0:
        line -= 1
    return line


def _lines_down(text: Text, line: int, budget: float, tokens: Callable[[str], float]) -> int:
    while line < len(text.lines) and (budget := budget - tokens(text.lines[line])) > 0:
        line += 1
    return line
