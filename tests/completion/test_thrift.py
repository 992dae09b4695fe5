"""On battery, or where the user says so: nothing is read for nothing, and the pause is longer."""

from __future__ import annotations

import asyncio

import pytest

from codestral_lsp.completion.rhythm import SHORTEST_MS
from codestral_lsp.completion.thrift import LONGER
from tests.completion.scene import Scene, in_virtual_time

LONG_FILE = "".join(f"value_{number} = compute({number})\n" for number in range(200)) + "x = █\n"


async def scene(*, battery: bool, saver: str = "auto", debounce: int | str = "auto", prefetch: bool = False) -> Scene:
    settings = {"completion": {"saver": saver, "debounceMs": debounce, "prefetch": prefetch}}
    stage = Scene(LONG_FILE, settings)
    await stage.begin()
    stage.service.thrift.on_battery = battery
    return stage


@pytest.mark.parametrize(
    ("battery", "saver", "spares"),
    [(False, "auto", False), (True, "auto", True), (True, "off", False), (False, "on", True)],
)
@in_virtual_time
async def test_a_new_window_is_read_ahead_only_where_power_is_not_dear(battery: bool, saver: str, spares: bool) -> None:
    stage = await scene(battery=battery, saver=saver)
    assert await stage.ghost()
    assert bool(stage.model.warmed) is not spares


@in_virtual_time
async def test_nor_is_it_read_again_behind_an_action() -> None:
    stage = await scene(battery=True)
    await stage.ghost()
    stage.service.warm_again()
    await asyncio.sleep(1)
    assert stage.model.warmed == []


@in_virtual_time
async def test_what_comes_after_the_suggestion_is_not_prepared() -> None:
    stage = await scene(battery=True, prefetch=True)
    await stage.ghost()
    await asyncio.sleep(1)
    assert len(stage.model.calls) == 1
    stage.service.thrift.on_battery = False
    stage.insert("q")
    await stage.ghost()
    await asyncio.sleep(1)
    assert len(stage.model.calls) == 3


@pytest.mark.parametrize("debounce", ["auto", 70])
@in_virtual_time
async def test_the_pause_is_twice_as_long(debounce: int | str) -> None:
    mains, battery = await scene(battery=False, debounce=debounce), await scene(battery=True, debounce=debounce)
    await mains.ghost()
    await battery.ghost()
    assert mains.last.debounce_ms >= SHORTEST_MS
    assert battery.last.debounce_ms == LONGER * mains.last.debounce_ms


@in_virtual_time
async def test_the_machine_is_looked_at_again() -> None:
    stage = await scene(battery=False)
    looks = iter([True, False, True])
    thrift, settings = stage.service.thrift, stage.service.settings.completion
    watching = asyncio.create_task(thrift.watch(lambda: next(looks)))
    await asyncio.sleep(10)
    assert thrift.applies(settings)
    await asyncio.sleep(60)
    assert not thrift.applies(settings)
    watching.cancel()
