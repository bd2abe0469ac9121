"""Where models would run on this machine, for predictions: asked of the scheduler once it runs, of the machine before."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from collections.abc import Callable
from typing import Any

from backends.base import Device
from backends.effects import Probe, budget_of
from backends.fit import Machine
from configs.settings import Settings

GPU, MEMORY = "the GPU", "memory"
ASKED_EVERY_S = 5.0
_last: tuple[float, tuple[int, int] | None] = (float("-inf"), None)


def find_machine(settings: Settings, status: dict[str, Any]) -> Machine:
    """The budget of models and what is free of it.

    Args:
        settings: the device and the limits that were set.
        status: what the model process last said of itself; empty of a device when it has not run yet.
    """
    told = status.get("budget") or {}
    if status.get("device") and told:
        shared = bool(told.get("shared"))
        kind = "host" if shared else "device"
        budget = int(told[f"{kind}_bytes"])
        taken = int(told[f"{kind}_used_bytes"]) + int(told[f"{kind}_foreign_bytes"])
        return Machine(MEMORY if shared else GPU, budget, max(0, budget - taken), quantises())
    return _before(settings)


def machine_now(settings: Settings, status: Callable[[], dict[str, Any]]) -> Machine:
    """The same, asked for its status when it is called."""
    return find_machine(settings, status())


def _before(settings: Settings) -> Machine:
    """What the scheduler would come to, without starting it."""
    import psutil

    memory = psutil.virtual_memory()
    gpu = None if settings.device == "cpu" else gpu_memory()
    probe = Probe(memory.total, memory.available, *(gpu or (0, 0)))
    device = Device("cuda:0") if gpu else Device()
    device_bytes, host_bytes = budget_of(probe, device, settings.device_limit_bytes, settings.ram_limit_bytes)
    if gpu:
        return Machine(GPU, device_bytes, min(device_bytes, gpu[1]), quantises())
    return Machine(MEMORY, host_bytes, min(host_bytes, memory.available), quantises())


def quantises() -> bool:
    """Whether weights can be quantised while loading: known only once the libraries are here, expected until then."""
    if importlib.util.find_spec("torch") is None:
        return True
    return importlib.util.find_spec("bitsandbytes") is not None


def gpu_memory() -> tuple[int, int] | None:
    """(total, free) bytes of the first NVIDIA card; None where there is none. Asked at most every few seconds."""
    global _last
    asked, found = _last
    if time.monotonic() - asked > ASKED_EVERY_S:
        found = _ask()
        _last = (time.monotonic(), found)
    return found


def _ask() -> tuple[int, int] | None:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    try:
        done = subprocess.run(
            [tool, "--query-gpu=memory.total,memory.free", "--format=csv,noheader,nounits"],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=10, check=True,
        )  # fmt: skip
        total, free = (int(part) * 2**20 for part in done.stdout.splitlines()[0].split(","))
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None
    return total, free
