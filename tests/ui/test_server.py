"""`serve`: flags, starting and stopping, refresh, a second browser, a killed server, and the passphrase."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from configs.errors import Unavailable
from configs.settings import load_settings
from ui import server

ROOT = Path(__file__).parent.parent.parent


def test_flags_become_settings(tmp_path: Path) -> None:
    flags = vars(server.parser().parse_args(["--port", "0", "--host", "0.0.0.0", "--data-dir", str(tmp_path), "--no-browser", "--share"]))
    settings = load_settings(flags, environ={})
    assert (settings.port, settings.host, settings.data_dir) == (0, "0.0.0.0", tmp_path)
    assert (settings.open_browser, settings.share, settings.headless) == (False, True, False)
    assert vars(server.parser().parse_args([])) == {}


def test_a_taken_port_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.main(["--port", str(port), "--data-dir", str(tmp_path), "--no-browser"]) == 1
    assert capsys.readouterr().err.startswith(f"Port {port} on 127.0.0.1 is in use.")
    assert server.main(["--port", "70000", "--data-dir", str(tmp_path)]) == 2


def test_gradio_lives_in_an_empty_folder(tmp_path: Path, working_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_TEMP_DIR", "GRADIO_RUN_HISTORY", "HF_HUB_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "before")
    server.keep_gradio_home(load_settings({"data_dir": tmp_path / "data"}, environ={}))
    assert os.listdir(".") == []
    assert Path.cwd().is_relative_to(tmp_path / "data")
    assert Path(os.environ["GRADIO_TEMP_DIR"]).is_relative_to(tmp_path / "data")
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert server.main(["--port", "0", "--data-dir", str(tmp_path / "file"), "--no-browser"]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_a_tunnel_that_does_not_open_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import contextlib

    import gradio.networking

    def broken(*_: object) -> str:
        raise RuntimeError("no route")

    monkeypatch.setattr(gradio.networking, "setup_tunnel", broken)
    settings = load_settings({"data_dir": tmp_path, "share": True}, environ={})
    with contextlib.ExitStack() as stack, pytest.raises(Unavailable, match="no route"):
        server.share_address(settings, 7860, stack)


def test_the_public_address_leads_to_our_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import contextlib

    import gradio.networking

    asked: list[Any] = []
    monkeypatch.setattr(gradio.networking, "setup_tunnel", lambda *args: asked.append(args) or "https://example.gradio.live")
    settings = load_settings({"data_dir": tmp_path, "share": True, "host": "0.0.0.0"}, environ={})
    with contextlib.ExitStack() as stack:
        assert server.share_address(settings, 1234, stack) == "https://example.gradio.live"
    assert asked[0][:2] == ("127.0.0.1", 1234)
    assert len(asked[0][2]) >= 32


@pytest.mark.ui
def test_the_page_is_private_small_and_ours(studio: Any) -> None:
    answer = httpx.get(studio.url + "/")
    assert "<title>Animation AI Studio</title>" in answer.text
    assert "og:image" not in answer.text
    config = httpx.get(studio.url + "/config").json()
    assert config["dependencies"] == []
    assert config["analytics_enabled"] is False
    assert not config.get("footer_links")
    assert httpx.get(studio.url + "/gradio_api/file=/etc/passwd").status_code in (403, 404)
    assert httpx.get(studio.url + "/docs").status_code == 404
    assert studio.get("/health")["status"] == "ok"


@pytest.mark.ui
def test_sigterm_ends_it_cleanly_with_a_page_open(open_page: Callable[..., Any], own_studio: Callable[..., Any]) -> None:
    studio = own_studio()
    open_page(url=studio.url, errors_expected=True)
    assert studio.stop() == 0
    assert studio.lines == [f"Animation AI Studio answers at http://localhost:{studio.port}"]


def shots(page: Any) -> Any:
    return page.get_by_role("listbox", name="Shots").get_by_role("option")


def whole(page: Any, studio: Any) -> None:
    """The analysis is done and the page shows every shot that the store has."""
    from playwright.sync_api import expect

    expect(page.get_by_role("link", name="Report")).to_be_visible()
    job = studio.get(f"/api/jobs/{page.evaluate('new URL(location).searchParams.get(`clip`)')}")
    assert len(job["result"]["scenes"]) >= 30
    expect(shots(page)).to_have_count(len(job["result"]["scenes"]))


@pytest.fixture(scope="module")
def long_clip(coded_clip: Callable[..., Path]) -> Path:
    """Shots follow each other every 50 frames; analysing it takes a second or two."""
    return coded_clip("long.mp4", frames=1500, cuts=tuple(range(50, 1500, 50)), size=(640, 360))


@pytest.mark.ui
def test_a_refresh_half_way_loses_nothing(open_page: Callable[..., Any], studio: Any, long_clip: Path) -> None:
    from playwright.sync_api import expect

    page = open_page()
    page.get_by_label("Clip file").set_input_files(long_clip)
    shots(page).first.wait_for()
    studio.signal_workers(signal.SIGSTOP)
    before = shots(page).count()
    expect(page).to_have_title(re.compile(r"^\d+ % · Analyze video: long.mp4$"))
    page.reload()
    expect(shots(page).nth(before - 1)).to_be_visible()
    expect(page.get_by_role("region", name="State", exact=True).get_by_role("button", name="Cancel")).to_be_visible()
    studio.signal_workers(signal.SIGCONT)
    whole(page, studio)
    expect(page).to_have_title("Animation AI Studio")


@pytest.mark.ui
def test_a_running_analysis_is_cancelled_and_taken_up_again(open_page: Callable[..., Any], studio: Any, long_clip: Path) -> None:
    from playwright.sync_api import expect

    clip = studio.upload(long_clip)
    job = studio.post("/api/capabilities/video.analyze?reuse=false", {"video": clip["id"], "min_scene_frames": 10})
    page = open_page(f"/?clip={job['id']}")
    shots(page).first.wait_for()
    studio.signal_workers(signal.SIGSTOP)
    state = page.get_by_role("region", name="State", exact=True)
    state.get_by_role("button", name="Cancel").click()
    studio.signal_workers(signal.SIGCONT)
    expect(state).to_contain_text("Cancelled")
    assert studio.get(f"/api/jobs/{job['id']}")["state"] == "cancelled"
    state.get_by_role("button", name="Analyze again").click()
    whole(page, studio)


@pytest.mark.ui
def test_the_server_killed_and_started_again_with_the_page_open(
    open_page: Callable[..., Any], own_studio: Callable[..., Any], long_clip: Path
) -> None:
    from playwright.sync_api import expect

    studio = own_studio()
    page = open_page(url=studio.url, errors_expected=True)
    page.get_by_label("Clip file").set_input_files(long_clip)
    shots(page).first.wait_for()
    page.evaluate("document.querySelector('.deck').marked = true")
    studio.kill()
    expect(page.get_by_text("Reconnecting to the studio")).to_be_visible()
    studio.start()
    expect(page.get_by_text("Reconnecting to the studio")).to_be_hidden()
    whole(page, studio)
    assert page.evaluate("document.querySelector('.deck').marked") is True
    assert len(studio.get("/api/jobs", capability="video.analyze")["items"]) == 1


@pytest.mark.ui
def test_two_browsers_see_the_same(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    one, two = open_page(), open_page("/?tab=jobs")
    one.get_by_label("Clip file").set_input_files(coded_clip("shared.mp4", cuts=(48,)))
    expect(two.get_by_role("list", name="Jobs")).to_contain_text("Analyze video: shared.mp4")
    expect(two.get_by_role("listitem").filter(has_text="shared.mp4").first).to_contain_text("Done")
    one.close()
    two.get_by_role("listitem").filter(has_text="shared.mp4").first.get_by_role("button", name="Open", exact=True).click()
    expect(shots(two)).to_have_count(2)


@pytest.mark.ui
def test_tabs_of_one_browser_share_one_event_stream(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    """A browser opens six connections to a server: streams that are held for every tab would starve the seventh."""
    from playwright.sync_api import expect

    first = open_page("/?tab=jobs")
    expect(first.get_by_role("region", name="Queue")).to_contain_text("Nothing is running.")
    streams: list[str] = []
    first.context.on("request", lambda request: request.url.endswith("/api/events") and streams.append(request.url))
    others = [first.context.new_page() for _ in range(3)]
    for page in others:
        page.goto(studio.url + "/?tab=jobs")
        expect(page.get_by_role("list", name="Jobs")).to_be_attached()
    studio.analyzed(coded_clip("told.mp4", frames=48, cuts=(24,)))
    for page in others:
        expect(page.get_by_role("listitem").filter(has_text="told.mp4").first).to_contain_text("Done")
    assert streams == []
    first.close()
    studio.analyzed(coded_clip("told again.mp4", frames=56, cuts=(24,)))
    for page in others:
        expect(page.get_by_role("listitem").filter(has_text="told again.mp4").first).to_contain_text("Done")
    assert len(streams) == 1


@pytest.mark.ui
def test_a_visitor_needs_the_passphrase_for_page_api_and_media(
    browser: Any, own_studio: Callable[..., Any], coded_clip: Callable[..., Path]
) -> None:
    """The Host of another machine is what a visitor's browser sends; nothing but the passphrase opens the studio to it."""
    from playwright.sync_api import expect

    studio = own_studio("--host", "0.0.0.0", STUDIO_PASSPHRASE="correct horse battery")
    job = studio.analyzed(coded_clip())
    assert "Passphrase for visitors: correct horse battery" in studio.lines[1]
    host = {"Host": f"studio.example:{studio.port}"}
    for path in ("/api/jobs", f"/api/artifacts/{job['request']['video']}/content", "/config", "/theme.css", "/api/events"):
        assert httpx.get(studio.url + path, headers=host).status_code == 401, path
    context = browser.new_context()
    page = context.new_page()
    # Chromium is told that the name leads here, so that it sends the Host of another machine.
    visitor = f"http://visitor.localhost:{studio.port}"
    page.goto(f"{visitor}/?clip={job['id']}")
    field = page.get_by_label("Passphrase")
    field.fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not the passphrase")
    field.fill("Correct Horse battery")
    page.keyboard.press("Enter")
    expect(shots(page)).to_have_count(3)
    expect(page.locator(".shot img").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Report").click()
    assert Path(download.value.path()).stat().st_size > 1000
    page.goto(visitor + "/?tab=analyze")
    expect(page.get_by_role("button", name="Open a clip")).to_be_visible()
    expect(page.get_by_role("button", name="Open path")).to_have_count(0)
    context.close()


def test_headless_serves_without_a_page(tmp_path: Path) -> None:
    code = "import sys; from ui.server import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--headless", "--port", "0", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        url = process.stderr.readline().split()[-1].replace("localhost", "127.0.0.1")
        assert httpx.get(url + "/health").json()["status"] == "ok"
        assert httpx.get(url + "/").status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
