"""Settings, keys and files that change while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from lsprotocol import types

from codestral_lsp.backends.base import BackendName
from codestral_lsp.errors import UsageError
from codestral_lsp.privacy.trust import PROJECT_FILE
from codestral_lsp.server.app import App
from codestral_lsp.server.sync import path_of

SECTION = "codestral"
_ANSWER_S = 3.0
"""How long a client may take to answer a question about its settings before we go on without."""
_LOOK_EVERY_S = 3.0
"""How often the settings files are looked at: editors do not watch files outside the workspace."""


def section(options: Any) -> Any:
    """Our settings in what a client sends, whatever that is: under our section's name, or bare."""
    return options.get(SECTION, options) if isinstance(options, Mapping) else options


def register(app: App) -> None:
    """Listen to changes."""
    server = app.server

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration_changed(params: types.DidChangeConfigurationParams) -> None:
        pushed = params.settings
        if isinstance(pushed, Mapping) and SECTION in pushed:
            app.sources.editor(section(pushed))
        else:
            await pull(app)
        await app.reload()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path for change in params.changes if (path := path_of(change.uri))]
        await on_files_changed(app, paths)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        if path := path_of(params.text_document.uri):
            await on_files_changed(app, [path])

    @server.feature("codestral/setKey")
    async def set_key(params: Any) -> None:
        given = params if isinstance(params, Mapping) else {}
        backend = next((name for name in get_args(BackendName) if name == given.get("backend")), None)
        key = given.get("key")
        if backend is None or not (key is None or isinstance(key, str)):
            raise UsageError(
                "codestral/setKey was given something else than a backend's name and a key.",
                cure='Send {"backend": "mistral", "key": "…"}, or null for the key to take it back.',
            )
        app.keys.give(backend, key)
        app.engines.choose_again()


async def on_files_changed(app: App, paths: list[Path]) -> None:
    """Carry changes on disk to whoever looks at files."""
    if any(path.name in (".gitignore", ".codestralignore") for path in paths):
        app.ignore.refresh()
    if any(path.name == PROJECT_FILE for path in paths):
        await app.reload()
    app.embedded.files_changed(paths)
    app.context.files_changed(paths)


async def pull(app: App) -> None:
    """Ask the client for its settings, if it can tell them."""
    workspace = app.server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return
    items = [types.ConfigurationItem(section=SECTION)]
    try:
        async with asyncio.timeout(_ANSWER_S):
            answers = await app.server.workspace_configuration_async(types.ConfigurationParams(items))
    except Exception:
        # No answer, an error, or nonsense: the other sources of settings still stand.
        return
    if answers and isinstance(answers[0], Mapping):
        app.sources.editor(answers[0])


async def watch(app: App) -> None:
    """Notice when a settings file changes."""
    stamp = await asyncio.to_thread(app.sources.stamp)
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        if (now := await asyncio.to_thread(app.sources.stamp)) != stamp:
            stamp = now
            await app.reload()
