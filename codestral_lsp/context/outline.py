"""Files and classes in outline: their definitions' heads, one on a line, those that matter here spelled out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from codestral_lsp.context.tags import Definition

SPELLED = 16
"""Members with their whole head; of the others only the names."""
LISTED = 40
"""Names of other members."""
_WIDE = 110
"""Characters of a head."""
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def outline(definitions: Sequence[Definition], of: Definition, near: Mapping[str, float]) -> str:
    """A class with its members."""
    members = [each for each in definitions if each.container == of.name and each.line >= 0 and each.kind != "impl"]
    return _head(of) + "\n" + _members(members, near, "    ")


def top_of(definitions: Sequence[Definition], near: Mapping[str, float]) -> str:
    """A file's own definitions, without their members."""
    return _members([each for each in definitions if not each.container and each.name != "__all__"], near, "")


def skeleton(definitions: Sequence[Definition], near: Mapping[str, float]) -> str:
    """The heads of all these definitions, members below what they are in."""
    return "".join(("    " if each.container else "") + _head(each) + "\n" for each in definitions)


def _members(members: Sequence[Definition], near: Mapping[str, float], indentation: str) -> str:
    wanted = _parts(" ".join(near))
    worth = [_worth(member, wanted) for member in members]
    ranked = sorted((at for at in range(len(members)) if worth[at] >= 0), key=lambda at: -worth[at])
    spelled = sorted(at for at in ranked[:SPELLED] if members[at].kind != "name")
    text = "".join(f"{indentation}{_head(members[at])}\n" for at in spelled)
    others = [members[at].name for at in sorted(set(ranked[: SPELLED + LISTED]) - set(spelled))]
    if others:
        text += f"{indentation}{', '.join(dict.fromkeys(others))}\n"
    return text


def _worth(member: Definition, wanted: set[str]) -> float:
    """How likely a member is meant: by the words that its name shares with what stands near the cursor."""
    parts = _parts(member.name)
    shared = len(parts & wanted) / (len(parts) or 1)
    private = 0.5 if member.name.startswith("_") else 0.0
    return shared - private + (0.2 if member.kind in ("method", "function", "class") else 0.0)


def _parts(text: str) -> set[str]:
    return {part.lower() for part in _PARTS.findall(text) if len(part) > 2}


def _head(definition: Definition) -> str:
    head = definition.signature
    if definition.kind in ("constant", "field") and head[-1:] in "([{":
        head = head[:-1].rstrip(" =")
    return head if len(head) <= _WIDE else head[: _WIDE - 1] + "…"
