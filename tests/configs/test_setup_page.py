"""The page that holds the port during the set-up."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from configs import handover
from configs.setup_page import MARK, SetupPage, _Handler
from configs.setup_progress import Progress


def get(port: int, path: str) -> tuple[int, Message, bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.fixture
def progress() -> Progress:
    progress = Progress()
    progress.plan(("make",))
    progress.stage("make")
    return progress


def test_any_address_shows_the_page(progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        for path in ("/", "/?tab=jobs&clip=3", "/anything"):
            status, headers, body = get(page.port, path)
            assert (status, headers["Content-Type"], headers[MARK]) == (200, "text/html; charset=utf-8", "1")
            assert b"Setting up the studio" in body


def test_the_page_asks_nobody_else(progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        body = get(page.port, "/")[2].decode()
        assert "http://" not in body
        assert "https://" not in body
        fonts = [part.split(")")[0] for part in body.split("url(")[1:]]
        assert len(fonts) == 2
        for font in fonts:
            status, headers, data = get(page.port, font)
            assert (status, headers["Content-Type"], data[:4]) == (200, "font/woff2", b"wOF2")


def test_only_the_fonts_are_served_as_files(progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        for path in ("/setup/fonts/none.woff2", "/setup/fonts/..%2f..%2fLICENSE", "/setup/fonts/OFL-Inter.txt"):
            assert get(page.port, path)[0] == 404


def test_the_state(progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        status, _, body = get(page.port, "/setup/state")
        state = json.loads(body)
        assert status == 200
        assert state["title"] == "Making the environment"
        assert state["log"] == ["== Making the environment"]


def test_others_on_the_network_do_not_see_the_log(progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        told: list[bytes] = []
        handler = _Handler.__new__(_Handler)
        handler.server, handler.client_address = page._server, ("192.0.2.7", 5000)
        handler._answer = lambda status, kind, body: told.append(body)  # type: ignore[method-assign]
        handler._state()
        assert json.loads(told[0])["log"] == []


@pytest.mark.parametrize("path", ["/health", "/metrics", "/api/jobs", "/v1/models"])
def test_programs_are_told_to_come_back(progress: Progress, path: str) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        status, headers, _ = get(page.port, path)
        assert (status, headers["Retry-After"]) == (503, "2")


def test_a_failure_waits_until_the_page_has_seen_it(progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        assert not page.wait_until_failure_is_seen(0)
        get(page.port, "/setup/state")
        assert not page.wait_until_failure_is_seen(0)
        progress.fail("No network.")
        get(page.port, "/setup/state")
        assert page.wait_until_failure_is_seen(10)


class Studio(BaseHTTPRequestHandler):
    """Answers as the studio does."""

    def do_GET(self) -> None:
        body = json.dumps({"status": "ok", "version": "0.1.0"}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def test_the_port_passes_to_the_studio_while_a_page_keeps_asking(progress: Progress) -> None:
    page = SetupPage("127.0.0.1", 0, progress)
    port, stop, answers = page.port, threading.Event(), []
    where = handover.Address("127.0.0.1", port, False)

    def poll() -> None:
        while not stop.is_set():
            try:
                answers.append("setup" if get(port, "/setup/state")[1].get(MARK) else "studio")
            except OSError:
                answers.append("nobody")

    poller = threading.Thread(target=poll)
    with page:
        poller.start()
        while "setup" not in answers:
            assert poller.is_alive()
        assert handover.who_listens(where) == "setup"
    handover.refuse_taken_port(where)
    studio = HTTPServer(("127.0.0.1", port), Studio)
    serving = threading.Thread(target=studio.serve_forever, args=(0.02,))
    serving.start()
    while "studio" not in answers:
        assert poller.is_alive()
    assert handover.who_listens(where) == "studio"
    stop.set()
    poller.join(10)
    studio.shutdown()
    studio.server_close()
    assert "setup" not in answers[answers.index("studio") :]


def test_an_idle_connection_does_not_hold_the_port(progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page, socket.create_connection(("127.0.0.1", page.port)):
        port = page.port
    handover.refuse_taken_port(handover.Address("127.0.0.1", port, False))
