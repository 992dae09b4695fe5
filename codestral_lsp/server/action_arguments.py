"""What a client says when it asks for an action: `{"uri", "range" or "position", "target", ...}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from codestral_lsp.actions.target import TargetKind
from codestral_lsp.document.document import Document
from codestral_lsp.document.position import Position, Range
from codestral_lsp.errors import UsageError
from codestral_lsp.server.app import App
from codestral_lsp.server.convert import position_from


@dataclass(frozen=True, slots=True)
class ActionArguments:
    """An action's arguments, checked."""

    document: Document
    span: Range
    """Empty where the client gave a position, or nothing."""
    kind: TargetKind | None
    """What kind of code is meant, if the client said so."""
    given: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A text among the arguments; empty if it is not there. Raises UsageError for anything else."""
        value = self.given.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise UsageError(f"The argument {name} must be a text.", cure="See docs/protocol.md.")
        return value

    @property
    def problems(self) -> list[types.Diagnostic]:
        """The diagnostics among the arguments; entries that are none are passed over."""
        entries = self.given.get("diagnostics")
        return [found for entry in entries if (found := _diagnostic(entry))] if isinstance(entries, list) else []


def read_arguments(app: App, given: Any) -> ActionArguments:
    """Check what a client sent. Raises UsageError, with what is wrong."""
    if not isinstance(given, Mapping) or not isinstance(given.get("uri"), str):
        raise UsageError("The command needs an argument with a uri.", cure="See docs/protocol.md.")
    if not app.settings.enabled:
        raise UsageError("codestral is switched off.", cure="Set enabled to true, or run codestral.toggle.")
    document = app.documents.get(given["uri"])
    if document is None:
        raise UsageError("The document is not open.", cure="Open it in the editor first.")
    if document.path is not None and not app.ignore.allows(document.path):
        raise UsageError(
            f"{document.path.name} is ignored: it is never sent to a model.",
            cure="See the setting privacy.ignore, .gitignore and .codestralignore.",
        )
    return ActionArguments(document, _span(app, document, given), _kind(given), given)


def plain_range(span: types.Range) -> dict[str, Any]:
    """A range as plain JSON values, for a command's arguments."""
    return {
        name: {"line": place.line, "character": place.character}
        for name, place in (("start", span.start), ("end", span.end))
    }


def _span(app: App, document: Document, given: Mapping[str, Any]) -> Range:
    try:
        if (span := given.get("range")) is not None:
            return Range(_place(app, document, span["start"]), _place(app, document, span["end"]))
        place = _place(app, document, given.get("position") or {"line": 0, "character": 0})
    except (KeyError, TypeError, ValueError):
        raise UsageError("The range or position is malformed.", cure="See docs/protocol.md.") from None
    return Range(place, place)


def _place(app: App, document: Document, place: Any) -> Position:
    position = types.Position(int(place["line"]), int(place["character"]))
    return position_from(app.documents.codec, document.text, position)


def _kind(given: Mapping[str, Any]) -> TargetKind | None:
    kind = given.get("target")
    if kind is None:
        return None
    try:
        return TargetKind(kind)
    except ValueError:
        known = ", ".join(TargetKind)
        raise UsageError(f"There is no target {kind!r}.", cure=f"Use one of {known}.") from None


def _diagnostic(entry: Any) -> types.Diagnostic | None:
    try:
        start, end = (
            types.Position(int(entry["range"][name]["line"]), int(entry["range"][name]["character"]))
            for name in ("start", "end")
        )
        return types.Diagnostic(types.Range(start, end), str(entry["message"]), source=entry.get("source"))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
