"""Batteries and chargers as Linux and macOS tell of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.insight.power import pmset_says_battery, runs_on_battery

CHARGER = {"type": "Mains", "online": "1"}
UNPLUGGED = {"type": "Mains", "online": "0"}
EMPTIES = {"type": "Battery", "status": "Discharging"}
FULL = {"type": "Battery", "status": "Full"}
MOUSE = {"type": "Battery", "scope": "Device", "status": "Discharging"}


@pytest.mark.parametrize(
    ("supplies", "battery"),
    [
        ({"AC": UNPLUGGED, "BAT0": EMPTIES}, True),
        ({"BAT0": FULL, "BAT1": EMPTIES}, True),
        ({"AC": CHARGER, "BAT0": FULL}, False),
        ({"AC": UNPLUGGED, "ucsi": {"type": "USB", "online": "1"}, "BAT0": EMPTIES}, False),
        ({"AC": UNPLUGGED, "BAT0": {"type": "Battery", "status": "Charging"}}, False),
        ({"hidpp_battery_0": MOUSE}, False),
        ({"BAT0": {"type": "Battery"}}, False),
        ({}, False),
    ],
)
def test_a_battery_that_empties_with_no_charger(
    tmp_path: Path, supplies: dict[str, dict[str, str]], battery: bool
) -> None:
    for name, files in supplies.items():
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(f"{text}\n")
    assert runs_on_battery(tmp_path) is battery


def test_a_machine_that_tells_nothing_is_on_mains(tmp_path: Path) -> None:
    assert not runs_on_battery(tmp_path / "nowhere")


def test_macos_says_it_in_its_first_line() -> None:
    battery = " -InternalBattery-0 (id=1234)\t87%; discharging; 5:02 remaining present: true\n"
    assert pmset_says_battery(f"Now drawing from 'Battery Power'\n{battery}")
    assert not pmset_says_battery(f"Now drawing from 'AC Power'\n{battery}")
