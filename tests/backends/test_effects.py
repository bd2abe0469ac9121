"""What is ours and what is other programs', and the process's own peak."""

from __future__ import annotations

import sys

import pytest

from backends.base import Device
from backends.effects import (
    DEVICE_RESERVE_BYTES,
    HOST_RESERVE_BYTES,
    Held,
    MachineEffects,
    Probe,
    budget_of,
    foreign,
    host_memory,
    reset_resident_peak,
    resident,
    trim_heap,
)
from backends.fakes import FakeEngine, FakeMachine, fake_card, fake_installed, fake_kind

GIB = 2**30
CARD = Device("cuda:0")
NOTHING = Held(0, 0, 0)


def test_the_budget_is_the_machine_less_a_reserve() -> None:
    probe = Probe(32 * GIB, 30 * GIB, 16 * GIB, 15 * GIB)
    device, host = budget_of(probe, CARD)
    assert device == 16 * GIB - DEVICE_RESERVE_BYTES
    assert host == 24 * GIB, "at most three quarters of RAM are pinned"
    assert budget_of(probe, Device("cpu"))[1] == 32 * GIB - 32 * GIB // 10
    assert budget_of(Probe(4 * GIB, 4 * GIB), Device("cpu"))[1] == 4 * GIB - HOST_RESERVE_BYTES
    assert budget_of(probe, CARD, 6 * GIB, 8 * GIB) == (6 * GIB, 8 * GIB)
    assert budget_of(probe, CARD, 60 * GIB, 80 * GIB) == (device, host), "a limit above the machine means nothing"


def test_what_others_hold_on_the_device() -> None:
    probe = Probe(32 * GIB, 32 * GIB, 16 * GIB, device_free=3 * GIB, device_ours=9 * GIB)
    budget = budget_of(probe, CARD)
    assert foreign(probe, NOTHING, 0, budget)[0] == 4 * GIB
    assert foreign(probe, Held(0, 0, 3 * GIB), 0, budget)[0] == 1 * GIB, "a server process of ours is not foreign"
    assert foreign(probe, NOTHING, 0, (8 * GIB, budget[1]))[0] == 0, "a limit well below the card is not reached by them"


def test_what_others_hold_in_ram_may_only_grow_while_calls_run() -> None:
    cpu = Device("cpu")
    probe = Probe(32 * GIB, 20 * GIB)
    budget = budget_of(probe, cpu)
    assert foreign(probe, Held(8 * GIB, 0, 0), 0, budget)[1] == 4 * GIB
    assert foreign(probe, Held(8 * GIB, 3 * GIB, 0), 4 * GIB, budget)[1] == 4 * GIB
    assert foreign(probe, Held(8 * GIB, 3 * GIB, 0), 0, budget)[1] == 1 * GIB
    assert foreign(probe, Held(20 * GIB, 0, 0), 4 * GIB, budget)[1] == 0


def test_this_machine() -> None:
    total, available = host_memory()
    assert 0 < available <= total
    probe = MachineEffects(Device("cpu")).probe()
    assert probe.host_total == total
    assert probe.device_total == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps these figures")
def test_the_peak_of_a_call_in_ram() -> None:
    effects = MachineEffects(Device("cpu"))
    mark = effects.mark()
    if mark is None:
        pytest.skip("this kernel does not reset the peak")
    block = bytearray(64 * 2**20)
    block[::4096] = b"x" * len(block[::4096])
    del block
    peak = effects.peak(mark)
    assert peak is not None
    assert 60 * 2**20 <= peak < 400 * 2**20
    assert reset_resident_peak() is not None
    assert resident("VmRSS") is not None
    assert resident("NoSuchLine") is None


def test_engines_go_through_their_life() -> None:
    machine = FakeMachine()
    engine = fake_kind(machine).make(fake_installed(fake_card("a")), CARD)
    assert isinstance(engine, FakeEngine)
    effects = MachineEffects(Device("cpu"))
    assert effects.load(engine, lambda fraction, message: None).host_bytes == GIB
    effects.activate(engine)
    effects.park(engine)
    assert engine.state == "parked"
    effects.drop(engine)
    effects.trim(False)
    effects.trim(True)
    trim_heap()
    assert machine.host_used == 0
    assert effects.clock() <= effects.clock()
