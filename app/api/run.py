"""Runs the HTTP server: one process, quiet logs, and an end within seconds although streams are open."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

from app.api.server import create_api
from app.logs import logging_to
from app.studio import Studio
from configs.errors import BadInput, StudioError, Unavailable
from configs.settings import Settings

GRACE_S = 2
BACKLOG = 256


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound, so that a taken port is known before anything else is started.

    Raises:
        Unavailable: the port is taken or not allowed.
        BadInput: the host is not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError:
        raise BadInput(f"{host!r} is not an address of this machine.", "Use 127.0.0.1, or 0.0.0.0 for every network.") from None
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise _not_listening(host, port, error) from None
    sock.set_inheritable(False)
    return sock


def _not_listening(host: str, port: int, error: OSError) -> StudioError:
    if error.errno == errno.EADDRINUSE:
        return Unavailable(f"Port {port} on {host} is in use.", f"Stop the program that uses it, or add --port {port + 1}.")
    if error.errno == errno.EACCES:
        return Unavailable(f"Port {port} may not be used without special rights.", "Choose a port above 1023 with --port.")
    return BadInput(f"The studio cannot listen on {host}:{port}: {error.strerror}.", "Use 127.0.0.1, or 0.0.0.0 for every network.")


def address_of(sock: socket.socket) -> str:
    """The URL a browser on this machine would open."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "127.0.0.1", "::", "::1"):
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class StudioServer(uvicorn.Server):
    """uvicorn, except that it ends event streams first, and leaves by returning instead of by a signal."""

    def __init__(self, app: FastAPI, on_started: Callable[[], None] = lambda: None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE_S,
                timeout_keep_alive=30,
            )
        )
        self._app, self._on_started = app, on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, then tells that requests are answered from now on."""
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the event streams, then everything else."""
        self._app.state.streams.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but a signal that has been obeyed is not raised again: the studio still has to close."""
        if not _in_main_thread():
            yield
            return
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in handled}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(app: FastAPI, sock: socket.socket, on_started: Callable[[], None] = lambda: None) -> None:
    """Serves until SIGINT or SIGTERM; returns within about three seconds of it."""
    with logging_to(app.state.studio.settings):
        StudioServer(app, on_started).run(sockets=[sock])


def serve_headless(settings: Settings) -> int:
    """Opens the studio and serves HTTP alone, without the page; returns the exit code."""
    sock = listen(settings.host, settings.port)
    with contextlib.closing(sock), Studio.open(settings) as studio:
        app = create_api(studio)
        url = address_of(sock)
        with published(studio, sock):
            serve(app, sock, lambda: announce(url, app, settings))
    return 0


def reachable_at(sock: socket.socket) -> str:
    """The URL a program on this machine uses, free of name lookups."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def published(studio: Studio, sock: socket.socket) -> Iterator[None]:
    """Tells commands given on this machine where the studio answers, for as long as it does."""
    studio.announce(reachable_at(sock))
    try:
        yield
    finally:
        studio.announce(None)


def announce(url: str, app: FastAPI, settings: Settings) -> None:
    """Says on stderr where the studio is, and the passphrase if anyone will be asked for it."""
    print(f"Animation AI Studio answers at {url}", file=sys.stderr, flush=True)
    if settings.share or not _only_here(settings.host):
        print(f"Passphrase for visitors: {app.state.gate.passphrase}", file=sys.stderr, flush=True)


def _only_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
