"""Generate: code from an instruction, a comment or an empty body, as one edit with the imports it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codestral_lsp.actions.checks import objection
from codestral_lsp.actions.edits import DocumentEdit, TextEdit
from codestral_lsp.actions.fences import CodeHearer, code_in, is_closed
from codestral_lsp.actions.fixing import fitted
from codestral_lsp.actions.grounding import shown, within
from codestral_lsp.actions.holes import Hole
from codestral_lsp.actions.imports import import_edit, split_imports
from codestral_lsp.actions.parts import Parts, sources
from codestral_lsp.actions.placing import squeezed
from codestral_lsp.actions.reading import Audience, Said
from codestral_lsp.actions.talk import Inquiry
from codestral_lsp.backends.base import Source
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Syntax
from codestral_lsp.document.text import Text
from codestral_lsp.errors import UselessAnswer

MAX_TOKENS = 900
_GIVEN = 0.25
"""How much of the room definitions may take."""
_NEARBY = 20
_MOST_NAMES = 60
_AROUND = 0.7
"""How much of the room goes to what stands above the place."""


@dataclass(frozen=True, slots=True)
class Generated:
    """Code that was written, as a checked edit."""

    code: str
    edit: DocumentEdit
    said: Said


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
    path = parts.lookup.shown(document)
    messages = parts.prompts.messages(
        "generate",
        {
            "language": syntax.language.name,
            "path": path,
            "before": "".join(text.lines[above : hole.first]).rstrip("\n"),
            "after": "".join(text.lines[hole.stop : below]).rstrip("\n"),
            "instruction": hole.instruction,
            "signature": hole.signature,
            "definitions": shown(given),
        },
    )
    quoted = (Source(path, above + 1, below), *sources(given))
    inquiry = Inquiry(messages, "Writing code", "generate", document.language, MAX_TOKENS, sources=quoted)
    said = await parts.talk.ask(engine, inquiry, audience=CodeHearer(audience), whole=is_closed)
    code = code_in(said.text)
    edit = _edit(code, hole, syntax)
    if edit is None:
        raise UselessAnswer("The model wrote no code.", cure="Say more of what you want, or use a stronger model.")
    if said.cut:
        raise UselessAnswer(f"The model was cut off: {said.cut}.", cure="Ask for less at once.")
    # Where there is no tree nothing can be checked; whoever asked for code reads it, and one undo takes it back.
    can_check = await parts.syntax.tree(document) is not None
    if can_check and (reason := await objection(edit, parts.syntax)):
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


def _lines_up(text: Text, line: int, budget: float, tokens: Callable[[str], float]) -> int:
    while line > 0 and (budget := budget - tokens(text.lines[line - 1])) > 0:
        line -= 1
    return line


def _lines_down(text: Text, line: int, budget: float, tokens: Callable[[str], float]) -> int:
    while line < len(text.lines) and (budget := budget - tokens(text.lines[line])) > 0:
        line += 1
    return line
