"""How long tests wait for what must come.

Nothing here measures speed. A test that waits only fails when what it waits for never comes, however busy the machine
is with other things; how fast things are is told by `benchmarks/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 120.0
"""Longer than anything takes on a machine with a hundred times more to do. Only a failure waits for so long."""


async def soon(awaited: Awaitable[T]) -> T:
    """What must come of itself. Raises TimeoutError when it never does."""
    return await asyncio.wait_for(awaited, PATIENCE_S)
