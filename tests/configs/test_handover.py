"""Which command was meant, and whether its port can be had."""

from __future__ import annotations

import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from configs import handover
from configs.bootstrap import SetupError
from configs.handover import Address


@pytest.mark.parametrize(
    ("argv", "command", "rest"),
    [
        ([], "serve", []),
        (["--port", "8000"], "serve", ["--port", "8000"]),
        (["serve", "--share"], "serve", ["--share"]),
        (["test", "-k", "x"], "test", ["-k", "x"]),
        (["bench", "queue"], "bench", ["queue"]),
        (["analyze", "a.mp4", "--json"], "cli", ["analyze", "a.mp4", "--json"]),
        (["--version"], "cli", ["--version"]),
        (["-h"], "help", ["--help"]),
        (["help"], "help", ["--help"]),
    ],
)
def test_split(argv: list[str], command: str, rest: list[str]) -> None:
    assert handover.split(argv) == (command, rest)


def test_only_tests_and_benchmarks_need_the_test_tools() -> None:
    assert handover.tools("serve") == handover.tools("cli") == ("core",)
    assert handover.tools("test") == handover.tools("bench") == ("core", "tests")


def test_the_scripts_are_there() -> None:
    root = Path(handover.__file__).parent.parent
    for script in handover.SCRIPTS.values():
        assert (root / script).is_file()


@pytest.fixture
def root(tmp_path: Path) -> str:
    (tmp_path / "configs").mkdir()
    return str(tmp_path)


def test_address_defaults(root: str) -> None:
    assert handover.address([], {}, root) == Address("127.0.0.1", 7860, True)


def test_address_order(root: str) -> None:
    configs = Path(root) / "configs"
    (configs / "studio.yaml").write_text("host: 127.0.0.1   # loopback\nport: 7861\n")
    assert handover.address([], {}, root).port == 7861
    (configs / "local.yaml").write_text("port: '7862'\n")
    assert handover.address([], {}, root).port == 7862
    assert handover.address([], {"STUDIO_PORT": "7863"}, root).port == 7863
    assert handover.address(["--port", "7864"], {"STUDIO_PORT": "7863"}, root).port == 7864
    assert handover.address(["--port=7865"], {}, root).port == 7865
    assert handover.address(["--host", "0.0.0.0"], {}, root).host == "0.0.0.0"


@pytest.mark.parametrize(
    ("rest", "environ"),
    [
        (["--no-browser"], {}),
        (["--headless"], {}),
        (["--help"], {}),
        ([], {"STUDIO_OPEN_BROWSER": "false"}),
        ([], {"STUDIO_HEADLESS": "1"}),
    ],
)
def test_no_browser(root: str, rest: list[str], environ: dict[str, str]) -> None:
    assert not handover.address(rest, environ, root).browser


def test_a_port_that_is_no_number_is_left_to_the_settings(root: str) -> None:
    assert handover.address(["--port", "many"], {}, root).port == 0
    assert handover.address(["--port"], {}, root).port == 7860


def test_url() -> None:
    assert Address("127.0.0.1", 7860).url == "http://localhost:7860"
    assert Address("0.0.0.0", 80).url == "http://localhost:80"
    assert Address("studio.lan", 80).url == "http://studio.lan:80"


def test_a_free_port_is_accepted() -> None:
    handover.refuse_taken_port(Address("127.0.0.1", 0))


