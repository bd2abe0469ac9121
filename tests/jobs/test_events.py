"""Events reach every listener, never block the sender, and say when they were dropped."""

from __future__ import annotations

import threading

from jobs.events import BACKLOG, EventBus


def test_a_listener_hears_its_job_only() -> None:
    bus = EventBus()
    with bus.subscribe("j-1") as one, bus.subscribe() as every:
        bus.send("j-1", "job", {"n": 1})
        bus.send("j-2", "job", {"n": 2})
        assert [e.data["n"] for e in one.drain()] == [1]
        assert [e.data["n"] for e in every.drain()] == [1, 2]


def test_ids_grow() -> None:
    bus = EventBus()
    with bus.subscribe() as listener:
        for _ in range(3):
            bus.send("j", "log", {})
        ids = [e.id for e in listener.drain()]
    assert ids == sorted(set(ids))


def test_a_slow_listener_loses_the_oldest_and_knows_it() -> None:
    bus = EventBus()
    with bus.subscribe() as listener:
        for n in range(BACKLOG + 5):
            bus.send("j", "emit", {"n": n})
        assert listener.lost
        kept = listener.drain()
    assert len(kept) == BACKLOG
    assert kept[-1].data["n"] == BACKLOG + 4


def test_waiting_ends_with_an_event_a_timeout_or_the_end() -> None:
    bus = EventBus()
    listener = bus.subscribe()
    assert listener.get(0.001) is None
    threading.Timer(0.01, bus.send, ("j", "job", {"n": 7})).start()
    event = listener.get(5)
    assert event is not None
    assert event.data == {"n": 7}
    threading.Timer(0.01, bus.close).start()
    assert listener.get(5) is None
    assert listener.closed


def test_the_wake_call_comes_with_events_and_at_the_end() -> None:
    bus, calls = EventBus(), []
    listener = bus.subscribe(wake=lambda: calls.append(1))
    bus.send("j", "job", {})
    listener.close()
    bus.send("j", "job", {})
    assert len(calls) == 2
