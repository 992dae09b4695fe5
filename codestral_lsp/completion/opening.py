"""Where an answer says again what stands before the cursor on its line: the blanks, or a word that was begun."""

from __future__ import annotations

import re

from codestral_lsp.completion.surroundings import OPENERS, Surroundings, indentation_of

_WORD_END = re.compile(r"\w+\Z")
_WORD = re.compile(r"\w+")
_TELLING = 3
"""A word with fewer characters may well begin as the one before it ends."""


def said_before(text: str, around: Surroundings) -> int:
    """How many characters at the beginning of an answer are not wanted."""
    return doubled_blanks(text, around) or begun_word(text, around)


def doubled_blanks(text: str, around: Surroundings) -> int:
    """Blanks of the answer behind an indentation that stands already.

    Models often write one too many, or all of them again. They are wanted where the line is as deep with them as the
    lines above allow, and not without them.
    """
    if not around.head or around.head.strip():
        return 0
    blanks = len(text) - len(text.lstrip(" \t"))
    if not blanks or text[blanks : blanks + 1] == "\n":
        return 0
    stands, with_them = indentation_of(around.head), indentation_of(around.head + text[:blanks])
    above = around.line_above
    if above.rstrip().endswith(OPENERS):
        depth = indentation_of(above)
        expected = depth + (indentation_of(around.indentation_unit) or 4)
        is_wanted = with_them == expected if expected in (stands, with_them) else stands <= depth
    else:
        levels = {indentation_of(line) for line in around.above if line.strip()}
        is_wanted = stands not in levels and with_them in levels
    return 0 if is_wanted else blanks


def begun_word(text: str, around: Surroundings) -> int:
    """The part of a word that stands before the cursor, if the answer writes the whole word.

    A cursor in the middle of a word cuts its token in two, and some models then begin it anew.
    """
    begun, word = _WORD_END.search(around.head), _WORD.match(text)
    if begun is None or word is None or not word[0].startswith(begun[0]) or len(word[0]) < _TELLING:
        return 0
    if len(word[0]) == len(begun[0]) or begun[0].isdigit():
        return 0
    both = re.compile(rf"\b{re.escape(begun[0] + word[0])}\b")
    return 0 if any(map(both.search, (*around.above, *around.below))) else len(begun[0])
