"""Files and classes in outline: their definitions' heads, one on a line, those that matter here spelled out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from codestral_lsp.context.tags import Definition
from codestral_lsp.document.language import Language

SPELLED = 16
"""Members with their whole head; of the others only the names."""
LISTED = 40
"""Names of other members."""
_WIDE = 110
"""Characters of a head."""
_STEP = "    "
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__construct"})
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_DECORATED = re.compile(r"((?:@[\w.]+ )+)(?=(?:async )?def |class )")
_SAME_AGAIN = re.compile(r"@overload |@[\w.]+\.(?:setter|deleter) ")
"""Begins a definition that says little more than another of the same name."""


def outline(
    definitions: Sequence[Definition], of: Definition, near: Collection[str], used: Collection[str], language: Language
) -> str:
    """A class with its members, as a stub of it would be written."""
    members = [each for each in definitions if each.container == of.name and each.line >= 0 and each.kind != "impl"]
    head, inner = head_of(of, language, ""), _members(members, near, used, language, _STEP)
    if language.indented:
        return f"{head}\n{inner}" if inner else f"{head} ...\n"
    return f"{head.removesuffix(';')} {{\n{inner}}}\n" if inner else f"{head}\n"


def top_of(definitions: Sequence[Definition], near: Collection[str], used: Collection[str], language: Language) -> str:
    """A file's own definitions, without their members."""
    own = [each for each in definitions if not each.container and each.name != "__all__"]
    return _members(own, near, used, language, "")


def skeleton(definitions: Sequence[Definition], language: Language) -> str:
    """The heads of all these definitions, members below what they are in."""
    return "".join(_line(each, language, _STEP if each.container else "") for each in _told(definitions))


def head_of(definition: Definition, language: Language, indentation: str) -> str:
    """A definition's head; a decorator stands on a line of its own."""
    head = definition.signature
    if definition.kind in ("constant", "field"):
        head = head.removeprefix("self.")
        if head[-1:] in "([{":
            head = head[:-1].rstrip(" =")
    head = head.rstrip(" {")
    if language.name == "go" and definition.kind in ("class", "type"):
        head = f"type {head}"  # one word may stand for several of them
    if language.name == "python":
        head = _DECORATED.sub(lambda match: match[1].strip().replace(" @", "\n@") + "\n", head, count=1)
        head = re.sub(r":\s+#.*$", ":", head)
    first, _, last = head.rpartition("\n")
    last = last if len(last) <= _WIDE else last[: _WIDE - 1] + "…"
    return f"\n{indentation}".join([*first.split("\n"), last] if first else [last])


def dedented(lines: Sequence[str]) -> str:
    """The lines without the indentation that all of them have; without blank lines at the ends."""
    text = [line.rstrip() for line in lines]
    while text and not text[0]:
        text.pop(0)
    while text and not text[-1]:
        text.pop()
    width = min((len(line) - len(line.lstrip()) for line in text if line), default=0)
    return "".join(line[width:] + "\n" for line in text)


def _line(definition: Definition, language: Language, indentation: str) -> str:
    head = head_of(definition, language, indentation)
    if language.indented and head.endswith(":") and definition.kind != "class":
        head += " ..."
    return f"{indentation}{head}\n"


def _told(definitions: Sequence[Definition]) -> list[Definition]:
    """Those that say something, each once."""
    plain = {(each.container, each.name) for each in definitions if not _SAME_AGAIN.match(each.signature)}
    return [
        each
        for each in definitions
        if (each.container, each.name) not in plain or not _SAME_AGAIN.match(each.signature)
    ]


def _members(
    members: Sequence[Definition], near: Collection[str], used: Collection[str], language: Language, indentation: str
) -> str:
    members = _told(members)
    wanted = _parts(" ".join(near))
    worth = [_worth(member, wanted, used) for member in members]
    ranked = sorted((at for at in range(len(members)) if worth[at] >= 0), key=lambda at: -worth[at])
    spelled = sorted(at for at in ranked[:SPELLED] if members[at].kind != "name")
    text = "".join(_line(members[at], language, indentation) for at in spelled)
    others = [members[at].name for at in sorted(set(ranked[: SPELLED + LISTED]) - set(spelled))]
    if others:
        mark = f"{language.line_comment} " if language.line_comment else ""
        text += f"{indentation}{mark}{', '.join(dict.fromkeys(others))}\n"
    return text


def _worth(member: Definition, wanted: set[str], used: Collection[str]) -> float:
    """How likely a member is meant: by the words that its name shares with what stands near the cursor."""
    parts = _parts(member.name)
    shared = len(parts & wanted) / (len(parts) or 1)
    private = 0.5 if member.name.startswith("_") and member.name not in _CONSTRUCTORS else 0.0
    named = 0.5 if member.name in used else 0.0
    return shared + named - private + (0.2 if member.kind in ("method", "function", "class") else 0.0)


def _parts(text: str) -> set[str]:
    return {part.lower() for part in _PARTS.findall(text) if len(part) > 2}
