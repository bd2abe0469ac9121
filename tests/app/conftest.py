"""A real studio with small capabilities, a client of its HTTP application, and a running server."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel, Field

from app.capability import Capability, capability
from app.media_fields import VideoRef
from configs.settings import Settings
from jobs.context import JobContext

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from app.api.run import StudioServer
    from app.studio import Studio

PASSPHRASE = "amber-canoe-violin-tundra"
BASE = "http://127.0.0.1:7930"


class Echo(BaseModel):
    """Says something several times."""

    text: str = Field(min_length=1, description="What to say.")
    times: int = Field(default=1, ge=1, le=5, description="How often.")
    tone: Literal["plain", "loud"] = "plain"


class Echoed(BaseModel):
    """What was said."""

    said: str


class Look(BaseModel):
    """Looks at a clip."""

    video: VideoRef


class Looked(BaseModel):
    """What was seen."""

    name: str


class Hold(BaseModel):
    """Waits until it is told to go on."""

    note: str = ""


GATES: dict[str, threading.Event] = {}


@capability("test.echo", lane="io", title="Echo", reusable=True)
def echo(request: Echo, job: JobContext) -> Echoed:
    """Repeats a text.

    Useful to see that everything is wired.
    """
    said = " ".join([request.text.upper() if request.tone == "loud" else request.text] * request.times)
    path = job.work_dir / "echo.txt"
    path.write_text(said, encoding="utf-8")
    job.publish("words", said.split())
    job.log("said it")
    job.save("out/echo.txt", path, kind="document", media_type="text/plain")
    return Echoed(said=said)


@capability("test.look", lane="io", title="Look at a clip")
def look(request: Look, job: JobContext) -> Looked:
    """Tells the name of a clip."""
    return Looked(name=job.artifact(request.video).name)


@capability("test.hold", lane="io", title="Hold")
def hold(request: Hold, job: JobContext) -> Echoed:
    """Holds still until the test opens its gate or cancels it."""
    gate = GATES.setdefault(request.note, threading.Event())
    while not gate.wait(0.02):
        job.progress(0.5, "holding")
    return Echoed(said=request.note)


@capability("test.fail", lane="io", title="Fail")
def fail(request: Hold, job: JobContext) -> Echoed:
    """Always fails."""
    raise RuntimeError("the paper tore")


CAPABILITIES: tuple[Capability, ...] = (echo, look, hold, fail)  # type: ignore[type-arg]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a studio in a folder of the test's own."""
    return Settings(data_dir=tmp_path / "data", port=7930, headless=True, passphrase=PASSPHRASE, cpu_workers=1, max_upload_bytes=4 << 20)


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    """A studio whose jobs run on threads."""
    from app.studio import Studio

    with Studio.open(settings, capabilities=CAPABILITIES, keep_spare=False) as opened:
        yield opened
        for gate in GATES.values():
            gate.set()
    GATES.clear()


@pytest.fixture
def gates() -> dict[str, threading.Event]:
    """Opens `test.hold` jobs: note -> gate."""
    return GATES


ClientMaker = Callable[..., "TestClient"]


@pytest.fixture
def make_client(studio: Studio) -> Iterator[ClientMaker]:
    """`make_client(base=..., peer=..., **headers)` -> a client of the studio's application."""
    from starlette.testclient import TestClient

    from app.api.server import create_api

    app = create_api(studio)
    opened: list[TestClient] = []

    def make(base: str = BASE, peer: str = "127.0.0.1", **headers: str) -> TestClient:
        client = TestClient(
            app, base_url=base, client=(peer, 50000), headers=headers, follow_redirects=False, raise_server_exceptions=False
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def owner(make_client: ClientMaker) -> TestClient:
    """A browser on the studio's own machine."""
    return make_client()


@pytest.fixture
def guest(make_client: ClientMaker) -> TestClient:
    """A visitor from the network who has the passphrase."""
    return make_client("http://studio.example:7930", "203.0.113.9", authorization=f"Bearer {PASSPHRASE}")


@dataclass
class Served:
    """A running server: where it is, the application, and a way to end it."""

    url: str
    app: FastAPI
    server: StudioServer
    thread: threading.Thread

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def request(self, method: str, path: str, **options: Any) -> http.client.HTTPResponse:
        """One exchange; the answer's body may still be streaming."""
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        connection.request(method, path, **options)
        return connection.getresponse()

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(15)
        assert not self.thread.is_alive()


@pytest.fixture
def served(studio: Studio) -> Iterator[Served]:
    """The application behind a real socket, on a thread."""
    from app.api.run import StudioServer, listen, reachable_at
    from app.api.server import create_api

    app = create_api(studio)
    started = threading.Event()
    sock = listen("127.0.0.1", 0)
    server = StudioServer(app, started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    assert started.wait(15)
    running = Served(reachable_at(sock), app, server, thread)
    yield running
    running.stop()


@dataclass
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """stdout as the one JSON document that it must be."""
        return json.loads(self.out)


@pytest.fixture
def small_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small capabilities in place of the real table."""
    from app import capabilities

    monkeypatch.setattr(capabilities, "CAPABILITIES", CAPABILITIES)


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], working_directory: Path) -> Callable[..., Said]:
    """`cli("jobs", "list")` runs a command on a data folder of the test's own, in an empty working directory."""
    from app.cli import main

    def run(*argv: str) -> Said:
        capsys.readouterr()
        code = main([*argv, "--data-dir", str(tmp_path / "data")])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run
