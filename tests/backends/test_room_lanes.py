"""Moves: learned times, failed moves, a model that cannot be parked, other programs."""

from __future__ import annotations

import pytest

from backends.base import Engine
from backends.fakes import FakeBehaviour, FakeEngine, FakeMachine
from backends.room import Limits
from backends.room_lanes import working_bytes
from configs.errors import StudioError, Unavailable
from tests.backends.rooms import GIB, make_room, together


def test_times_are_learned() -> None:
    made = make_room(behaviour=FakeBehaviour(load_s=0.02, activate_s=0.01))
    made.room.load("voice")
    seconds = {seen["kind"]: seen["seconds"] for seen in made.observed}
    assert seconds["load"] >= 0.02
    assert seconds["activate"] >= 0.01
    made.room.close()


def test_a_model_that_cannot_be_parked_is_closed() -> None:
    made = make_room()
    made.room.load("voice")

    def broken(engine: Engine) -> None:
        raise RuntimeError("the driver is gone")

    made.room._effects.park = broken  # type: ignore[method-assign]
    made.room.free()
    made.room._wait_until_idle()
    assert made.states() == {"voice": "installed"}
    assert (made.machine.device_used, made.machine.host_used) == (0, 0)
    made.room.close()


def test_a_broken_activation_is_told() -> None:
    made = make_room()

    def broken(engine: Engine) -> None:
        raise RuntimeError("the driver is gone")

    made.room._effects.activate = broken  # type: ignore[method-assign]
    with pytest.raises(StudioError, match="Voice could not be loaded: RuntimeError: the driver is gone"):
        made.room.load("voice")
    assert made.states() == {"voice": "parked"}
    made.room.close()


def test_a_shortage_beside_others_waits_for_their_end() -> None:
    """While somebody else computes, running out is no failure: it is tried again until they have ended."""
    made = make_room()
    with made.room.lease("voice", "work"):
        made.machine.fail("activate", 6)
        results = together(lambda: made.room.load("embed"))
    assert results == [None]
    made.room.close()


def test_other_programs_are_noticed_by_looking() -> None:
    made = make_room(limits=Limits(host_bytes=20 * GIB))
    made.machine.foreign_host = 60 * GIB
    made.room._lanes.look()
    with pytest.raises(Unavailable, match="of RAM, and other programs hold"):
        made.room.load("chat")
    made.room.close()


def test_small_changes_of_other_programs_are_no_news() -> None:
    made = make_room()
    made.machine.foreign_device = GIB
    made.room._lanes.look()
    before = made.room.status()["budget"]["device_foreign_bytes"]
    made.machine.foreign_device += 10 * 2**20
    made.room._lanes.look()
    assert made.room.status()["budget"]["device_foreign_bytes"] == before
    made.room.close()


def test_keep_alive_parks_by_itself() -> None:
    made = make_room(limits=Limits(keep_alive_s=0.05))
    made.room.load("voice")
    with made.room._books.lock:
        made.room._wait_until(lambda: made.room._books.world.models["voice"].place == "installed")
    assert (made.machine.device_used, made.machine.host_used) == (0, 0)
    assert {"park", "drop"} <= {line["action"] for line in made.room.decisions()}
    made.room.close()


def test_what_is_set_aside_for_a_call() -> None:
    made = make_room(machine=FakeMachine(64 * GIB, 64 * GIB))
    made.room.load("image")
    entry = made.room._books.entries["image"]
    learner = made.room._learner
    assert isinstance(entry.engine, FakeEngine)
    assert working_bytes(learner, entry, None, "draw", {"batch": 4}) == (GIB, GIB)
    assert working_bytes(learner, entry, entry.engine, "draw", {"batch": 4}) == (4 * GIB, 4 * GIB)
    learner.peak(entry.key, "draw@0", {"batch": 4}, 4 * GIB, 2 * GIB)
    assert working_bytes(learner, entry, entry.engine, "draw", {"batch": 4}) == (int(2.1 * GIB), 4 * GIB)
    made.room.close()
