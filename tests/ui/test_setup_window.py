"""The set-up as a person sees it in a browser: it moves, it says why it stopped, and it becomes the studio by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from configs.setup_page import SetupPage
from configs.setup_progress import Progress

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.ui


class Studio(BaseHTTPRequestHandler):
    """Answers as the studio does, with a page that says so."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Studio</title><h1>The studio stands</h1>")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


@pytest.fixture
def progress() -> Progress:
    progress = Progress()
    progress.plan(("make", "install core"))
    progress.stage("make")
    return progress


def test_it_moves_and_then_becomes_the_studio(window: Page, progress: Progress) -> None:
    outside: list[str] = []
    with SetupPage("127.0.0.1", 0, progress) as page:
        port = page.port
        window.on("request", lambda r: outside.append(r.url) if f"127.0.0.1:{port}" not in r.url else None)
        window.goto(f"http://127.0.0.1:{port}/?tab=jobs")
        window.get_by_text("Making the environment", exact=True).wait_for()
        progress.stage("install core")
        progress.line("Collecting gradio")
        window.get_by_text("Installing the studio's libraries", exact=True).wait_for()
        bar = window.get_by_role("progressbar")
        assert 0 < int(bar.get_attribute("aria-valuenow") or 0) < 100
        assert "left" in window.locator("#eta").inner_text()
        progress.hand_over()
        window.get_by_text("Starting the studio", exact=True).wait_for()
    studio = HTTPServer(("127.0.0.1", port), Studio)
    serving = threading.Thread(target=studio.serve_forever, args=(0.02,))
    serving.start()
    try:
        window.get_by_role("heading", name="The studio stands").wait_for()
        assert window.url.endswith("/?tab=jobs"), "the address that was asked for is still there"
    finally:
        studio.shutdown()
        studio.server_close()
        serving.join()
    assert outside == []


def test_it_says_why_it_stopped(window: Page, progress: Progress) -> None:
    with SetupPage("127.0.0.1", 0, progress) as page:
        window.goto(f"http://127.0.0.1:{page.port}/")
        progress.line("ERROR: No matching distribution found for gradio")
        progress.fail("The set-up stopped: no matching distribution found for gradio.")
        window.get_by_role("heading", name="The set-up has stopped").wait_for()
        assert window.get_by_role("alert").inner_text().startswith("The set-up stopped: no matching")
        assert "ERROR: No matching distribution" in window.get_by_label("Log of the set-up").inner_text()
        assert page.wait_until_failure_is_seen(10)
    assert window.get_by_role("alert").is_visible(), "the reason stays when the port has gone"


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_it_fits(window: Page, progress: Progress, size: tuple[int, int]) -> None:
    window.set_viewport_size({"width": size[0], "height": size[1]})
    with SetupPage("127.0.0.1", 0, progress) as page:
        window.goto(f"http://127.0.0.1:{page.port}/")
        window.get_by_text("Making the environment", exact=True).wait_for()
        width = window.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]
        assert window.evaluate("document.fonts.check('13px Inter')")
