"""The books: sums, uses, tickets that come back."""

from __future__ import annotations

import math

import pytest

from backends.scheduler_state import HALF_LIFE_S, Action, Budget, Kind, Lane, Model, Waiting, World
from backends.scheduler_words import Why

WHY = Why("keep_alive", {"idle_s": 1.0})


def world(shared: bool = False) -> World:
    made = World(Budget(100, 200, shared))
    made.models["a"] = Model("a", 40, 0 if shared else 30)
    return made


def act(made: World, kind: Kind, lane: Lane = "device", ended: bool = True) -> Action:
    action = Action(kind, "a", WHY, lane=lane)
    made.commit(action, 1.0)
    made.begun(action)
    if ended:
        made.ended(action, 2.0)
    return action


def test_a_life_in_sums() -> None:
    made = world()
    act(made, "load", "disk")
    assert (made.host_used, made.device_used, made.models["a"].place) == (40, 0, "parked")
    act(made, "activate")
    assert (made.host_used, made.device_used, made.models["a"].place) == (40, 30, "resident")
    act(made, "park")
    assert (made.host_used, made.device_used, made.models["a"].place) == (40, 0, "parked")
    act(made, "activate")
    act(made, "drop")
    assert (made.host_used, made.device_used, made.models["a"].place) == (0, 0, "installed")
    assert made.lanes == {"disk": 0, "device": 0}


def test_what_is_coming_is_known_before_it_has_begun() -> None:
    made = world()
    action = Action("load", "a", WHY, lane="disk")
    made.commit(action, 0.0)
    assert (made.host_used, made.host_coming["disk"], made.lanes["disk"]) == (0, 40, 1)
    made.begun(action)
    assert (made.host_used, made.host_coming["disk"]) == (40, 0)
    made.failed(action, held_until=9.0)
    assert (made.host_used, made.models["a"].place, made.models["a"].held_until) == (0, "installed", 9.0)


def test_what_leaves_counts_until_it_has_left() -> None:
    made = world()
    act(made, "load", "disk")
    action = act(made, "drop", ended=False)
    assert (made.host_used, made.host_coming["device"]) == (40, -40)
    made.ended(action, 3.0)
    assert (made.host_used, made.host_coming["device"]) == (0, 0)


def test_a_load_says_what_it_really_holds() -> None:
    made = world()
    action = act(made, "load", "disk", ended=False)
    made.ended(action, 2.0, host_bytes=55, device_bytes=44)
    act(made, "activate")
    assert (made.host_used, made.device_used) == (55, 44)


@pytest.mark.parametrize("shared", [False, True])
def test_a_lease_holds_its_working_memory(shared: bool) -> None:
    made = world(shared)
    act(made, "load", "disk")
    act(made, "activate")
    before = made.host_used if shared else made.device_used
    made.ask(Waiting(1, "a", 20, priority=3), 5.0)
    made.commit(Action("start", "a", WHY, 1, working_bytes=20), 5.0)
    assert (made.host_used if shared else made.device_used) == before + 20
    assert made.models["a"].last_priority == 3
    made.released(1, 6.0)
    assert (made.host_used if shared else made.device_used) == before
    assert made.models["a"].idle_since == 6.0


def test_starting_counts_against_those_it_held_back() -> None:
    made = world()
    made.models["a"].place = "resident"
    for ticket in (1, 2, 3):
        made.ask(Waiting(ticket, "a", 0), 0.0)
    made.commit(Action("start", "a", WHY, 2, passed=(1,)), 0.0)
    assert {ticket: request.bypassed for ticket, request in made.waiting.items()} == {1: 1, 3: 0}


def test_a_ticket_that_comes_back_is_as_old_as_it_was() -> None:
    made = world()
    made.ask(Waiting(5, "a", 0, bypassed=7), 0.0)
    made.ask(Waiting(2, "a", 0), 0.0)
    assert list(made.waiting) == [2, 5]


def test_uses_fade() -> None:
    model = Model("a", 1, 1)
    model.used(0.0)
    model.used(HALF_LIFE_S)
    assert model.uses == pytest.approx(1.5)


def test_the_usual_gap_between_calls() -> None:
    made = world()
    made.models["a"].place = "resident"
    assert made.models["a"].gap_s == math.inf
    made.ask(Waiting(1, "a", 0), 4.0)
    assert made.models["a"].gap_s == 4.0
    made.ask(Waiting(2, "a", 0), 2.0)
    assert made.models["a"].gap_s == 3.0


def test_an_engine_that_closed_itself() -> None:
    made = world()
    act(made, "load", "disk")
    act(made, "activate")
    made.lost("a")
    assert (made.host_used, made.device_used, made.models["a"].place) == (0, 0, "installed")


def test_asking_clears_a_dismissal() -> None:
    made = world()
    made.models["a"].dismissed = "drop"
    made.ask(Waiting(1, "a", 0), 0.0)
    assert made.models["a"].dismissed == ""
    made.withdraw(1)
    made.withdraw(1)
    assert made.waiting == {}


def test_a_budget_without_what_others_hold() -> None:
    budget = Budget(100, 200, foreign_device=30, foreign_host=50)
    assert (budget.device, budget.host) == (70, 150)
