"""Leases, refusals, cancelling, pinning, freeing, learning, and many threads at once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from backends.base import Cancelled, Engine, OutOfMemory
from backends.fakes import FakeBehaviour, FakeEngine, FakeMachine, fake_card
from backends.room import Limits
from configs.errors import Conflict, NotFound, StudioError, Unavailable
from tests.backends.rooms import GIB, PATIENCE_S, SIZES, Fixture, make_room, together


@pytest.fixture(params=[False, True], ids=["gpu", "cpu"])
def anywhere(request: pytest.FixtureRequest) -> Iterator[Fixture]:
    made = make_room(cpu=request.param)
    yield made
    made.room.close()


@pytest.fixture
def gpu() -> Iterator[Fixture]:
    made = make_room()
    yield made
    made.room.close()


def work(engine: Engine) -> str:
    assert isinstance(engine, FakeEngine)
    return engine.work()


def test_a_lease_loads_what_it_needs_and_leaves_it_there(anywhere: Fixture) -> None:
    with anywhere.room.lease("chat", "work", {}, holder="job 7") as engine:
        assert work(engine) == "chat: work"
        (model,) = anywhere.room.status()["models"]
        assert model["state"] == "busy"
        assert [(lease["operation"], lease["holder"]) for lease in model["leases"]] == [("work", "job 7")]
    assert anywhere.states() == {"chat": "resident"}
    assert anywhere.room.call("chat", "work", {}, work) == "chat: work"
    assert [what for what, _ in anywhere.machine.log] == ["load", "activate"]


def test_models_make_room_for_each_other(gpu: Fixture) -> None:
    for name in ("chat", "image", "chat"):
        gpu.room.call(name, "work", {}, work)
    assert gpu.states() == {"chat": "resident", "image": "parked"}
    assert [entry for entry in gpu.machine.log if entry[0] == "load"] == [("load", "chat"), ("load", "image")]
    reasons = [line["reason"] for line in gpu.room.decisions() if line["action"] == "park"]
    assert reasons[0].startswith("makes room for image: costs least to lose of 1 idle models")


def test_on_a_cpu_machine_ram_is_the_budget() -> None:
    made = make_room(cpu=True, limits=Limits(host_bytes=15 * GIB))
    for name in ("chat", "image"):
        made.room.call(name, "work", {}, work)
    assert made.states() == {"chat": "installed", "image": "resident"}
    assert made.machine.host_used == 7 * GIB
    made.room.close()
    assert made.machine.host_used == 0


def test_what_can_never_fit_is_refused_before_it_runs(gpu: Fixture) -> None:
    gpu.room.load("chat")
    with pytest.raises(Unavailable, match=r"chat needs 17.0 GiB of device memory \(9.0 GiB weights, 8.0 GiB for the call\)") as caught:
        gpu.room.call("chat", "work", {"batch": 8}, work)
    assert caught.value.code == "out_of_memory"
    assert caught.value.remedy.startswith("Choose a smaller variant")
    assert gpu.machine.device_peak == 9 * GIB


def test_a_model_that_is_not_installed(gpu: Fixture) -> None:
    with pytest.raises(NotFound, match="No model 'other'"), gpu.room.lease("other", "work"):
        pass


def test_other_programs_shrink_the_budget(gpu: Fixture) -> None:
    gpu.machine.foreign_device = 8 * GIB
    gpu.room._lanes.look()
    with pytest.raises(Unavailable, match=r"other programs hold [78]\.\d GiB"):
        gpu.room.call("chat", "work", {}, work)
    assert gpu.room.status()["budget"]["device_foreign_bytes"] > 7 * GIB
    gpu.machine.foreign_device = 0
    gpu.room._lanes.look()
    gpu.room.call("chat", "work", {}, work)


def test_a_second_lease_in_the_same_thread_is_refused(gpu: Fixture) -> None:
    with gpu.room.lease("voice", "work"):
        with pytest.raises(Conflict, match="image was asked for while voice was held"), gpu.room.lease("image", "work"):
            pass
        (done,) = together(lambda: gpu.room.call("embed", "work", {}, work))
        assert done == "embed: work"


def test_a_failing_call_gives_its_lease_back(gpu: Fixture) -> None:
    def broken(engine: Engine) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        gpu.room.call("chat", "work", {}, broken)
    assert gpu.states() == {"chat": "resident"}


def test_a_failed_load_is_told_to_all_who_waited() -> None:
    bad = make_room(behaviour={"chat": FakeBehaviour(load_error=OSError("the file ends early"))})
    results = together(*[lambda: bad.room.call("chat", "work", {}, work) for _ in range(4)])
    assert all(
        isinstance(result, StudioError) and "Chat could not be loaded: OSError: the file ends early." in str(result) for result in results
    )
    assert bad.states() == {"chat": "installed"}
    assert bad.machine.host_used == 0
    bad.room.close()


def test_a_load_is_heard_and_can_be_cancelled() -> None:
    loading, go_on = threading.Event(), threading.Event()

    def slowly(seconds: float) -> None:
        loading.set()
        go_on.wait(PATIENCE_S)

    made = make_room(behaviour=FakeBehaviour(load_s=1.0, sleep=slowly))
    cancelled = threading.Event()
    heard: list[tuple[float, str]] = []

    def hear(fraction: float, message: str) -> None:
        heard.append((fraction, message))
        if message == "Loading chat":
            cancelled.set()

    results = together(lambda: made.room.load("chat", is_cancelled=cancelled.is_set, on_step=hear))
    assert isinstance(results[0], Cancelled)
    assert loading.is_set()
    go_on.set()
    made.room._wait_until_idle()
    assert made.machine.host_used == 0, "nothing half-loaded stays"
    assert made.states() == {"chat": "installed"}
    assert any(message == "Loading chat" for _, message in heard)
    made.room.call("chat", "work", {}, work)
    made.room.close()


def test_the_progress_of_a_load_is_told_while_it_loads() -> None:
    """The engine goes on only when its last step was told: without being told it would wait until its patience ends."""

    def slowly(seconds: float) -> None:
        step = made.room._books.entries["chat"].progress
        until = time.monotonic() + PATIENCE_S
        while step not in (model["progress"] for status in made.told for model in status["models"]) and time.monotonic() < until:
            threading.Event().wait(0.01)

    made = make_room(behaviour={"chat": FakeBehaviour(load_s=1.0, sleep=slowly)})
    began = time.monotonic()
    made.room.load("chat")
    assert time.monotonic() - began < PATIENCE_S
    seen = [model["progress"] for status in made.told for model in status["models"] if model["progress"] is not None]
    assert seen == sorted(seen)
    assert {0.1, 0.5, 0.9} <= set(seen)
    made.room.close()


def test_on_step_may_cancel_by_raising(gpu: Fixture) -> None:
    class Stop(Exception):
        pass

    def stop(fraction: float, message: str) -> None:
        raise Stop

    with gpu.room.lease("voice", "work"):
        (result,) = together(lambda: gpu.room.call("voice", "work", {}, work, on_step=stop))
    assert isinstance(result, Stop)
    assert gpu.room.status()["waiting"] == []


def test_unload_and_pin(gpu: Fixture) -> None:
    gpu.room.pin("chat")
    gpu.room.load("chat")
    with pytest.raises(Unavailable, match=r"pinned models hold 9\.0 GiB") as caught:
        gpu.room.call("image", "work", {}, work)
    assert caught.value.remedy == "Unpin chat, or choose a smaller model."
    gpu.room.unload("chat")
    assert gpu.states()["chat"] == "installed"
    assert gpu.machine.host_used == 0
    gpu.room.pin("chat", False)
    gpu.room.unload("chat")
    gpu.room.unload("never heard of")
    with (
        gpu.room.lease("image", "work", holder="a job"),
        pytest.raises(Conflict, match="Image is in use by a job"),
    ):
        gpu.room.unload("image")


def test_unloading_answers_who_waits(gpu: Fixture) -> None:
    with gpu.room.lease("chat", "work"):
        asked = threading.Event()

        def other() -> None:
            gpu.room.call("image", "work", {}, work, on_step=lambda fraction, message: asked.set())

        def unload() -> None:
            assert asked.wait(PATIENCE_S)
            gpu.room.unload("image")

        results = together(other, unload)
    assert isinstance(results[0], Conflict)
    assert "was unloaded while this waited" in str(results[0])


def test_free_gives_all_device_memory_back(gpu: Fixture) -> None:
    gpu.room.load("image")
    gpu.room.load("voice")
    gpu.room.pin("voice")
    with gpu.room.lease("embed", "work"):
        found = gpu.room.free()
        assert found == {"freed_bytes": 10 * GIB, "busy": ["embed"]}
        assert gpu.machine.device_used == 1 * GIB
    gpu.room._wait_until_idle()
    assert gpu.machine.device_used == 0, "what was in use follows at its end"
    assert gpu.machine.host_used == 11 * GIB
    assert gpu.room.free(host=True)["freed_bytes"] == 11 * GIB
    assert gpu.machine.host_used == 0


def test_peaks_and_times_are_learned_and_come_back() -> None:
    behaviour = FakeBehaviour(truth=lambda operation, shape: shape["batch"] * GIB // 2 + GIB // 4)
    made = make_room(behaviour=behaviour)
    for batch in (1, 2, 4):
        made.room.call("image", "draw", {"batch": batch}, lambda engine: engine.work("draw", {"batch": batch}))  # type: ignore[attr-defined]  # noqa: B023
    kinds = [observation["kind"] for observation in made.observed]
    assert kinds.count("peak") == 2, "the third was as predicted"
    assert {"load", "activate"} <= set(kinds)
    made.room.close()
    later = make_room(behaviour=behaviour, learned=tuple(made.observed))
    with later.room.lease("image", "draw", {"batch": 3}):
        (lease,) = later.room.status()["models"][0]["leases"]
    assert lease["working_bytes"] == pytest.approx(1.05 * 1.75 * GIB, rel=0.01)
    later.room.close()


def test_a_call_beside_others_teaches_nothing(gpu: Fixture) -> None:
    with gpu.room.lease("voice", "work"):
        together(lambda: gpu.room.call("embed", "work", {}, work))
    assert [seen for seen in gpu.observed if seen["kind"] == "peak"] == []


def test_a_closed_room_answers_everyone() -> None:
    made = make_room()
    with made.room.lease("chat", "work"):
        waiting = threading.Event()

        def waits() -> None:
            made.room.call("image", "work", {}, work, on_step=lambda fraction, message: waiting.set())

        def close() -> None:
            assert waiting.wait(PATIENCE_S)
            made.room.close()

        results = together(waits, close)
    assert isinstance(results[0], Unavailable)
    assert made.machine.host_used == 0
    with pytest.raises(Unavailable, match="being closed"), made.room.lease("chat", "work"):
        pass


@pytest.mark.parametrize("cpu", [False, True], ids=["gpu", "cpu"])
def test_many_threads(cpu: bool) -> None:
    """Twelve threads, mixed models, cancelling, pinning and freeing: everyone is answered, nothing is over the budget."""
    made = make_room(cpu=cpu, concurrency=2, limits=Limits(15 * GIB, None if not cpu else 15 * GIB))
    names = list(SIZES)

    def user(seed: int) -> int:
        chance = random.Random(seed)
        done = 0
        for _ in range(25):
            giving_up = chance.random() < 0.1
            try:
                made.room.call(chance.choice(names), "work", {}, work, priority=chance.choice((0, 0, 5)), is_cancelled=lambda: giving_up)  # noqa: B023
                done += 1
            except Cancelled:
                pass
        return done

    def meddler() -> None:
        chance = random.Random(99)
        for _ in range(40):
            name = chance.choice(names)
            chance.choice([lambda: made.room.free(host=True), lambda: made.room.free(), made.room.status, lambda: unload(made, name)])()  # noqa: B023

    results = together(*[partial(user, seed) for seed in range(12)], meddler)
    assert all(result is None or isinstance(result, int | Conflict) for result in results), results
    assert made.machine.device_peak <= 15 * GIB
    assert made.machine.host_peak <= (15 if cpu else 64) * GIB
    assert all(model["leases"] == [] for model in made.room.status()["models"])
    made.room.close()
    assert (made.machine.device_used, made.machine.host_used) == (0, 0)


def unload(made: Fixture, name: str) -> None:
    try:
        made.room.unload(name)
    except Conflict:
        return


def test_locks_are_never_taken_in_two_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that may block is called under the room's lock: engines, effects and listeners find it free."""
    made = make_room()
    lock = made.room._books.lock
    found: list[str] = []

    def free_here(where: str) -> None:
        if lock._is_owned():  # type: ignore[attr-defined]
            found.append(where)

    for name in ("load", "activate", "park", "drop", "trim", "probe", "mark"):
        inner = getattr(made.room._effects, name)

        def watched(*args: object, _inner: object = inner, _name: str = name) -> object:
            free_here(_name)
            return _inner(*args)  # type: ignore[operator]

        monkeypatch.setattr(made.room._effects, name, watched)
    monkeypatch.setattr(made.room._announcer, "_push", lambda status: free_here("on_change"))
    monkeypatch.setattr(made.room, "_on_observe", lambda seen: free_here("on_observe"))
    for name in ("chat", "image", "voice", "chat"):
        made.room.call(name, "work", {}, work, on_step=lambda fraction, message: free_here("on_step"))
    made.room.free(host=True)
    made.room.close()
    assert found == []


def test_a_call_that_has_answered_in_part_is_not_repeated(gpu: Fixture) -> None:
    def runs_out(engine: Engine) -> None:
        raise OutOfMemory("no room for the next token")

    with pytest.raises(OutOfMemory, match="next token"):
        gpu.room.call("chat", "work", {}, runs_out, may_repeat=lambda: False)


def test_a_model_may_be_too_big_for_ram() -> None:
    made = make_room(machine=FakeMachine(16 * GIB, 8 * GIB), cards={"chat": fake_card("chat", 9 * GIB, GIB)})
    with pytest.raises(Unavailable, match="of RAM"):
        made.room.load("chat")
    made.room.close()
