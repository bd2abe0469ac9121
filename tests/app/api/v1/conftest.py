"""The application behind a real socket, over a model process of stand-ins, and OpenAI's own client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from app.api.run import StudioServer, listen
from app.api.server import create_api
from app.studio import Studio
from configs.settings import Settings
from tests.app.models import fake_worker
from tests.app.models.conftest import FakeLibrary


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data, cpu_workers=1, cancel_grace_s=0.5, headless=True, passphrase="amber-canoe-violin-tundra")
    with Studio.open(settings, capabilities=(fake_worker.repeat,), gpu_target="tests.app.models.fake_worker:build") as studio:
        studio.models.library = FakeLibrary()
        yield studio


@pytest.fixture(scope="module")
def base_url(studio: Studio) -> Iterator[str]:
    sock = listen("127.0.0.1", 0)
    started = threading.Event()
    server = StudioServer(create_api(studio), started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    assert started.wait(20)
    yield f"http://127.0.0.1:{sock.getsockname()[1]}/v1"
    server.should_exit = True
    thread.join(15)


@pytest.fixture(scope="module")
def client(base_url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=base_url, api_key="none", max_retries=0, timeout=60) as client:
        yield client
