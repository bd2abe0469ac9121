"""Rooms over fake engines, as several test files need them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backends.base import Device, EngineKind, Installed
from backends.cards import ModelCard
from backends.fakes import FakeBehaviour, FakeEffects, FakeMachine, fake_card, fake_installed, fake_kind
from backends.room import Limits, Room
from configs.errors import NotFound

GIB = 2**30
SIZES = {"chat": 9, "image": 7, "voice": 3, "embed": 1}
PATIENCE_S = 20.0  # a test that waits longer has found a deadlock


@dataclass
class Fixture:
    """A room, the machine it runs on, and what it told."""

    room: Room
    machine: FakeMachine
    told: list[dict[str, Any]]
    observed: list[dict[str, Any]]
    restarts: list[str]
    looked_for: list[str] = field(default_factory=list)

    def states(self) -> dict[str, str]:
        return {model["name"]: model["state"] for model in self.room.status()["models"]}


def make_room(
    *,
    behaviour: Mapping[str, FakeBehaviour] | FakeBehaviour | None = None,
    machine: FakeMachine | None = None,
    cpu: bool = False,
    concurrency: int = 1,
    limits: Limits | None = None,
    learned: tuple[dict[str, Any], ...] = (),
    cards: Mapping[str, ModelCard] | None = None,
) -> Fixture:
    """16 GiB of device (or 24 of RAM alone) and four models, of which chat and image do not fit together."""
    machine = machine or (FakeMachine(0, 24 * GIB, shared=True) if cpu else FakeMachine(16 * GIB, 64 * GIB))
    found = cards or {name: fake_card(name, size * GIB, GIB) for name, size in SIZES.items()}
    told: list[dict[str, Any]] = []
    observed: list[dict[str, Any]] = []
    restarts: list[str] = []
    looked_for: list[str] = []

    def find(name: str) -> Installed:
        looked_for.append(name)
        if name not in found:
            raise NotFound(f"No model {name!r} is installed.", "`models list` shows what is.")
        return fake_installed(found[name])

    kinds: dict[str, EngineKind] = {"fake": fake_kind(machine, behaviour, concurrency=concurrency)}
    room = Room(
        kinds, find, device=Device("cpu" if cpu else "cuda:0"), limits=limits, learned=learned, on_change=told.append,
        on_observe=observed.append, on_restart=restarts.append, effects=FakeEffects(machine),
    )  # fmt: skip
    return Fixture(room, machine, told, observed, restarts, looked_for)


def together(*works: Callable[[], object]) -> list[object]:
    """Runs each on a thread of its own; their results or exceptions. Raises when one never ends."""
    results: list[object] = [None] * len(works)

    def run(index: int) -> None:
        try:
            results[index] = works[index]()
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    stuck = [thread.name for thread in threads if thread.is_alive()]
    assert not stuck, f"{len(stuck)} never ended"
    return results
