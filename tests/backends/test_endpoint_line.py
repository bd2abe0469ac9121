"""A thread with connections that can be dropped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from backends.base import Cancelled
from backends.endpoint_line import BYTES_PER_S, LONGEST_WAIT_S, Line, seconds
from configs.endpoints import Endpoint
from tests.backends.scripted_server import ScriptedServer


def endpoint(url: str = "http://127.0.0.1:9/v1", **more: object) -> Endpoint:
    return Endpoint.model_validate({"name": "here", "url": url, "models": [{"name": "tiny"}], **more})


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(endpoint())
    yield made
    made.close()


def test_a_coroutine_has_a_result(line: Line) -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert line.run(work(), lambda: False) == 7


def test_its_error_arrives(line: Line) -> None:
    async def work() -> int:
        raise ValueError("seven")

    with pytest.raises(ValueError, match="seven"):
        line.run(work(), lambda: False)


def test_giving_up_drops_what_runs(line: Line) -> None:
    dropped = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            dropped.set()

    with pytest.raises(Cancelled):
        line.run(work(), lambda: True)
    assert dropped.wait(5)


def test_closing_drops_what_runs() -> None:
    line = Line(endpoint())
    dropped, begun = threading.Event(), threading.Event()

    async def work() -> AsyncIterator[int]:
        try:
            begun.set()
            yield 1
            await asyncio.sleep(3600)
        finally:
            dropped.set()

    items = line.stream(work(), lambda: False)
    assert next(items) == 1
    line.close()
    assert dropped.wait(5)
    line.close()


def test_the_silence_allowed_grows_with_the_request(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as server:
        longer = Line(endpoint(server.url, answer_s=10))
        seen = []
        original = longer._client.stream

        def stream(*arguments: object, **options: object) -> object:
            seen.append(options["timeout"])
            return original(*arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(longer._client, "stream", stream)

        async def ask(words: str) -> None:
            async with longer.send("POST", "/embeddings", {"input": [words]}) as response:
                await response.aread()

        longer.run(ask(""), lambda: False)
        longer.run(ask("x" * BYTES_PER_S * 5), lambda: False)
        longer.close()
    assert seen[0].read == pytest.approx(10, abs=0.1)
    assert seen[1].read == pytest.approx(15, abs=0.1)
    assert seen[1].connect == 5


@pytest.mark.parametrize(
    ("header", "wait"), [(None, 0), ("3", 3), ("9999", LONGEST_WAIT_S), ("-1", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
)
def test_the_wait_that_a_header_asks_for(header: str | None, wait: float) -> None:
    assert seconds(header) == wait
