"""codestral/didChangeStatus: what is going on, for the editor's status bar."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from codestral_lsp.completion.status import Status

if TYPE_CHECKING:
    from codestral_lsp.server.app import App

METHOD = "codestral/didChangeStatus"


def publish(app: App, status: Status) -> None:
    """Tell the editor; what is wrong is also shown as a message, once for each cause."""
    app.server.protocol.notify(METHOD, asdict(status))
    if status.kind in ("Warning", "Error"):
        app.report_once(f"{status.message} {status.cure}".strip())
