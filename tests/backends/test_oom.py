"""The ladder, and memory that runs out at random points while others work."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import partial

import pytest

from backends.base import Engine, OutOfMemory
from backends.fakes import FakeBehaviour, FakeEngine, FakeMachine, fake_card
from backends.oom import LADDER, SPENT, CannotRelieve, Rung, climb
from configs.errors import Unavailable
from tests.backends.rooms import GIB, Fixture, make_room, together

POINTS = 100


@dataclass
class Calls:
    """An attempt that runs out on the first so many rungs."""

    fails: int
    seen: list[str] = field(default_factory=list)

    def __call__(self, rung: Rung) -> str:
        self.seen.append(rung.name)
        if len(self.seen) <= self.fails:
            raise OutOfMemory(f"short on the rung {rung.name!r}")
        return rung.name


@pytest.mark.parametrize("fails", range(len(LADDER)))
def test_it_climbs_until_it_fits(fails: int) -> None:
    calls = Calls(fails)
    fallen: list[str] = []
    assert climb(calls, lambda: True, lambda rung, why: fallen.append(rung.name)) == LADDER[fails].name
    assert fallen == [rung.name for rung in LADDER[:fails]]


def test_at_the_top_only_a_fresh_process_helps() -> None:
    with pytest.raises(Unavailable, match="short on the rung 'with streamed weights'") as caught:
        climb(Calls(99), lambda: True)
    assert caught.value.code == SPENT


def test_a_rung_the_engine_cannot_take_is_passed_over() -> None:
    def attempt(rung: Rung) -> str:
        if rung.relief == 1:
            raise CannotRelieve
        if rung.relief < 2:
            raise OutOfMemory("short")
        return rung.name

    assert climb(attempt, lambda: True) == "with streamed weights"


def test_what_was_partly_answered_is_not_repeated() -> None:
    calls = Calls(1)
    with pytest.raises(OutOfMemory):
        climb(calls, lambda: False)
    assert len(calls.seen) == 1


def test_nothing_of_the_failed_call_is_alive_when_it_is_repeated() -> None:
    """A traceback kept alive would keep the tensors of its frames."""
    import gc
    import weakref

    class Tensor:
        pass

    alive: list[weakref.ref[Tensor]] = []

    def attempt(rung: Rung) -> bool:
        gc.collect()
        if alive:
            return alive[-1]() is None
        tensor = Tensor()
        alive.append(weakref.ref(tensor))
        raise OutOfMemory("short")

    assert climb(attempt, lambda: True)


def test_a_call_that_runs_out_is_repeated_alone_and_then_with_less() -> None:
    behaviour = {"image": FakeBehaviour(truth=lambda operation, shape: 20 * GIB)}  # half of it does not fit either, a quarter does
    made = make_room(behaviour=behaviour)
    made.room.load("voice")
    assert made.room.call("image", "work", {}, lambda engine: engine.work()) == "image: work"  # type: ignore[attr-defined]
    states = {model["name"]: (model["state"], model["relief"]) for model in made.room.status()["models"]}
    assert states == {"voice": ("parked", 0), "image": ("resident", 2)}
    assert made.room.status()["counters"]["out_of_memory"] == 3
    assert made.restarts == []
    made.room.close()


def test_when_nothing_helps_a_fresh_process_is_asked_for() -> None:
    made = make_room(behaviour=FakeBehaviour(relief=(0.9,), truth=lambda operation, shape: 20 * GIB))
    with pytest.raises(Unavailable) as caught:
        made.room.call("image", "work", {}, lambda engine: engine.work())  # type: ignore[attr-defined]
    assert caught.value.code == SPENT
    assert len(made.restarts) == 1
    assert made.room.status()["restart_wanted"] == made.restarts[0]
    made.room.close()


@pytest.mark.parametrize("point", ["activate", "load"])
def test_a_move_that_runs_out_is_tried_again_with_everything_idle_gone(point: str) -> None:
    made = make_room()
    made.room.load("voice")
    made.machine.fail(point)
    made.room.load("image")
    idle = {model["name"]: model["state"] for model in made.room.status()["models"]}
    assert idle == {"voice": "parked" if point == "activate" else "installed", "image": "resident"}
    made.machine.fail(point, 3)
    with pytest.raises(Unavailable, match="though everything idle had made room"):
        made.room.load("embed")
    made.room.load("embed")
    made.room.close()


@dataclass
class Studio:
    """What stands around a room: a fresh one when it asks for that, and the job that asked is run again there."""

    behaviour: FakeBehaviour
    fresh: int = 0
    made: Fixture = field(init=False)

    def __post_init__(self) -> None:
        self.made = make_room(behaviour=self.behaviour)

    def run(self, model: str, work: object) -> str:
        room = self.made.room
        try:
            return room.call(model, "work", {}, work)  # type: ignore[arg-type]
        except Unavailable as error:
            if error.code != SPENT:
                raise
        self.fresh += 1
        other = make_room(behaviour=self.behaviour)  # the old one ends with its last call
        try:
            return other.room.call(model, "work", {}, work)  # type: ignore[arg-type]
        finally:
            other.room.close()


def test_a_hundred_random_shortages_hurt_nobody() -> None:
    """Each job meets one shortage of random depth (a move, or one to four rungs of the ladder); beside each, two bystanders work."""
    chance = random.Random(4)
    studio = Studio(FakeBehaviour())
    names = ["chat", "image", "voice", "embed"]

    def job(model: str, depth: int) -> str:
        left = [depth]

        def work(engine: Engine) -> str:
            assert isinstance(engine, FakeEngine)
            if left[0] > 0:
                left[0] -= 1
                raise OutOfMemory("injected")
            return engine.work()

        return studio.run(model, work)

    finished = bystanders = 0
    for _ in range(POINTS):
        depth, model = chance.choice((0, 1, 1, 2, 3, 4)), chance.choice(names)
        if depth == 0:
            studio.made.machine.fail(chance.choice(("load", "activate")), chance.choice((1, 2)))
        results = together(partial(job, model, depth), partial(job, chance.choice(names), 0), partial(job, chance.choice(names), 0))
        finished += results[0] == f"{model}: work"
        bystanders += sum(1 for result in results[1:] if not isinstance(result, str))
        if chance.random() < 0.3:
            studio.made.room.free(host=True)
    assert bystanders == 0
    assert finished >= 99
    assert studio.fresh > 0
    assert studio.made.machine.device_peak <= 16 * GIB
    studio.made.room.close()
    assert (studio.made.machine.device_used, studio.made.machine.host_used) == (0, 0)


def test_the_machine_itself_runs_out_when_guesses_are_wrong() -> None:
    """Calls take three times what was set aside: real collisions, not injected ones."""
    machine = FakeMachine(16 * GIB, 64 * GIB)
    cards = {name: fake_card(name, size * GIB, GIB) for name, size in (("chat", 4), ("image", 4), ("voice", 3))}
    made = make_room(machine=machine, cards=cards, behaviour=FakeBehaviour(truth=lambda operation, shape: 4 * GIB, call_s=0.002))

    def user(name: str) -> list[str]:
        return [made.room.call(name, "work", {}, lambda engine: engine.work()) for _ in range(8)]  # type: ignore[attr-defined]

    results = together(*[partial(user, name) for name in (*cards, *cards)])
    assert all(isinstance(result, list) and len(result) == 8 for result in results), results
    assert made.restarts == []
    made.room.close()