class Other(BaseHTTPRequestHandler):
    """Some other program's web server."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def test_a_port_taken_by_another_program() -> None:
    server = HTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        port = server.server_address[1]
        with pytest.raises(SetupError, match=rf"^Port {port} is taken by another program: .*--port {port + 1}") as caught:
            handover.refuse_taken_port(Address("127.0.0.1", port))
        assert caught.value.exit_code == 2
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_port_taken_by_something_mute() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        where = Address("127.0.0.1", mute.getsockname()[1])
        assert handover.who_listens(where, timeout_s=0.05) == "other"


@pytest.mark.parametrize(
    ("holder", "words"),
    [("studio", "A studio already runs at http://localhost:7860"), ("setup", "is being set up"), ("other", "taken by another program")],
)
def test_sentences_for_a_taken_port(monkeypatch: pytest.MonkeyPatch, holder: str, words: str) -> None:
    import errno

    monkeypatch.setattr(handover, "who_listens", lambda where: holder)
    assert words in handover._port_sentence(Address(), OSError(errno.EADDRINUSE, "in use"))


def test_sentences_for_other_reasons() -> None:
    import errno

    assert "above 1023" in handover._port_sentence(Address("127.0.0.1", 80), PermissionError(errno.EACCES, "denied"))
    assert "cannot be listened on (no such address)" in handover._port_sentence(
        Address("192.0.2.1"), OSError(errno.EADDRNOTAVAIL, "no such address")
    )


def test_a_host_of_another_machine() -> None:
    with pytest.raises(SetupError, match=r"192\.0\.2\.1"):
        handover.refuse_taken_port(Address("192.0.2.1", 7999))


def test_desktop() -> None:
    assert handover.has_desktop({"DISPLAY": ":0"}, "linux")
    assert handover.has_desktop({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert not handover.has_desktop({}, "linux")
    assert handover.has_desktop({}, "darwin")


def test_a_ready_environment_is_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ready:
        def ready(self, groups: tuple[str, ...]) -> bool:
            return True

    handover.prepare(Ready(), "serve", [])  # type: ignore[arg-type]


def test_a_failed_setup_is_shown_and_raised(monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    class Broken:
        root = Path("/nowhere")

        def ready(self, groups: tuple[str, ...]) -> bool:
            return False

        def packages(self) -> list[str]:
            return []

        def set_up(self, groups: tuple[str, ...], report: object) -> None:
            raise SetupError("The set-up stopped: no network.")

    monkeypatch.setattr(handover, "FAILURE_SHOWN_S", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    with pytest.raises(SetupError, match="no network"):
        handover.prepare(Broken(), "serve", ["--port", str(free), "--no-browser"])  # type: ignore[arg-type]
    handover.refuse_taken_port(Address("127.0.0.1", free))
    assert os.environ["STUDIO_OPEN_BROWSER"] == "false"


class Working:
    """An environment that has something to do, and does it at once."""

    root = Path("/nowhere")

    def __init__(self, interrupted: bool = False) -> None:
        self.interrupted = interrupted
        self.groups: tuple[str, ...] = ()

    def ready(self, groups: tuple[str, ...]) -> bool:
        return False

    def packages(self) -> list[str]:
        return []

    def set_up(self, groups: tuple[str, ...], report: object) -> None:
        self.groups = groups
        if self.interrupted:
            raise KeyboardInterrupt


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that a browser was asked to open."""
    import webbrowser

    seen: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: seen.append(url))
    monkeypatch.setenv("STUDIO_OPEN_BROWSER", "true")
    return seen


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def opener() -> None:
    """Waits for the thread that opens the browser."""
    for thread in threading.enumerate():
        if thread.name == "browser":
            thread.join(10)


def test_on_a_desktop_the_window_opens_once_and_becomes_the_studio(monkeypatch: pytest.MonkeyPatch, opened: list[str]) -> None:
    monkeypatch.setattr(handover, "has_desktop", lambda environ: True)
    port = free_port()
    handover.prepare(Working(), "serve", ["--port", str(port)])  # type: ignore[arg-type]
    opener()
    assert opened == [f"http://localhost:{port}"]
    assert os.environ["STUDIO_OPEN_BROWSER"] == "false", "the studio opens no second one"


@pytest.mark.parametrize(("desktop", "flags"), [(False, []), (True, ["--no-browser"]), (True, ["--headless"])])
def test_no_window_without_a_desktop_or_a_wish(monkeypatch: pytest.MonkeyPatch, opened: list[str], desktop: bool, flags: list[str]) -> None:
    monkeypatch.setattr(handover, "has_desktop", lambda environ: desktop)
    handover.prepare(Working(), "serve", ["--port", str(free_port()), *flags])  # type: ignore[arg-type]
    opener()
    assert opened == []
    assert os.environ["STUDIO_OPEN_BROWSER"] == "true"


def test_other_commands_hold_no_port(opened: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    environment = Working()
    handover.prepare(environment, "test", [])  # type: ignore[arg-type]
    assert environment.groups == ("core", "tests")
    captured = capsys.readouterr()
    assert "the progress shows at" not in captured.err
    assert captured.out == ""


def test_an_interrupted_setup_says_how_it_goes_on(opened: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        handover.prepare(Working(interrupted=True), "cli", ["list"])  # type: ignore[arg-type]
    assert capsys.readouterr().err.endswith("Run the same command again: the set-up goes on where it stopped.\n")
