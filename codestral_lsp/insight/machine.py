"""How much memory this machine has for a model."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_ASK_S = 5.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine's memory, in bytes; 0 where it could not be found out."""

    memory: int
    gpu: str = ""
    """The graphics card's name; empty if there is none that a model could use."""
    gpu_memory: int = 0
    """Of the largest card. On Apple's chips it is what the system gives a graphics program of the common memory."""

    @property
    def for_model(self) -> int:
        """What a model may take: the card's memory, without one half of the machine's."""
        return self.gpu_memory or self.memory // 2


def this_machine() -> Machine:
    """Look at this machine; runs `nvidia-smi` where there is one, so not for the event loop."""
    memory = _memory()
    if sys.platform == "darwin" and platform.machine() == "arm64":
        # Metal gives a process about two thirds of small memories, three quarters of large ones.
        return Machine(memory, "Apple GPU", memory * 3 // 4 if memory > 36 << 30 else memory * 2 // 3)
    name, size = _nvidia() or _amd() or ("", 0)
    return Machine(memory, name, size)


def _memory() -> int:
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def _windows_memory() -> int:
    import ctypes

    kilobytes = ctypes.c_ulonglong(0)
    windll = getattr(ctypes, "windll", None)
    if windll is None or not windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)):
        return 0
    return kilobytes.value << 10


def _nvidia() -> tuple[str, int] | None:
    if (program := shutil.which("nvidia-smi")) is None:
        return None
    command = [program, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=_ASK_S, check=True).stdout
        rows = [line.rpartition(",") for line in told.splitlines()]
        return max(((name.strip(), int(size) << 20) for name, _, size in rows), key=lambda card: card[1])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _amd() -> tuple[str, int] | None:
    cards = []
    for file in Path("/sys/class/drm").glob("card*/device/mem_info_vram_total"):
        try:
            cards.append(int(file.read_text()))
        except (OSError, ValueError):
            continue
    return ("AMD GPU", max(cards)) if cards and max(cards) >= 1 << 30 else None
