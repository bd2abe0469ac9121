"""The server: it says where it is, refuses a bad address in one sentence, and ends in seconds with streams open."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from app.announcement import read_announcement
from app.api.run import address_of, announce, listen, published, reachable_at
from app.api.server import create_api
from app.studio import Studio
from configs.errors import BadInput, Unavailable
from configs.settings import Settings


def test_a_taken_port_is_one_sentence() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(Unavailable, match=f"Port {port} on 127.0.0.1 is in use") as caught:
            listen("127.0.0.1", port)
    assert f"--port {port + 1}" in caught.value.remedy


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.77"])
def test_a_host_that_is_not_here_is_one_sentence(host: str) -> None:
    with pytest.raises(BadInput, match=host):
        listen(host, 0)


def test_the_address_a_person_opens() -> None:
    for host, shown, reached in (("127.0.0.1", "localhost", "127.0.0.1"), ("0.0.0.0", "localhost", "127.0.0.1")):
        with listen(host, 0) as sock:
            port = sock.getsockname()[1]
            assert address_of(sock) == f"http://{shown}:{port}"
            assert reachable_at(sock) == f"http://{reached}:{port}"


def test_version_six(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bound:
        def __init__(self, host: str) -> None:
            self.host = host

        def getsockname(self) -> tuple[str, int, int, int]:
            return self.host, 7860, 0, 0

    assert address_of(Bound("::1")) == "http://localhost:7860"  # type: ignore[arg-type]
    assert reachable_at(Bound("::")) == "http://[::1]:7860"  # type: ignore[arg-type]
    assert address_of(Bound("fd00::1")) == "http://[fd00::1]:7860"  # type: ignore[arg-type]


def test_commands_are_told_where_the_studio_is_while_it_serves(studio: Studio) -> None:
    folder = studio.settings.data_dir
    with listen("127.0.0.1", 0) as sock:
        with published(studio, sock):
            assert read_announcement(folder)["url"] == reachable_at(sock)
        assert read_announcement(folder)["url"] is None


@pytest.mark.parametrize(("changes", "told"), [({}, False), ({"host": "0.0.0.0"}, True), ({"share": True}, True), ({"host": "::1"}, False)])
def test_the_passphrase_is_said_only_where_one_is_asked_for(
    studio: Studio, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], told: bool
) -> None:
    settings = Settings(**{**studio.settings.model_dump(), **changes})
    announce("http://localhost:1", create_api(studio), settings)
    said = capsys.readouterr()
    assert "http://localhost:1" in said.err
    assert ("amber-canoe-violin-tundra" in said.err) is told
    assert said.out == ""


def test_streams_end_when_the_server_stops(served: Any) -> None:
    answer = served.request("GET", "/api/events")
    assert answer.readline() == b"retry: 1000\n"
    began = time.monotonic()
    served.stop()
    assert b"event: snapshot" in answer.read(), "the stream ends like a whole answer, not by a broken connection"
    assert time.monotonic() - began < 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(served.address, timeout=1).close()


PROGRAM = """
import sys
from app.api.run import serve_headless
from configs.settings import load_settings
code = serve_headless(load_settings({"data_dir": sys.argv[1], "port": 0, "headless": True, "cpu_workers": 1}))
print("closed", code, "gradio" in sys.modules, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_headless_studio_closes_in_order(tmp_path: Path, number: int) -> None:
    root = Path(__file__).parents[3]
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "data")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stderr is not None
        assert "answers at http://localhost:" in child.stderr.readline()
        url = read_announcement(tmp_path / "data")["url"]
        assert json.loads(urllib.request.urlopen(f"{url}/health", timeout=10).read())["status"] == "ok"
        stream = urllib.request.urlopen(f"{url}/api/events", timeout=10)
        child.send_signal(number)
        assert child.wait(15) == 0
        assert child.stdout is not None
        assert child.stdout.read() == "closed 0 False\n"
        assert b"snapshot" in stream.read()
        assert not (tmp_path / "data" / "studio.json").exists()
    finally:
        child.kill()
        child.communicate()
