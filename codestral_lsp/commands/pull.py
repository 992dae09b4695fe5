"""codestral-lsp pull: gets a model through Ollama; its licence and the disk space first, then a progress bar."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from contextlib import aclosing

from codestral_lsp.backends.ollama_store import OllamaStore, full_name
from codestral_lsp.config.paths import UserPaths
from codestral_lsp.config.sources import SettingsSources
from codestral_lsp.errors import CodestralError
from codestral_lsp.insight.download import Download, downloading, licence_of, shown_bytes

_BAR = 28


def run(options: argparse.Namespace) -> int:
    """Download. Exit code 1 if it fails or there is no room, 130 if it is broken off: it goes on the next time."""
    settings = SettingsSources(UserPaths.default(options.config).config_file).load().settings
    model = options.model or settings.ollama.model
    print(f"{model}: {licence_of(model)}")
    try:
        size = asyncio.run(_pull(OllamaStore(settings.ollama.url, local_only=settings.privacy.local_only), model))
    except KeyboardInterrupt:
        print("\nBroken off. The next time it goes on from there.")
        raise
    except CodestralError as error:
        print(f"\ncodestral-lsp: {error.message}", file=sys.stderr)
        return 1
    print(f"\n{model} is there ({shown_bytes(size)}).")
    if full_name(model) != full_name(settings.ollama.model):
        print(f'To use it: ollama.model = "{model}"')
    return 0


async def _pull(store: OllamaStore, model: str) -> int:
    """Download; the model's bytes."""
    size = 0
    try:
        async with aclosing(downloading(store, model)) as steps:
            async for download in steps:
                size = download.total
                _draw(download)
    finally:
        await store.aclose()
    return size


def _draw(download: Download) -> None:
    if not sys.stdout.isatty():
        return
    full = round(_BAR * download.share)
    line = f"{'█' * full}{'░' * (_BAR - full)} {download.line()}"
    print(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)
