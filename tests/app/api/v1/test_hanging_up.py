"""A client that goes away gives its model back within a second, whatever the call was doing."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.models.services import ModelServices
from app.studio import Studio
from backends.base import Cancelled, Device, EngineKind, Installed, IsCancelled, Shape
from backends.fakes import FakeBehaviour, FakeEngine, FakeMachine, fake_card, fake_installed
from backends.room import Room
from configs.settings import Settings
from jobs.services import Tell, Workshop
from tests.app.models.conftest import FakeLibrary

FREED_WITHIN_S = 1.0
CARDS = {name: fake_card(name, 1000, 10) for name in ("endless", "heavy")}


class Endless(FakeEngine):
    """Works until it is told to stop."""

    def work(self, operation: str = "work", shape: Shape | None = None, is_cancelled: IsCancelled | None = None) -> str:
        assert is_cancelled is not None
        while not is_cancelled():
            time.sleep(0.02)
        raise Cancelled(self.name)


class Services(ModelServices):
    """The real services over a room of stand-ins that take their time."""

    def start(self, data: Any, tell: Tell) -> None:
        machine = FakeMachine(shared=True)

        def make(installed: Installed, device: Device) -> Endless:
            return Endless(installed, device, machine, FakeBehaviour(load_s=20 if installed.card.name == "heavy" else 0))

        kind = EngineKind("fake", ("chat", "embedding"), make, concurrency=100)
        self._made = Room({"fake": kind}, find, on_change=lambda status: tell("models", status))


def find(name: str) -> Installed:
    return fake_installed(CARDS[name])


def build() -> Workshop:
    """What the model process builds."""
    return Workshop({}, Services())


class Shelf(FakeLibrary):
    """The slow models are installed."""

    def installed(self) -> list[Installed]:
        return [fake_installed(card) for card in CARDS.values()]

    def find(self, name: str) -> Installed:
        return find(name)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data, cpu_workers=1, cancel_grace_s=0.5, headless=True, answer_cache_s=0)
    with Studio.open(settings, capabilities=(), gpu_target=f"{__name__}:build") as studio:
        studio.models.library = Shelf()
        yield studio


@pytest.fixture(scope="module")
def site(studio: Studio, serve: Callable[[Studio], AbstractContextManager[str]]) -> Iterator[str]:
    with serve(studio) as url:
        yield url


class Board:
    """What the studio hears of its models, to be waited for."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._news = threading.Event()
        self._subscription = studio.events.subscribe(wake=self._news.set)

    def until(self, holds: Callable[[int, int], bool], limit_s: float = 20.0) -> float:
        """Waits until ``holds(leases, waiting)``; returns how long that took, seconds."""
        began = time.monotonic()
        while True:
            self._news.clear()
            self._subscription.drain()
            status = self._studio.models.status()
            leases = sum(len(model["leases"]) for model in status["models"])
            if holds(leases, len(status["waiting"])):
                return time.monotonic() - began
            assert time.monotonic() - began < limit_s, (leases, status["waiting"])
            self._news.wait(1.0)


@pytest.fixture
def board(studio: Studio) -> Board:
    return Board(studio)


async def hang(site: str, paths: list[tuple[str, dict[str, Any]]], leave: Callable[[], Any]) -> None:
    """Clients ask, and go away when ``leave`` (called on a thread) has returned."""
    parts = urlsplit(site)
    writers = []
    for path, asked in paths:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        body = json.dumps(asked).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        writers.append(writer)
    await asyncio.to_thread(leave)
    for writer in writers:
        writer.transport.abort()


def chat(model: str, stream: bool) -> tuple[str, dict[str, Any]]:
    """A question."""
    return "/v1/chat/completions", {"model": model, "stream": stream, "messages": [{"role": "user", "content": "a b c"}]}


CALLS = [chat("endless", False), chat("endless", True), ("/v1/embeddings", {"model": "endless", "input": "a"})]


@pytest.mark.parametrize("call", CALLS, ids=["whole", "streamed", "embeddings"])
def test_in_the_middle_of_an_answer(site: str, board: Board, call: tuple[str, dict[str, Any]]) -> None:
    asyncio.run(hang(site, [call], lambda: board.until(lambda leases, waiting: leases == 1)))
    assert board.until(lambda leases, waiting: leases == 0) < FREED_WITHIN_S


@pytest.mark.parametrize("stream", [False, True])
def test_while_the_model_is_loading(site: str, board: Board, stream: bool) -> None:
    asyncio.run(hang(site, [chat("heavy", stream)], lambda: board.until(lambda leases, waiting: waiting == 1)))
    assert board.until(lambda leases, waiting: waiting == 0) < FREED_WITHIN_S


def test_two_hundred_at_once_leak_nothing(site: str, studio: Studio, board: Board) -> None:
    asked = [CALLS[number % 3] for number in range(200)]
    asyncio.run(hang(site, asked, lambda: board.until(lambda leases, waiting: leases + waiting == 200, limit_s=60)))
    board.until(lambda leases, waiting: leases == waiting == 0, limit_s=60)
    calls_of_lane = studio._supervisor.lanes["gpu"].calls
    assert (calls_of_lane.under_way, calls_of_lane.waiting) == (0, False)
