"""Code as a bag of identifiers, for finding code that is like other code."""

from __future__ import annotations

import re
from collections import Counter
from zlib import crc32

WORD = re.compile(r"[A-Za-z_]\w*")
SHORTEST = 3
"""Characters of an identifier that tells anything."""

_STOP = """
    and any arguments array as assert async await boolean break byte bytes case catch char class const continue def
    default del delete dict do double each elif else elsif end ensure enum err error except export extends false False
    final finally float fn for foreach from func function global goto if impl implements import in include instanceof
    int interface is isinstance lambda len let list local long match mod module mut namespace new nil None nonlocal not
    null number object of or package pass print private protected pub public raise range rescue return Self self set
    short sizeof static str string String struct super switch template then this throw throws True true try tuple type
    typedef typeof undefined union unless unsigned until use using val var virtual void when where while with yield
"""
STOP = frozenset(_STOP.split())
"""Words of the languages themselves, and those that stand everywhere."""


def words(text: str) -> Counter[str]:
    """How often each identifier stands in `text`; the languages' own words are left out."""
    return Counter(word for word in WORD.findall(text) if len(word) >= SHORTEST and word not in STOP)


def code(word: str) -> int:
    """An identifier as a number, the same in every process."""
    return crc32(word.encode("utf-8", "replace"))
