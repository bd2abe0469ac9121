"""A model hub on 127.0.0.1 that misbehaves on request."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40


@dataclass
class FakeHub:
    """Files of one repository, and what goes wrong.

    Attributes:
        cut: given (path, first byte of the answer), after how many bytes of this answer the connection is dropped; None: not.
        damage: paths whose bytes are changed on the way, that many times.
        refuse: path or "listing" -> the statuses of the next answers.
        hold: until it is set, nothing is sent of a file after its first ``hold_after`` bytes.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    repo: str = "someone/model"
    token: str | None = None
    gated: bool = False
    redirect: bool = True
    ranges: bool = True
    etags: bool = True
    cut: Callable[[str, int], int | None] = lambda path, start: None
    damage: dict[str, int] = field(default_factory=dict)
    refuse: dict[str, list[int]] = field(default_factory=dict)
    hold: threading.Event | None = None
    hold_after: int = 1024
    seen: list[tuple[str, str, str]] = field(default_factory=list)  # (path, Range, Authorization)
    url: str = ""
    sent: int = 0

    def listing(self) -> dict[str, Any]:
        """What the hub's own service answers."""
        return {"id": self.repo, "modelId": self.repo, "sha": COMMIT, "siblings": [self._sibling(name) for name in self.files]}

    def _sibling(self, name: str) -> dict[str, Any]:
        data = self.files[name]
        entry: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()}
        if name.endswith(".safetensors"):
            entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return entry


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        said = self.headers.get("Authorization", "")
        if path.startswith("/api/models/"):
            hub.seen.append(("listing", "", said))
            self._list(path)
        elif "/resolve/" in path:
            name = path.split(f"/resolve/{COMMIT}/")[-1]
            if hub.redirect:
                self._end(302, b"", {"Location": f"{hub.url.replace('127.0.0.1', 'localhost')}/cdn/{name}"})
            else:
                self._file(name, said)
        else:
            self._file(path.removeprefix("/cdn/"), said)

    def _list(self, path: str) -> None:
        hub = self.hub
        if hub.refuse.get("listing"):
            self._end(hub.refuse["listing"].pop(0))
        elif hub.gated:
            self._end(403 if self.headers.get("Authorization") else 401, b"", {"X-Error-Code": "GatedRepo"})
        elif not path.startswith(f"/api/models/{hub.repo}/"):
            self._end(404, b"", {"X-Error-Code": "RepoNotFound"})
        elif not path.endswith(("/main", COMMIT)):
            self._end(404, b"", {"X-Error-Code": "RevisionNotFound"})
        elif hub.token is not None and self.headers.get("Authorization") != f"Bearer {hub.token}":
            self._end(401)
        else:
            self._end(200, json.dumps(hub.listing()).encode(), {"Content-Type": "application/json"})

    def _file(self, name: str, said: str) -> None:
        hub = self.hub
        asked = self.headers.get("Range", "")
        hub.seen.append((name, asked, said))
        if hub.refuse.get(name):
            self._end(hub.refuse[name].pop(0))
            return
        if name not in hub.files:
            self._end(404)
            return
        data = hub.files[name]
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked and hub.ranges else 0
        if start and self.headers.get("If-Range") not in (None, etag):
            start = 0
        if start >= len(data) > 0:
            self._end(416)
            return
        if hub.damage.get(name, 0) > 0:
            hub.damage[name] -= 1
            data = data[:-1] + bytes([data[-1] ^ 255])
        self._send(name, data, start, etag)

    def _send(self, name: str, data: bytes, start: int, etag: str) -> None:
        hub = self.hub
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if hub.etags:
            self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        body = data[start:]
        end = hub.cut(name, start)
        if hub.hold is not None and len(body) > hub.hold_after:
            self.wfile.write(body[: hub.hold_after])
            self.wfile.flush()
            hub.hold.wait(30)
            body = body[hub.hold_after :]
        self.wfile.write(body if end is None else body[:end])
        self.wfile.flush()
        hub.sent += len(body) if end is None else end
        if end is not None and end < len(body):
            self.close_connection = True
            self.connection.close()

    def _end(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what is being tested."""


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    """The hub at ``hub.url`` for the length of the block."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        if hub.hold is not None:
            hub.hold.set()
        server.shutdown()
        server.server_close()
