"""Cuts an answer off where it runs into a licence header."""

from __future__ import annotations

import re

from codestral_lsp.completion.surroundings import Extent, Surroundings

_LICENCE = re.compile(
    r"copyright\s*(?:\(c\)|©|\d{4})|licen[sc]ed under|SPDX-License|all rights reserved|permission is hereby granted"
    r"|redistribution and use in source",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|--|;|%|<!--|\"\"\"|''')")


def cut_at_licence(text: str, around: Surroundings, extent: Extent) -> str:
    """The text up to the comment that makes up a licence, unless the user is writing one."""
    if _LICENCE.search(around.head) or any(map(_LICENCE.search, around.above[-3:])):
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        whole = around.head + line if number == 0 else line
        if _LICENCE.search(line) and _COMMENT.match(whole):
            while number and _COMMENT.match(lines[number - 1]):
                number -= 1
            return "\n".join(lines[:number]).rstrip()
    return text
