"""codestral/didChangeStatus: what is going on, for the editor's status bar."""

from __future__ import annotations

from dataclasses import asdict, replace

from codestral_lsp.completion.status import Status
from codestral_lsp.server.app import App

METHOD = "codestral/didChangeStatus"


def publish(app: App, status: Status) -> None:
    """Tell the editor; what is wrong is also shown as a message, once for each cause until the settings change."""
    told = with_money(app, status)
    if told != app.published:
        app.published = told
        app.server.protocol.notify(METHOD, asdict(told))
    if status.kind in ("Warning", "Error"):
        app.report_trouble((status.engine, status.cause), f"{status.message} {status.cure}".strip())


def with_money(app: App, status: Status) -> Status:
    """The status; where requests cost money, with what the month has cost so far."""
    engine = app.engines.current
    if engine is None or not engine.info.metered or not app.door.month_is_known:
        return status
    return replace(status, detail="; ".join(filter(None, (status.detail, app.door.month.text))))
