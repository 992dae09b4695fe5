"""How several files are shown in one prompt: the formats that models were trained on, as data, and their writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContextFile:
    """A piece of another file, or a summary of one."""

    path: str
    """As models see it: relative to its workspace folder, with slashes."""
    text: str
    """Ends with a line end."""


@dataclass(frozen=True, slots=True)
class CrossFile:
    """A format. `{repository}`, `{path}` and `{text}` stand for what they say."""

    file: str
    """Each of the other files."""
    current: str
    """What introduces the file at the cursor."""
    opening: str = ""
    """Stands before all of them."""
    inside: bool = True
    """Whether all this stands at the head of the prefix, and not before the whole layout."""
    commented: bool = False
    """Whether other files are shown as comments of this one."""
    stop: tuple[str, ...] = ()
    """Where an answer ends that runs on into another file."""


COMMENTED = CrossFile(file="{path}\n{text}", current="", commented=True)
"""For models that only ever saw one file at a time."""


def render(form: CrossFile, files: Sequence[ContextFile], path: str, repository: str, comment: str) -> str:
    """What stands before the prefix; empty without files. `comment` is the language's mark of a line comment."""
    if not files:
        return ""
    shown = [form.file.format(path=file.path, text=file.text, repository=repository) for file in files]
    if form.commented:
        if not comment:
            return ""
        shown = ["".join(f"{comment} {line}".rstrip() + "\n" for line in text.splitlines()) for text in shown]
    names = {"path": path, "repository": repository}
    return form.opening.format(**names) + "".join(shown) + form.current.format(**names)
