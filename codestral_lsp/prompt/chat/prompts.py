"""Prompt files: a system part, a line `=== user ===`, and the user's part, with holes for what an action knows.

`{{name}}` is replaced by a value. `{{#name}} … {{/name}}` stays only if the value is not empty. Values are put in as
they are, in one go: nothing inside them is ever read as a hole. A user's own prompts lie in the folder `prompts` beside
the user's settings file, and nowhere else: no project can bring its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from codestral_lsp.backends.base import Message
from codestral_lsp.errors import PromptFileError
from codestral_lsp.prompt.sanitize import clean

BUILT_IN = Path(__file__).parent
_DIVIDER = "=== user ==="
_LARGEST = 64 << 10
"""Bytes of a prompt file."""

_SECTION = re.compile(r"\{\{#(\w+)\}\}\n?(.*?)\{\{/\1\}\}\n?", re.DOTALL)
_HOLE = re.compile(r"\{\{(\w+)\}\}")


class ChatPrompts:
    """The prompts by their names."""

    def __init__(self, folder: Path | None, on_error: Callable[[PromptFileError], None]) -> None:
        """`folder` holds the user's own prompts; what is wrong with one is told to `on_error`."""
        self._folder = folder
        self._on_error = on_error

    def messages(self, name: str, values: Mapping[str, str]) -> tuple[Message, ...]:
        """The prompt `name` with its holes filled. Reads a small file: call it when the user asks for something."""
        system, user = self._template(name, values)
        cleaned = {key: clean(value) for key, value in values.items()}
        return Message("system", _fill(system, cleaned)), Message("user", _fill(user, cleaned))

    def _template(self, name: str, values: Mapping[str, str]) -> tuple[str, str]:
        own = self._folder / f"{name}.md" if self._folder is not None else None
        if own is not None and own.is_file():
            try:
                return _parts(own, values)
            except (OSError, ValueError) as error:
                said = error.strerror if isinstance(error, OSError) else str(error)
                self._on_error(
                    PromptFileError(
                        f"Your prompt {own} is not used: {said}.",
                        cure=f"Mend it or take it away; the built-in one is {BUILT_IN / own.name}.",
                    )
                )
        return _built_in(name, frozenset(values))


@cache
def _built_in(name: str, values: frozenset[str]) -> tuple[str, str]:
    return _parts(BUILT_IN / f"{name}.md", dict.fromkeys(values, ""))


def _parts(file: Path, values: Mapping[str, str]) -> tuple[str, str]:
    """The two parts of a prompt file. Raises ValueError for one that cannot be filled."""
    data = file.read_bytes()
    if len(data) > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST >> 10} KB")
    text = data.decode("utf-8").replace("\r\n", "\n")
    system, divider, user = text.partition(f"{_DIVIDER}\n")
    if not divider:
        raise ValueError(f"it has no line {_DIVIDER!r}")
    holes = {match[1] for match in _HOLE.finditer(_SECTION.sub(r"{{\1}}\2", text))}
    if unknown := sorted(holes - set(values)):
        raise ValueError(f"it has holes that nothing fills ({', '.join(unknown)}); there are {', '.join(values)}")
    return system.strip(), user.strip()


def _fill(template: str, values: Mapping[str, str]) -> str:
    kept = _SECTION.sub(lambda match: match[2] if values[match[1]] else "", template)
    return _HOLE.sub(lambda match: values[match[1]], kept).strip()
