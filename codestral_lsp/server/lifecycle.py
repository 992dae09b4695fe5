"""initialize, initialized, shutdown: saying hello, starting what runs in the background, saying goodbye."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Any

from lsprotocol import types

from codestral_lsp.document.position import PositionCodec
from codestral_lsp.insight.clients import ClientReport, remember
from codestral_lsp.server import clients, completion, configuration
from codestral_lsp.server.app import App
from codestral_lsp.server.configuration import section
from codestral_lsp.server.status import publish
from codestral_lsp.server.sync import path_of

log = logging.getLogger(__name__)

_REMEMBER_EVERY_S = 5.0
_CHOICE_S = 1.0
"""How long indexing waits for the first choice of an engine."""


def register(app: App) -> None:
    """Take part in the server's life."""
    server = app.server

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.client = clients.profile(params)
        app.documents.codec = PositionCodec(_encoding(params))
        app.roots = _roots(params)
        app.sources.initial(section(params.initialization_options))
        app.begin()
        if not server.client.has_inline_completion:
            completion.register(server)
        log.info("Client: %s", server.client.shown)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        await _register_for_changes(app)
        asyncio.get_running_loop().run_in_executor(None, remember, app.paths.clients, client_report(app))
        await start(app)

    @server.feature(types.SHUTDOWN)
    async def shutdown(_: Any) -> None:
        await app.aclose()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        removed = {path_of(folder.uri) for folder in params.event.removed}
        added = [path for folder in params.event.added if (path := path_of(folder.uri))]
        app.roots = (*(root for root in app.roots if root not in removed), *added)
        await app.embedded.open(app.roots)
        await app.context.open(app.roots)
        await app.actions.open(app.roots)
        await app.reload()


async def start(app: App) -> None:
    """Start what runs in the background."""
    app.engines.on_status = lambda status: publish(app, status)  # first: new settings may come while we wait
    app.report(app.loaded.problems)
    prices = await asyncio.to_thread(lambda: app.door.prices)
    if prices.problem:
        app.report_once(f"Your price table is not used: {prices.problem}")
    await configuration.pull(app)
    await app.reload()
    app.engines.choose(app.settings)
    # The processes that index would take the processor from the choice, which the user waits for after a crash.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CHOICE_S):
            await app.engines.chosen()
    await app.embedded.open(app.roots)
    await app.context.open(app.roots)
    await app.actions.open(app.roots)
    lasting = configuration.watch(app), app.completion.thrift.watch(), _remember(app)
    app.background = [asyncio.create_task(work) for work in lasting]


async def _remember(app: App) -> None:
    """Now and then, not while somebody waits for an answer: keep the traces of what is over, tell what it cost."""
    while True:
        await asyncio.sleep(_REMEMBER_EVERY_S)
        publish(app, app.engines.status)
        app.history.save(app.traces, asyncio.get_running_loop().time())


def client_report(app: App) -> ClientReport:
    """What the doctor is to know of the client."""
    client, window = app.server.client, app.server.client_capabilities.window
    progress = bool(window and window.work_done_progress)
    return ClientReport(
        client.name, client.version, client.has_inline_completion, app.documents.codec.encoding, progress
    )


async def _register_for_changes(app: App) -> None:
    """Ask the client to tell us of changed settings and files, as far as it can."""
    workspace = app.server.client_capabilities.workspace
    wanted: list[types.Registration] = []
    if workspace and workspace.did_change_configuration and workspace.did_change_configuration.dynamic_registration:
        wanted.append(types.Registration("configuration", types.WORKSPACE_DID_CHANGE_CONFIGURATION))
    if workspace and workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration:
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*")])
        wanted.append(types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if wanted:
        app.server.client_register_capability(types.RegistrationParams(wanted))


def _encoding(params: types.InitializeParams) -> Any:
    """The client's first choice among the encodings we know: what pygls will answer."""
    general = params.capabilities.general
    offered = (general.position_encodings or []) if general else []
    names = [str(getattr(kind, "value", kind)) for kind in offered]
    return next((name for name in names if name in ("utf-8", "utf-16", "utf-32")), "utf-16")


def _roots(params: types.InitializeParams) -> tuple[Path, ...]:
    folders = [path for folder in params.workspace_folders or () if (path := path_of(folder.uri))]
    if not folders and params.root_uri and (root := path_of(params.root_uri)):
        folders = [root]
    return tuple(dict.fromkeys(folders))
