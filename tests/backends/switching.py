"""Two small torch models in slabs that take turns on a budget that holds one."""

from __future__ import annotations

import gc
from typing import Any

from backends.base import Device, EngineKind, Footprint, Installed, OnStep, Shape
from backends.effects import MachineEffects, Probe, resident
from backends.fakes import fake_card, fake_installed
from backends.room import Limits, Room
from backends.slabs import Slabs

MIB = 2**20
WIDTH = 512


class TinyEngine:
    """A real torch module; its device is other memory of this machine."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed
        self._module: Any = None
        self._slabs: Slabs | None = None

    def load(self, on_step: OnStep) -> Footprint:
        """Random weights into slabs."""
        import torch

        on_step(0.0, "Loading")
        layers = [torch.nn.Linear(WIDTH, WIDTH, dtype=torch.float32) for _ in range(8)]
        self._module = torch.nn.Sequential(*layers).requires_grad_(False)
        self._slabs = Slabs({"model": self._module}, Device("cpu"), lambda slab, name: slab.clone())
        return self._slabs.footprint

    def activate(self) -> None:
        """To the device."""
        assert self._slabs is not None
        self._slabs.place()

    def deactivate(self) -> None:
        """Drops the copy."""
        assert self._slabs is not None
        self._slabs.drop()

    def close(self) -> None:
        """Frees everything."""
        if self._slabs is not None:
            self._slabs.close()
        self._slabs = self._module = None

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """One activation."""
        return WIDTH * 4

    def relieve(self, level: int) -> bool:
        """It needs next to nothing already."""
        return False

    def run(self) -> float:
        """One forward pass."""
        import torch

        return float(self._module(torch.ones(1, WIDTH)).sum())


class SmallMachine(MachineEffects):
    """This machine with a device that holds one model."""

    def __init__(self) -> None:
        super().__init__(Device("cpu"))

    def probe(self) -> Probe:
        """12 MiB beside the reserve."""
        return Probe(64 * 2**30, 60 * 2**30, 396 * MIB, 396 * MIB)

    def mark(self) -> int | None:
        """Peaks are not watched here."""
        return None


def switch(times: int, warm_up: int = 20) -> int:
    """Bytes by which this process's resident memory has grown over so many switches, one in twenty a load from nothing."""
    size = 8 * (WIDTH * WIDTH + WIDTH) * 4
    cards = {name: fake_card(name, size, WIDTH * 4, engine="tiny") for name in ("one", "two")}
    kind = EngineKind("tiny", ("chat",), lambda installed, device: TinyEngine(installed))
    room = Room(
        {"tiny": kind}, lambda name: fake_installed(cards[name]), device=Device("cuda:0"), limits=Limits(12 * MIB), effects=SmallMachine()
    )
    answers = {}
    before = 0
    for index in range(times + warm_up):
        if index == warm_up:
            gc.collect()
            before = resident("VmRSS") or 0
        name = ("one", "two")[index % 2]
        answer = room.call(name, "run", {}, lambda engine: engine.run())  # type: ignore[attr-defined]
        assert answers.setdefault(name, answer) == answer
        if index % 20 == 19:
            room.unload(name)
            del answers[name]
    counters = room.status()["counters"]
    room.close()
    assert counters["activate"] >= times
    gc.collect()
    return (resident("VmRSS") or 0) - before
