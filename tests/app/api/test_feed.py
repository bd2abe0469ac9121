"""Events cross from threads to the event loop: in order, without polling, and end when told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from app.api.feed import Closed, Lagged, Streams
from jobs.events import BACKLOG, EventBus

LONG_S = 20.0


def run(body: Callable[[EventBus, Streams], Coroutine[Any, Any, None]]) -> None:
    """Runs the body on an event loop with a fresh bus."""
    bus = EventBus()
    asyncio.run(asyncio.wait_for(body(bus, Streams(bus)), LONG_S))


def test_events_of_threads_arrive_in_order() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        with streams.listen("j-1", ["job"]) as listener:
            sender = threading.Thread(target=lambda: [bus.send("j-1", "job", {"n": n}) for n in range(100)])
            sender.start()
            seen: list[int] = []
            while len(seen) < 100:
                seen += [event.data["n"] for event in await listener.next(LONG_S)]
            sender.join()
        assert seen == list(range(100))

    run(body)


def test_only_what_was_asked_for() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        with streams.listen("j-1", ["job"]) as one, streams.listen(None, ["job", "log"]) as every:
            bus.send("j-2", "job", {})
            bus.send("j-1", "log", {})
            bus.send("j-1", "job", {})
            assert [(e.job_id, e.kind) for e in await one.next(LONG_S)] == [("j-1", "job")]
            assert [(e.job_id, e.kind) for e in await every.next(LONG_S)] == [("j-2", "job"), ("j-1", "log"), ("j-1", "job")]

    run(body)


def test_silence_is_an_empty_answer() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        with streams.listen(None, ["job"]) as listener:
            assert await listener.next(0.01) == []
            bus.send("j", "job", {})
            assert len(await listener.next(LONG_S)) == 1

    run(body)


def test_a_slow_reader_is_told_once_and_goes_on() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        with streams.listen(None, ["job"]) as listener:
            for number in range(BACKLOG + 1):
                bus.send("j", "job", {"n": number})
            with pytest.raises(Lagged):
                await listener.next(LONG_S)
            bus.send("j", "job", {"n": -1})
            assert [event.data["n"] for event in await listener.next(LONG_S)] == [-1]

    run(body)


def test_closing_ends_a_waiting_reader() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        with streams.listen(None, ["job"]) as listener:
            waiting = asyncio.ensure_future(listener.next(LONG_S))
            await asyncio.sleep(0)
            threading.Thread(target=streams.close).start()
            with pytest.raises(Closed):
                await waiting

    run(body)


def test_what_came_before_the_end_is_still_read() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        with streams.listen(None, ["job"]) as listener:
            bus.send("j", "job", {})
            streams.close()
            assert len(await listener.next(LONG_S)) == 1
            with pytest.raises(Closed):
                await listener.next(LONG_S)

    run(body)


def test_a_stream_opened_after_the_end_ends_at_once() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        streams.close()
        with streams.listen(None, ["job"]) as listener, pytest.raises(Closed):
            await listener.next(LONG_S)

    run(body)


def test_a_reader_that_leaves_is_forgotten() -> None:
    async def body(bus: EventBus, streams: Streams) -> None:
        with streams.listen(None, ["job"]):
            assert streams.count == 1
        assert streams.count == 0

    run(body)


def test_a_loop_that_has_gone_does_not_hurt_the_sender() -> None:
    bus = EventBus()
    streams = Streams(bus)

    async def leave() -> object:
        return streams.listen(None, ["job"])

    asyncio.run(leave())
    bus.send("j", "job", {})
    streams.close()
