"""The stand-ins count what they hold, run out when told to, and follow the life of an engine."""

from __future__ import annotations

import struct

import pytest

from backends.base import Cancelled, ChatEngine, Device, EmbeddingEngine, Engine, OutOfMemory
from backends.chat import ChatCall, Message, TextPart
from backends.fakes import GIB, FakeBehaviour, FakeEngine, FakeMachine, fake_card, fake_installed, fake_kind

CUDA = Device("cuda:0")


def engine(machine: FakeMachine, device: Device = CUDA, **behaviour: object) -> FakeEngine:
    made = fake_kind(machine, FakeBehaviour(**behaviour)).make(fake_installed(fake_card("one", 2 * GIB, GIB)), device)  # type: ignore[arg-type]
    assert isinstance(made, FakeEngine)
    return made


def quiet(fraction: float, message: str) -> None:
    """Hears of a load and goes on."""


def test_its_life_is_counted_to_the_byte() -> None:
    machine = FakeMachine()
    fake = engine(machine)
    assert isinstance(fake, Engine)
    footprint = fake.load(quiet)
    assert (footprint.host_bytes, footprint.device_bytes) == (2 * GIB, 2 * GIB)
    assert (machine.host_used, machine.device_used) == (2 * GIB, 0)
    fake.activate()
    assert fake.work() == "one: work"
    assert (machine.device_used, machine.device_peak) == (2 * GIB, 3 * GIB)
    fake.deactivate()
    assert (machine.host_used, machine.device_used) == (2 * GIB, 0)
    fake.close()
    assert (machine.host_used, machine.device_used) == (0, 0)
    assert [what for what, _ in machine.log] == ["load", "activate", "park", "drop"]


def test_on_a_cpu_machine_there_is_one_memory() -> None:
    machine = FakeMachine(shared=True, host_bytes=4 * GIB)
    fake = engine(machine, Device("cpu"))
    assert fake.load(quiet).device_bytes == 0
    fake.activate()
    fake.work()
    assert machine.host_peak == 3 * GIB
    fake.close()
    assert machine.host_used == 0


def test_a_cancelled_load_leaves_nothing() -> None:
    machine = FakeMachine()

    def stop(fraction: float, message: str) -> None:
        if fraction >= 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine(machine).load(stop)
    assert machine.host_used == 0
    assert 0 < machine.host_peak < 2 * GIB


def test_it_runs_out_where_bytes_end_and_where_it_is_told_to() -> None:
    machine = FakeMachine(device_bytes=2 * GIB + GIB // 2)
    fake = engine(machine)
    fake.load(quiet)
    machine.fail("activate")
    with pytest.raises(OutOfMemory, match="told"):
        fake.activate()
    assert fake.state == "parked"
    fake.activate()
    with pytest.raises(OutOfMemory, match="do not fit"):
        fake.work()
    assert fake.relieve(1)
    fake.work()
    machine.foreign_device = GIB // 2
    with pytest.raises(OutOfMemory):
        fake.work()
    assert not fake.relieve(3)
    assert machine.device_used == 2 * GIB


def test_a_call_grows_with_its_shape_and_can_be_cancelled() -> None:
    fake = engine(FakeMachine())
    assert fake.working_bytes("image", {"width": 2, "batch": 3}) == 6 * GIB
    fake.load(quiet)
    fake.activate()
    with pytest.raises(Cancelled):
        fake.work(is_cancelled=lambda: True)
    assert fake.machine.device_used == 2 * GIB


def test_it_chats_and_embeds() -> None:
    fake = engine(FakeMachine())
    assert isinstance(fake, ChatEngine)
    assert isinstance(fake, EmbeddingEngine)
    fake.load(quiet)
    fake.activate()
    call = ChatCall(messages=(Message(role="user", parts=(TextPart(text="one two three"),)),), max_tokens=2)
    pieces = list(fake.chat(call, lambda: False))
    assert "".join(piece.text for piece in pieces) == "one two"
    assert pieces[-1].finish_reason == "length"
    vectors = fake.embed(["a", "bcd"], lambda: False)
    rows = [struct.unpack("<4f", vectors.data[i * 16 : i * 16 + 16]) for i in range(vectors.count)]
    assert all(abs(sum(v * v for v in row) - 1) < 1e-6 for row in rows)


def test_a_load_that_fails() -> None:
    with pytest.raises(OSError, match="damaged"):
        engine(FakeMachine(), load_error=OSError("damaged")).load(quiet)
