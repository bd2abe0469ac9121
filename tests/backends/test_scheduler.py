"""The policy: what it does in each situation, and its promises under random storms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.scheduler import BYPASS_LIMIT, Decision, decide
from backends.scheduler_state import Action, Budget, Model, Waiting, World
from tests.backends.storm import Storm

GIB = 2**30


def world(*models: Model, device: int = 16, host: int = 64, **budget: object) -> World:
    made = World(Budget(device * GIB, host * GIB, **budget))  # type: ignore[arg-type]
    for model in models:
        made.models[model.name] = model
        if model.place != "installed":
            made.host_used += model.host_bytes
        if model.place == "resident":
            made.device_used += model.device_bytes
    return made


def model(name: str, size: int, place: str = "installed", **more: object) -> Model:
    return Model(name, size * GIB, size * GIB, size * 1.0, size * 0.05, place=place, **more)  # type: ignore[arg-type]


def ask(made: World, ticket: int, name: str, working: float = 1, now: float = 0.0, **more: int) -> None:
    made.ask(Waiting(ticket, name, int(working * GIB), since=now, **more), now)


def run(made: World, now: float = 0.0) -> list[str]:
    """Decides and carries everything out until nothing more is decided; the actions as "kind model"."""
    told = []
    for _ in range(50):
        decision = decide(made, now)
        if not decision.actions:
            return told
        told += settle(made, decision, now)
    raise AssertionError("never settles")


def settle(made: World, decision: Decision, now: float) -> list[str]:
    for action in decision.actions:
        made.commit(action, now)
    for action in decision.actions:
        if action.lane:
            made.begun(action)
            made.ended(action, now)
    return [f"{action.kind} {action.model}" for action in decision.actions]


def refusal(decision: Decision) -> Action:
    (action,) = decision.actions
    assert action.kind == "refuse"
    return action


def test_a_cold_model_is_loaded_activated_and_started() -> None:
    made = world(model("sdxl", 7))
    ask(made, 1, "sdxl", 3)
    assert run(made) == ["load sdxl", "activate sdxl", "start sdxl"]
    assert made.device_used == 10 * GIB
    made.released(1, 5.0)
    assert made.device_used == 7 * GIB
    assert decide(made, 6.0).actions == []


def test_the_cheapest_idle_models_make_room() -> None:
    made = world(model("often", 6, "resident"), model("rarely", 6, "resident"), model("tiny", 1, "resident"), model("new", 7, "parked"))
    for _ in range(10):
        made.models["often"].used(0.0)
    ask(made, 1, "new", 1)
    decision = decide(made, 1.0)
    assert [(action.kind, action.model) for action in decision.actions] == [("park", "rarely"), ("activate", "new")]
    assert "makes room for new: costs least to lose of 3 idle models" in decision.actions[0].reason
    assert decision.waits[0].reason == "new is on its way (activate)"


def test_what_is_in_use_or_pinned_stays() -> None:
    made = world(model("busy", 8, "resident", concurrency=4), model("kept", 4, "resident", pinned=True), model("new", 5, "parked"))
    ask(made, 1, "busy", 1)
    run(made)
    ask(made, 2, "new", 1)
    decision = decide(made, 0.0)
    assert decision.actions == []
    assert decision.waits[0].reason == "needs 6.0 GiB, 3.0 GiB are free, and the rest is in use"
    made.released(1, 1.0)
    assert run(made, 1.0) == ["park busy", "activate new", "start new"]


@pytest.mark.parametrize(
    ("setup", "sentence", "remedy"),
    [
        (
            {},
            "big needs 17.0 GiB of device memory (13.0 GiB weights, 4.0 GiB for the call); 16.0 GiB may be had.",
            "Choose a smaller variant",
        ),
        (
            {"foreign": 5, "working": 1},
            "big needs 14.0 GiB of device memory, and other programs hold 5.0 GiB of the 16.0 GiB that may be had.",
            "Close the other program that uses the device memory",
        ),
        (
            {"pinned": 4, "working": 1},
            "big needs 14.0 GiB of device memory, and pinned models hold 4.0 GiB of the 16.0 GiB that may be had.",
            "Unpin kept, or",
        ),
        (
            {"host": 10, "working": 1},
            "big needs 13.0 GiB of RAM (13.0 GiB weights, 0 MiB for the call); 10.0 GiB may be had.",
            "Choose a smaller",
        ),
    ],
)
def test_what_can_never_fit_is_refused_with_the_figures(setup: dict[str, int], sentence: str, remedy: str) -> None:
    kept = model("kept", setup.get("pinned", 0), "resident", pinned=True)
    made = world(model("big", 13), kept, host=setup.get("host", 64), foreign_device=setup.get("foreign", 0) * GIB)
    ask(made, 1, "big", setup.get("working", 4))
    action = refusal(decide(made, 0.0))
    assert action.reason == sentence
    assert action.why.remedy.startswith(remedy)


def test_a_resident_model_goes_ahead_but_passes_nobody_too_often() -> None:
    made = world(model("a", 9, "resident"), model("b", 9, "parked"))
    ask(made, 1, "a")
    run(made)
    ask(made, 2, "b")
    started = []
    for ticket in range(3, 50):
        ask(made, ticket, "a")
    while len(started) < 48:
        current = next(iter(made.leases))
        made.released(current, 0.0)
        told = run(made)
        started.append(made.models["b"].place == "resident" and 2 in made.leases)
        if 2 in made.leases:
            assert told == ["park a", "activate b", "start b"]
            break
    assert len(started) == BYPASS_LIMIT + 1
    assert all(request.bypassed <= BYPASS_LIMIT for request in made.waiting.values())


def test_nothing_passes_a_more_urgent_request_that_needs_the_room() -> None:
    made = world(model("batch", 9, "resident"), model("chat", 9, "parked"))
    ask(made, 1, "batch")
    run(made)
    ask(made, 2, "batch")
    ask(made, 3, "chat", priority=10)
    made.released(1, 0.0)
    assert run(made) == ["park batch", "activate chat", "start chat"]


def test_while_an_urgent_model_is_read_from_disk_others_work_on() -> None:
    made = world(model("batch", 9, "resident"), model("chat", 9))
    ask(made, 1, "chat", priority=10)
    loading = decide(made, 0.0)
    assert [action.kind for action in loading.actions] == ["load"]
    made.commit(loading.actions[0], 0.0)
    ask(made, 2, "batch")
    assert [(a.kind, a.ticket) for a in decide(made, 0.0).actions] == [("start", 2)]


def test_an_urgent_request_cannot_starve_a_patient_one() -> None:
    made = world(model("a", 9, "resident"), model("b", 9, "parked"))
    ask(made, 1, "b", priority=0)
    ask(made, 2, "a", priority=9)
    ticket, passed = 2, 0
    while 1 in made.waiting:
        run(made)
        if 1 not in made.waiting:
            break
        passed += 1
        for lease in list(made.leases):
            made.released(lease, 0.0)
        ticket += 1
        ask(made, ticket, "a", priority=9)
    assert passed == BYPASS_LIMIT


def test_only_so_many_calls_at_once() -> None:
    made = world(model("chat", 4, "resident", concurrency=2))
    for ticket in (1, 2, 3):
        ask(made, ticket, "chat")
    decision = decide(made, 0.0)
    assert [action.ticket for action in decision.actions] == [1, 2]
    assert decision.waits[0].reason == "chat is in use; calls it can serve at once: 2"


def test_other_programs_shrink_the_budget() -> None:
    made = world(model("a", 6, "resident"), model("b", 6, "resident"))
    made.models["b"].used(0.0)
    made.budget.foreign_device = 6 * GIB
    decision = decide(made, 1.0)
    assert [(action.kind, action.model) for action in decision.actions] == [("park", "a")]
    assert decision.actions[0].reason.startswith("other programs or a wrong guess took 2.0 GiB more than there is")


def test_ram_is_a_budget_of_its_own() -> None:
    made = world(model("old", 30, "parked"), model("new", 12), host=40)
    ask(made, 1, "new")
    assert run(made) == ["drop old", "load new", "activate new", "start new"]


def test_a_cpu_machine_has_one_memory_and_never_parks() -> None:
    made = World(Budget(0, 10 * GIB, shared=True))
    for name in "ab":
        made.models[name] = Model(name, 6 * GIB, 0)
    ask(made, 1, "a", 2)
    assert run(made) == ["load a", "activate a", "start a"]
    assert made.host_used == 8 * GIB
    ask(made, 2, "b", 2)
    assert run(made) == []
    made.released(1, 1.0)
    assert run(made, 1.0) == ["drop a", "load b", "activate b", "start b"]
    ask(made, 3, "b", 5)
    assert "11.0 GiB of RAM" in refusal(decide(made, 1.0)).reason


def test_keep_alive_parks_and_then_drops() -> None:
    made = world(model("a", 6, "resident"), keep_alive_s=100.0)
    assert decide(made, 99.0).wake_at == 100.0
    assert run(made, 100.0) == ["park a"]
    assert decide(made, 101.0).wake_at == 400.0
    assert run(made, 400.0) == ["drop a"]
    assert decide(made, 401.0).wake_at == math.inf


def test_a_pinned_model_outlives_its_keep_alive() -> None:
    made = world(model("a", 6, "resident", pinned=True), keep_alive_s=100.0)
    assert run(made, 1e6) == []


def test_memory_asked_back_leaves_at_once_even_when_pinned() -> None:
    made = world(model("a", 6, "resident", pinned=True), model("b", 3, "resident"))
    made.models["a"].dismissed, made.models["b"].dismissed = "park", "drop"
    assert run(made) == ["park a", "drop b"]


def test_the_next_call_of_a_close_sequence_is_waited_for() -> None:
    made = world(model("batch", 9, "resident", idle_since=1.0), model("other", 9, "parked"))
    for ticket in (1, 2, 3):
        ask(made, ticket, "batch", now=ticket + 0.05)
        run(made, ticket + 0.05)
        made.released(ticket, ticket + 1.0)
    ask(made, 4, "other", now=4.01)
    decision = decide(made, 4.01)
    assert decision.actions == []
    assert 4.01 < decision.wake_at <= 4.5
    assert decision.waits[0].reason == "batch was in use a moment ago and is usually asked for again at once"
    ask(made, 5, "batch", now=4.05)
    assert run(made, 4.05) == ["start batch"]
    made.released(5, 5.0)
    assert run(made, 6.0) == ["park batch", "activate other", "start other"]


def test_an_urgent_request_does_not_linger() -> None:
    made = world(model("batch", 9, "resident", gap_s=0.05), model("chat", 9, "parked"))
    ask(made, 1, "chat", now=0.01, priority=5)
    assert run(made, 0.01) == ["park batch", "activate chat", "start chat"]


def test_a_call_that_ran_out_gets_everything() -> None:
    made = world(model("a", 6, "resident"), model("b", 3, "resident"), model("c", 1, "resident", pinned=True))
    made.ask(Waiting(1, "a", GIB, alone=True), 0.0)
    assert run(made) == ["park b", "start a"]
    assert made.leases[1].working_bytes == 9 * GIB


def test_a_failed_activation_is_tried_again_later() -> None:
    made = world(model("a", 6, "parked"))
    ask(made, 1, "a")
    (action,) = decide(made, 0.0).actions
    made.commit(action, 0.0)
    made.begun(action)
    made.failed(action, held_until=0.2)
    decision = decide(made, 0.1)
    assert decision.actions == []
    assert decision.wake_at == 0.2
    assert "tried again shortly" in decision.waits[0].reason
    assert run(made, 0.2) == ["activate a", "start a"]


def test_loading_and_activating_go_side_by_side() -> None:
    made = world(model("a", 4, "parked"), model("b", 4), model("c", 4))
    for ticket, name in enumerate("abc", 1):
        ask(made, ticket, name)
    decision = decide(made, 0.0)
    assert [(a.kind, a.model, a.lane) for a in decision.actions] == [("activate", "a", "device"), ("load", "b", "disk")]
    assert decision.waits[-1].reason == "another model is being moved first"


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), shared=st.booleans(), models=st.integers(1, 9), keep_alive=st.sampled_from([None, 5.0, 200.0]))
def test_any_storm_keeps_every_promise(seed: int, shared: bool, models: int, keep_alive: float | None) -> None:
    storm = Storm(seed, shared, models, keep_alive)
    storm.run(400)
    assert storm.counts["start"] + storm.counts["refuse"] > 0


@pytest.mark.parametrize("shared", [False, True])
def test_a_long_storm(shared: bool) -> None:
    """The million of events is `launch.py bench scheduler`."""
    storm = Storm(1, shared)
    storm.run(12_000)
    assert storm.most_bypassed == BYPASS_LIMIT
    assert storm.counts["start"] > 1_000
    assert storm.counts["activate"] > 50
