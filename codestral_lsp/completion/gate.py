"""Whether to complete at all, and if not, why not: in words for the user."""

from __future__ import annotations

from codestral_lsp.completion.request import CompletionRequest, Trigger
from codestral_lsp.completion.surroundings import Surroundings
from codestral_lsp.completion.typing import Doing
from codestral_lsp.config.settings import Settings

MAX_CHARACTERS_BEHIND = 80
"""An automatic suggestion in the middle of a line with more code behind the cursor than this is noise."""


def refusal(settings: Settings, language: str) -> str:
    """Why completions are switched off for documents of this language; empty if they are not."""
    if not settings.enabled:
        return "completions are switched off (setting enabled)"
    if not settings.completion.languages.get(language, True):
        return f"completions are switched off for {language} (setting completion.languages)"
    return ""


def objection(request: CompletionRequest, around: Surroundings, last: Doing) -> str:
    """Why not to complete here of one's own accord; empty if nothing speaks against it."""
    if request.trigger is Trigger.INVOKED:
        return ""
    if last is Doing.SEVERAL_CURSORS:
        return "several cursors"
    if last is Doing.PASTING:
        return "text was pasted"
    if around.rest[:1].isalnum() or around.rest[:1] == "_":
        return "inside a word"
    if not around.rest_is_closers and len(around.rest.strip()) > MAX_CHARACTERS_BEHIND:
        return "too much code behind the cursor"
    return ""
