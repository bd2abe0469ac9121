"""The status, the ring of decisions, and who is told of changes."""

from __future__ import annotations

import json
import threading

from backends.room_view import Announcer
from tests.backends.rooms import GIB, PATIENCE_S, make_room, together


def test_the_status_is_json_and_says_for_whom() -> None:
    made = make_room()
    made.room.load("voice")
    with made.room.lease("chat", "work", {}, holder="job 7", priority=2):
        asked = threading.Event()
        stop = threading.Event()

        def waits() -> None:
            made.room.call(
                "image", "draw", {}, lambda engine: None, holder="try it", on_step=lambda f, m: asked.set(), is_cancelled=stop.is_set
            )

        def looks() -> dict[str, object]:
            assert asked.wait(PATIENCE_S)
            found = made.room.status()
            stop.set()
            return found

        _, status = together(waits, looks)
    assert isinstance(status, dict)
    assert json.loads(json.dumps(status)) == status
    models = {model["name"]: model for model in status["models"]}
    assert models["chat"]["state"] == "busy"
    assert models["chat"]["leases"][0]["holder"] == "job 7"
    assert models["chat"]["leases"][0]["working_bytes"] == GIB
    assert models["voice"]["device_bytes"] == 3 * GIB
    assert models["image"]["waiting"] == 1
    (waiting,) = status["waiting"]
    assert (waiting["model"], waiting["operation"], waiting["holder"]) == ("image", "draw", "try it")
    assert waiting["reason"]
    assert status["budget"]["device_used_bytes"] == 13 * GIB
    assert status["restart_wanted"] is None
    made.room.close()


def test_the_ring_keeps_the_last_decisions_with_their_reasons() -> None:
    made = make_room()
    for _ in range(110):
        made.room.load("embed")
        made.room.unload("embed")
    decisions = made.room.decisions()
    assert len(decisions) == 200
    assert decisions[-1]["action"] == "drop"
    assert decisions[-1]["reason"] == "its memory was asked back"
    assert all({"at", "action", "model", "reason"} <= set(line) for line in decisions)
    assert made.room.status()["counters"]["load"] == 110
    made.room.close()


def test_changes_are_told_soon_and_the_last_state_always() -> None:
    made = make_room()
    made.room.load("voice")
    made.room.close()
    assert made.told
    assert made.told[-1]["models"][0]["name"] == "voice"
    assert len(made.told) <= 12, "changes that follow each other closely are told together"


def test_a_listener_that_fails_is_not_the_end() -> None:
    told = threading.Event()
    calls = []

    def push(status: dict[str, object]) -> None:
        calls.append(status)
        if len(calls) == 1:
            raise OSError("the pipe is gone")
        told.set()

    announcer = Announcer(lambda: {"n": len(calls)}, push)
    announcer.changed()
    while not calls:
        told.wait(0.01)
    announcer.changed()
    assert told.wait(PATIENCE_S)
    announcer.close()
    announcer.changed()


def test_nobody_listening_costs_nothing() -> None:
    announcer = Announcer(dict, None)
    announcer.changed()
    announcer.close()
    assert announcer._thread is None
