"""What the server answers to: every LSP method and command, registered with one server."""

from __future__ import annotations

from codestral_lsp.server import (
    action_commands,
    code_action,
    commands,
    configuration,
    inline_completion,
    lifecycle,
    reports,
)
from codestral_lsp.server.app import App


def register(app: App) -> None:
    """Let the server's parts answer a client. Without this they can be used from within the process only."""
    lifecycle.register(app)
    configuration.register(app)
    inline_completion.register(app.server)
    reports.register(app.server)
    commands.register(app)
    action_commands.register(app)
    code_action.register(app)
