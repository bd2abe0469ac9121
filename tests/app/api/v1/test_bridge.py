"""Events of a call, from the threads they come on to one event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from app.api.v1.bridge import ClientGone, LiveCall, attended, whole
from app.models.calls import ModelView, OnCallEvent
from backends.chat import EmbedCall
from configs.errors import StudioError, Unavailable

ASKED = EmbedCall(texts=("a",))


class Calls:
    """Says what it is told, on a thread of its own; knows whether it was hung up on."""

    def __init__(self, say: Callable[[OnCallEvent], None]) -> None:
        self._say = say
        self.cancelled = 0

    def start(self, service: str, model: str, request: Any, on_event: OnCallEvent, *, priority: int = 0) -> Calls:
        threading.Thread(target=self._say, args=(on_event,)).start()
        return self

    def models(self) -> list[ModelView]:
        return []

    def cancel(self) -> None:
        self.cancelled += 1


async def begun(calls: Calls) -> LiveCall:
    live = LiveCall(asyncio.get_running_loop())
    live.begin(calls, "embed", "m", ASKED)
    return live


async def never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


def three(on_event: OnCallEvent) -> None:
    for number in range(3):
        on_event("piece", {"n": number})
    on_event("done", {"sum": 3})


def test_pieces_come_in_order_and_then_the_end() -> None:
    calls = Calls(three)

    async def main() -> None:
        live = await begun(calls)
        async with attended(live, never):
            assert await whole(live) == [{"n": 0}, {"n": 1}, {"n": 2}]
            assert live.end == {"sum": 3}
            assert await live.next() == []

    asyncio.run(main())
    assert calls.cancelled == 1


def test_what_has_come_together_is_given_together() -> None:
    gate = threading.Event()

    def say(on_event: OnCallEvent) -> None:
        three(on_event)
        gate.set()

    async def main() -> None:
        live = await begun(Calls(say))
        await asyncio.to_thread(gate.wait)
        assert await live.next() == [{"n": 0}, {"n": 1}, {"n": 2}]

    asyncio.run(main())


def test_the_calls_error_is_raised() -> None:
    error = {**Unavailable("Full.", "Wait.", "no_room").as_dict(), "http_status": 503}

    def say(on_event: OnCallEvent) -> None:
        on_event("piece", {"n": 0})
        on_event("error", error)

    async def main() -> None:
        live = await begun(Calls(say))
        with pytest.raises(StudioError, match="Full") as caught:
            await whole(live)
        assert (caught.value.code, caught.value.http_status) == ("no_room", 503)

    asyncio.run(main())


def test_waiting_may_have_a_limit() -> None:
    async def main() -> None:
        live = await begun(Calls(lambda on_event: None))
        assert await live.next(0.01) is None

    asyncio.run(main())


def test_a_client_who_leaves_ends_it() -> None:
    calls = Calls(lambda on_event: None)
    said = iter([{"type": "http.request"}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(said)

    async def main() -> None:
        live = await begun(calls)
        async with attended(live, receive):
            with pytest.raises(ClientGone):
                await whole(live)

    asyncio.run(main())
    assert calls.cancelled == 1


def test_events_after_the_loop_has_closed_are_nobodys() -> None:
    heard: list[OnCallEvent] = []

    async def main() -> None:
        await begun(Calls(heard.append))
        while not heard:
            await asyncio.sleep(0)

    asyncio.run(main())
    heard[0]("piece", {})


def test_nothing_is_kept_of_a_plain_call() -> None:
    async def main() -> None:
        live = await begun(Calls(three))
        await whole(live)
        await live.keep()
        assert live.cache == "off"

    asyncio.run(main())
