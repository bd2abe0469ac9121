"""The application behind a real socket, over a model process of stand-ins, and OpenAI's own client."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from app.api.run import StudioServer, listen
from app.api.server import create_api
from app.studio import Studio
from configs.settings import Settings
from tests.app.models import fake_worker
from tests.app.models.conftest import FakeLibrary

PASSPHRASE = "amber-canoe-violin-tundra"


@contextlib.contextmanager
def serving(studio: Studio) -> Iterator[str]:
    """The URL at which a studio answers for the length of the block."""
    sock = listen("127.0.0.1", 0)
    started = threading.Event()
    server = StudioServer(create_api(studio), started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(15)


@pytest.fixture(scope="module")
def serve() -> Callable[[Studio], contextlib.AbstractContextManager[str]]:
    """`serve(studio)` is a block in which the studio answers at a URL."""
    return serving


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data, cpu_workers=1, cancel_grace_s=0.5, headless=True, passphrase=PASSPHRASE)
    with Studio.open(settings, capabilities=(fake_worker.repeat,), gpu_target="tests.app.models.fake_worker:build") as studio:
        studio.models.library = FakeLibrary()
        yield studio


@pytest.fixture(scope="module")
def site(studio: Studio) -> Iterator[str]:
    """Where the studio answers."""
    with serving(studio) as url:
        yield url


@pytest.fixture(scope="module")
def base_url(site: str) -> str:
    """What a client of OpenAI's API is told."""
    return f"{site}/v1"


@pytest.fixture(scope="module")
def client(base_url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=base_url, api_key="none", max_retries=0, timeout=60) as client:
        yield client
