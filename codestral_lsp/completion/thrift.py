"""Where power or the link is dear: the model reads nothing that may be for nothing, and is asked in longer pauses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from codestral_lsp.config.settings import CompletionSettings
from codestral_lsp.insight.power import on_battery

LONGER = 2.0
"""How many times the pause before a model is asked."""
_LOOK_EVERY_S = 60.0


class Thrift:
    """Whether to be sparing, by the user's word and the machine's supply."""

    def __init__(self) -> None:
        self.on_battery = False

    def applies(self, settings: CompletionSettings) -> bool:
        """Whether to be sparing now."""
        return settings.saver == "on" or (settings.saver == "auto" and self.on_battery)

    async def watch(self, look: Callable[[], bool] = on_battery) -> None:
        """Look at the machine's supply now and then, beside the loop."""
        while True:
            self.on_battery = await asyncio.to_thread(look)
            await asyncio.sleep(_LOOK_EVERY_S)
