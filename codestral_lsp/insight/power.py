"""Whether this machine runs on its battery."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")
"""Where Linux tells of batteries and chargers, a folder each."""
_ASK_S = 5.0


def on_battery() -> bool:
    """Look at the machine's supplies; runs `pmset` on macOS, so not for the event loop. No where it cannot be told."""
    try:
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin":
            command = ["pmset", "-g", "batt"]
            told = subprocess.run(command, capture_output=True, text=True, timeout=_ASK_S, check=True).stdout
            return pmset_says_battery(told)
        return runs_on_battery(SUPPLIES)
    except (OSError, subprocess.SubprocessError):
        return False


def runs_on_battery(supplies: Path) -> bool:
    """What a tree of Linux's says: a battery of the machine's own empties, and no charger is plugged in."""
    empties = False
    for supply in supplies.iterdir() if supplies.is_dir() else ():
        # A mouse's battery has the scope Device.
        if _read(supply / "type") != "Battery":
            if _read(supply / "online") == "1":
                return False
        elif _read(supply / "scope") != "Device":
            empties = empties or _read(supply / "status") == "Discharging"
    return empties


def pmset_says_battery(told: str) -> bool:
    """What macOS' `pmset -g batt` says in its first line."""
    return "'Battery Power'" in told.partition("\n")[0]


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def _windows() -> bool:
    import ctypes

    status = (ctypes.c_ubyte * 12)()  # SYSTEM_POWER_STATUS; its first byte: 0 is battery, 1 is mains, 255 unknown
    windll = getattr(ctypes, "windll", None)
    return windll is not None and bool(windll.kernel32.GetSystemPowerStatus(status)) and status[0] == 0
