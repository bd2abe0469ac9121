"""The only file that moves weights: engines are loaded, activated, parked and dropped here; the machine's memory is read and trimmed."""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backends.base import Device, Engine, Footprint, OnStep

HOST_RESERVE_BYTES = 2**30  # of RAM, left to the system, or a tenth of it where that is more
HOST_SHARE_PINNED = 0.75  # of RAM, at most, for parked weights: pinned pages cannot be swapped
DEVICE_RESERVE_BYTES = 384 * 2**20  # of the device, for what its libraries take beside the allocator


@dataclass(frozen=True)
class Probe:
    """The memory of the machine now, bytes. ``device_ours``: held by this process's allocator, cached blocks included."""

    host_total: int
    host_available: int
    device_total: int = 0
    device_free: int = 0
    device_ours: int = 0


class Effects(Protocol):
    """What the room lets happen to engines and memory, and its clock."""

    def clock(self) -> float:
        """Seconds that only go forward."""

    def probe(self) -> Probe:
        """The memory now."""

    def load(self, engine: Engine, on_step: OnStep) -> Footprint:
        """Disk to RAM."""

    def activate(self, engine: Engine) -> None:
        """RAM to the device, and done when the copy is."""

    def park(self, engine: Engine) -> None:
        """Drops the device copy."""

    def drop(self, engine: Engine) -> None:
        """Drops everything."""

    def trim(self, deep: bool) -> None:
        """Gives memory that nothing uses back to the device; ``deep``: to the system too, circles of objects included (0.1 s)."""

    def mark(self) -> int | None:
        """Begins to watch for the peak of a call: bytes held now, or None where that cannot be watched."""

    def peak(self, mark: int) -> int | None:
        """The most that was held beyond the mark since."""


class MachineEffects:
    """Effects on this machine and one device of it."""

    def __init__(self, device: Device) -> None:
        self.device = device

    def clock(self) -> float:
        """Seconds that only go forward."""
        return time.monotonic()

    def probe(self) -> Probe:
        """Reads RAM (a container's limit where there is one) and, on a GPU, the driver's figures."""
        total, available = host_memory()
        if self.device.is_cpu:
            return Probe(total, available)
        import torch

        device_free, device_total = torch.cuda.mem_get_info(self.device.name)
        return Probe(total, available, device_total, device_free, torch.cuda.memory_reserved(self.device.name))

    def load(self, engine: Engine, on_step: OnStep) -> Footprint:
        """Disk to RAM."""
        return engine.load(on_step)

    def activate(self, engine: Engine) -> None:
        """RAM to the device; copies run asynchronously, so the end is waited for here."""
        engine.activate()
        self._synchronise()

    def park(self, engine: Engine) -> None:
        """Drops the device copy."""
        engine.deactivate()

    def drop(self, engine: Engine) -> None:
        """Drops everything."""
        engine.close()

    def trim(self, deep: bool) -> None:
        """Empties the allocator's cache; ``deep``: collects circles before, and gives free pages of the heap back."""
        if deep:
            gc.collect()
        if "torch" in sys.modules and not self.device.is_cpu:
            import torch

            torch.cuda.empty_cache()
        if deep:
            trim_heap()

    def mark(self) -> int | None:
        """The allocator's figure on a GPU; the process's resident pages elsewhere (Linux only)."""
        if self.device.is_cpu:
            return reset_resident_peak()
        import torch

        torch.cuda.reset_peak_memory_stats(self.device.name)
        return int(torch.cuda.memory_allocated(self.device.name))

    def peak(self, mark: int) -> int | None:
        """The most that was held beyond the mark since."""
        if self.device.is_cpu:
            most = resident("VmHWM")
            return None if most is None else max(0, most - mark)
        import torch

        return max(0, int(torch.cuda.max_memory_allocated(self.device.name)) - mark)

    def _synchronise(self) -> None:
        if not self.device.is_cpu:
            import torch

            torch.cuda.synchronize(self.device.name)


def budget_of(probe: Probe, device: Device, device_limit: int | None = None, host_limit: int | None = None) -> tuple[int, int]:
    """(device bytes, host bytes) that models may occupy on a machine where nothing else runs: its memory less a reserve, or the limits."""
    reserve = max(HOST_RESERVE_BYTES, probe.host_total // 10)
    host = probe.host_total - reserve
    if not device.is_cpu:
        host = min(host, int(probe.host_total * HOST_SHARE_PINNED))
    device_bytes = max(0, probe.device_total - DEVICE_RESERVE_BYTES)
    return min(device_bytes, device_limit or device_bytes), max(0, min(host, host_limit or host))


@dataclass(frozen=True)
class Held:
    """What the scheduler believes is held, bytes: weights, working memory set aside for calls, device memory of other processes of ours."""

    host_weights: int
    host_working: int
    device_elsewhere: int


def foreign(probe: Probe, held: Held, before: int, budget: tuple[int, int]) -> tuple[int, int]:
    """(device bytes, host bytes) of the budget that other programs hold.

    On the device the driver and our allocator know exactly. In RAM what we set aside for a running call may or may not be taken yet, so
    while calls run the figure may only grow from ``before``. A limit below the whole memory shrinks only once others reach into it.
    """
    device_others = max(0, probe.device_total - probe.device_free - probe.device_ours - held.device_elsewhere)
    device_spare = max(0, probe.device_total - DEVICE_RESERVE_BYTES - budget[0])
    host_others = max(0, probe.host_total - probe.host_available - held.host_weights - held.host_working)
    host_spare = max(0, probe.host_total - max(HOST_RESERVE_BYTES, probe.host_total // 10) - budget[1])
    host_found = max(0, host_others - host_spare)
    if held.host_working:
        host_found = max(before, host_found)
    return max(0, device_others - device_spare), host_found


def host_memory() -> tuple[int, int]:
    """(total, available) bytes of RAM, within a container's limit."""
    import psutil

    found = psutil.virtual_memory()
    total, available = int(found.total), int(found.available)
    limit, used = _container("memory.max"), _container("memory.current")
    if limit is None or used is None or limit >= total:
        return total, available
    return limit, max(0, min(available, limit - used + (_container_cache() or 0)))


def _container(name: str) -> int | None:
    try:
        return int(Path("/sys/fs/cgroup", name).read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or "max"
        return None


def _container_cache() -> int | None:
    try:
        lines = Path("/sys/fs/cgroup/memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("inactive_file ")), None)


def resident(field: str) -> int | None:
    """A line of this process's status in bytes ("VmRSS", "VmHWM"); None where the platform keeps none."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith(f"{field}:")), None)


def reset_resident_peak() -> int | None:
    """Sets the process's resident peak to what is resident now and returns that; None where the platform cannot."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return None
    return resident("VmRSS")


def trim_heap() -> None:
    """Gives free pages of the C heap back (glibc); elsewhere nothing."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):  # another C library
        return
