"""The small page that holds the port while the set-up runs, and then makes way for the studio. Standard library only."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from configs.setup_progress import Progress

PAGE = Path(__file__).with_name("setup_page.html")
FONTS = Path(__file__).parent.parent / "ui" / "fonts"
MARK = "X-Studio-Setup"  # tells the page, and a second launch, that it is still the set-up that answers
LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


class SetupPage:
    """Serves the page, its state and its fonts; anything else gets 503 with Retry-After."""

    def __init__(self, host: str, port: int, progress: Progress) -> None:
        self._failure_seen = threading.Event()
        self._server = _Server((host, port), progress, self._failure_seen)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="setup-page", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> SetupPage:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Frees the port; the open page retries until the studio answers there."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_until_failure_is_seen(self, timeout_s: float) -> bool:
        """Gives an open page the time to fetch the reason of a failure before the port goes away."""
        return self._failure_seen.wait(timeout_s)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], progress: Progress, failure_seen: threading.Event) -> None:
        self.progress, self.failure_seen = progress, failure_seen
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = self.path.split("?", 1)[0]
        if path == "/setup/state":
            self._state()
        elif path.startswith("/setup/fonts/"):
            self._font(path.rsplit("/", 1)[1])
        elif path in ("/health", "/metrics") or path.startswith(("/api/", "/v1/")):
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "application/json", b'{"status": "setting up"}')
        else:
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", PAGE.read_bytes())

    def _state(self) -> None:
        snapshot = self.server.progress.snapshot()
        if self.client_address[0] not in LOOPBACK:
            snapshot["log"] = []  # paths of this machine are its owner's business
        self._answer(HTTPStatus.OK, "application/json", json.dumps(snapshot).encode())
        if snapshot["state"] == "failed":
            self.server.failure_seen.set()

    def _font(self, name: str) -> None:
        known = {file.name: file for file in FONTS.glob("*.woff2")}
        if name in known:
            self._answer(HTTPStatus.OK, "font/woff2", known[name].read_bytes())
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header(MARK, "1")
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            self.send_header("Retry-After", "2")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests of the page are not news."""
