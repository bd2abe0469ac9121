"""`serve`: the studio, its HTTP API and the page in one process."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import sys
import threading
import webbrowser
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.api import run
from app.api.server import create_api
from app.studio import Studio
from configs.errors import StudioError, Unavailable
from configs.handover import has_desktop
from configs.settings import Settings, load_settings
from ui import assets, document
from ui.gradio_import import import_gradio

if TYPE_CHECKING:
    from fastapi import FastAPI

# The page uploads through our own API; Gradio's own upload route has nothing to carry.
GRADIO_UPLOAD_LIMIT = "1mb"


def parser() -> argparse.ArgumentParser:
    """The flags of `serve`."""
    flags = argparse.ArgumentParser(
        prog="python3 launch.py serve", description="Start the studio and its page.", argument_default=argparse.SUPPRESS
    )
    flags.add_argument("--host", help="address to listen on (127.0.0.1; 0.0.0.0 for every network, behind the passphrase)")
    flags.add_argument("--port", type=int, help="port to listen on (7860; 0 for a free one)")
    flags.add_argument("--share", action="store_true", help="open a public address through a tunnel, behind the passphrase")
    flags.add_argument("--headless", action="store_true", help="the HTTP API alone, without the page")
    flags.add_argument("--data-dir", dest="data_dir", help="folder for the database and everything made")
    flags.add_argument("--no-browser", dest="open_browser", action="store_false", help="do not open a browser")
    return flags


def main(argv: Sequence[str]) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit code."""
    try:
        settings = load_settings(vars(parser().parse_args(list(argv))))
        if settings.headless and not settings.share:
            return run.serve_headless(settings)
        return serve(settings)
    except StudioError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def serve(settings: Settings) -> int:
    """Opens the studio with its page. Gradio is imported beside the opening of the store."""
    sock = run.listen(settings.host, settings.port)
    with contextlib.closing(sock), contextlib.ExitStack() as stack:
        if not settings.headless:
            keep_gradio_home(settings)
            threading.Thread(target=import_gradio, daemon=True).start()
        studio = stack.enter_context(Studio.open(settings))
        app = create_api(studio)
        if not settings.headless:
            mount_page(app, settings)
        stack.enter_context(run.published(studio, sock))
        port = sock.getsockname()[1]
        address = share_address(settings, port, stack) if settings.share else run.address_of(sock)
        run.serve(app, sock, lambda: _started(address, app, settings))
    return 0


def keep_gradio_home(settings: Settings) -> None:
    """Gradio serves files of its working and temporary folders: the first is empty, the second lies under the data folder.

    To be called before Gradio is imported.
    """
    home = settings.data_dir / "cache" / "page"
    empty = home / "empty"
    try:
        empty.mkdir(parents=True, exist_ok=True)
        os.chdir(empty)
    except OSError as error:
        raise Unavailable(
            f"The data folder {settings.data_dir} cannot be used: {error.strerror or error}.",
            "Make it writable, or give another with --data-dir.",
            "read_only",
        ) from error
    os.environ.update(
        GRADIO_ANALYTICS_ENABLED="False", GRADIO_TEMP_DIR=str(home / "temp"), GRADIO_RUN_HISTORY="False", HF_HUB_DISABLE_TELEMETRY="1"
    )


def _import_gradio() -> None:
    from ui.gradio_import import import_gradio

    import_gradio()


def mount_page(app: FastAPI, settings: Settings) -> None:
    """Puts the page at ``/``, below our own routes and under the same access rules."""
    gr = import_gradio()

    from ui.shell import build_page
    from ui.theme import gradio_theme

    files = assets.load_assets()
    assets.add_routes(app, files)
    gr.mount_gradio_app(
        app,
        build_page(files),
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=GRADIO_UPLOAD_LIMIT,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gradio_theme(),
        app_kwargs={"docs_url": None, "redoc_url": None},
    )
    app.add_middleware(document.Document, assets=files)


def share_address(settings: Settings, port: int, stack: contextlib.ExitStack) -> str:
    """A public address that leads here; the access rules ask everybody who comes by it for the passphrase.

    Raises:
        Unavailable: the tunnel could not be opened.
    """
    from gradio.networking import setup_tunnel
    from gradio.tunneling import CURRENT_TUNNELS

    local = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "localhost") else settings.host
    try:
        address: str = setup_tunnel(local, port, secrets.token_urlsafe(32), None, None)
    except Exception as error:
        raise Unavailable(
            f"The public address could not be opened: {error}.", "Check the network, or start without --share.", "no_tunnel"
        ) from error
    for tunnel in CURRENT_TUNNELS:
        stack.callback(tunnel.kill)
    return address


def _started(address: str, app: FastAPI, settings: Settings) -> None:
    run.announce(address, app, settings)
    if settings.open_browser and not settings.headless and has_desktop(os.environ):
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
