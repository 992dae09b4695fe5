"""Claims that the code itself disproves. Small models like to say of a name that it is not there.

Only what names alone can decide is decided here; any other untruth with a good quote goes through.
"""

from __future__ import annotations

import re

from codestral_lsp.actions.target import Target
from codestral_lsp.document.position import Position
from codestral_lsp.document.syntax import Lexical, Syntax, indentation

_NAME = r"[`'\"]?(?<![\w.])([A-Za-z_$][\w$]*)[`'\"]?"
_NOT = r" (?:is|was|has) (?:not|never) (?:been )?"
_UNKNOWN = re.compile(_NAME + _NOT + r"(?:defined|declared)\b")
_UNUSED = re.compile(
    _NAME + _NOT + r"used\b(?! (?:in|inside|within|by|as|for|to|when|with|on|after|before|correctly)\b)"
)
_LAST = re.compile(r"[.;]|, (?:so|which|and)\b")


def is_refuted(why: str, quoted: int, target: Target, syntax: Syntax) -> bool:
    """Whether a claim about a line of the document says what names disprove: that one is not defined which stands
    further up in the same block or in one around it, or that one is not used which stands on further lines."""
    said = _LAST.split(why)[0]
    for match in _UNKNOWN.finditer(said):
        if any(line < quoted and _reaches(line, quoted, target) for line in _lines_with(match[1], target, syntax)):
            return True
    return any(len(_lines_with(match[1], target, syntax)) > 1 for match in _UNUSED.finditer(said))


def _lines_with(name: str, target: Target, syntax: Syntax) -> list[int]:
    """The target's lines with a name in their code."""
    word = re.compile(rf"(?<![\w$.]){re.escape(name)}(?![\w$])")
    return [
        number
        for number in range(target.first, target.stop)
        if any(
            syntax.lexical(Position(number, found.start() + 1)) is Lexical.CODE
            for found in word.finditer(target.document.text.line(number))
        )
    ]


def _reaches(first: int, last: int, target: Target) -> bool:
    """Whether what a line makes known is known at a later line, as far as indentation tells: a block's own names end
    with it."""
    text = target.document.text
    line = text.line(first).rstrip()
    between = [text.line(number) for number in range(first + 1, last + 1)]
    least = min(indentation(each) for each in between if each.strip())
    return least > indentation(line) if line.endswith((":", "{")) else least >= indentation(line)
