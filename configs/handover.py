"""Which command was meant, whether its port is free, and how the set-up hands over to it. Standard library only."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import re
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from configs.bootstrap import Environment, SetupError

# The web parts of the standard library are imported where they are used: most starts need none of them.
if TYPE_CHECKING:
    from configs.setup_page import SetupPage
    from configs.setup_progress import Progress

SCRIPTS = {"test": "tests/run.py", "bench": "tests/benchmarks/run.py"}
FAILURE_SHOWN_S = 3.0
LINES_SHOWN = 12  # of the log, when a set-up stops


@dataclass(frozen=True)
class Address:
    """Where the studio will listen, as far as it can be told before YAML can be read, and whether a browser is wanted."""

    host: str = "127.0.0.1"
    port: int = 7860
    browser: bool = True

    @property
    def url(self) -> str:
        """What a person types."""
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else self.host
        return f"http://{host}:{self.port}"


def split(argv: Sequence[str]) -> tuple[str, list[str]]:
    """(command, its arguments): "serve", "test", "bench", "help", or "cli" for all that the command line itself understands."""
    if not argv:
        return "serve", []
    first = argv[0]
    if first in ("-h", "--help", "help"):
        return "help", ["--help"]
    if first == "serve" or first in SCRIPTS:
        return first, list(argv[1:])
    if first.startswith("-") and first != "--version":
        return "serve", list(argv)
    return "cli", list(argv)


def tools(command: str) -> tuple[str, ...]:
    """The groups of requirements a command needs."""
    return ("core", "tests") if command in SCRIPTS else ("core",)


def run(command: str, rest: Sequence[str], root: str) -> int:
    """Runs the command in this process, which is the environment's Python by now."""
    if command in SCRIPTS:
        import runpy

        script = Path(root) / SCRIPTS[command]
        sys.argv = [str(script), *rest]
        runpy.run_path(str(script), run_name="__main__")
        return 0
    module = importlib.import_module("ui.server" if command == "serve" else "app.cli")
    return int(module.main(list(rest)) or 0)


def address(rest: Sequence[str], environ: Mapping[str, str], root: str) -> Address:
    """Reads host, port and the wish for a browser: flags, then STUDIO_... variables, then the YAML files' plain lines."""
    lines = "\n".join(_read(Path(root) / "configs" / name) for name in ("local.yaml", "studio.yaml"))

    def setting(name: str, default: str) -> str:
        line = re.search(rf"^{name}:[ \t]*['\"]?([^\s'\"#]+)", lines, re.MULTILINE)
        return _flag(rest, f"--{name}") or environ.get(f"STUDIO_{name.upper()}") or (line.group(1) if line else default)

    port = setting("port", "7860")
    wanted = setting("open_browser", "true").lower() in ("1", "true", "yes", "on")
    quiet = {"--no-browser", "--headless", "-h", "--help"} & set(rest) or setting("headless", "false").lower() in ("1", "true", "yes", "on")
    return Address(setting("host", "127.0.0.1"), int(port) if port.isdecimal() else 0, wanted and not quiet)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _flag(rest: Sequence[str], name: str) -> str:
    for index, word in enumerate(rest):
        if word == name and index + 1 < len(rest):
            return rest[index + 1]
        if word.startswith(name + "="):
            return word.split("=", 1)[1]
    return ""


def refuse_taken_port(where: Address) -> None:
    """Nothing is installed or started for a port that cannot be had.

    Raises:
        SetupError: the port is taken (the sentence says by what), not allowed, or the host is not this machine.
    """
    try:
        family, kind, _, _, target = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except socket.gaierror:
        raise SetupError(f"{where.host!r} is not an address of this machine: use 127.0.0.1, or 0.0.0.0 for the whole network.", 2) from None
    except OSError as error:
        raise SetupError(_port_sentence(where, error), 2) from None


def _port_sentence(where: Address, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        holder = who_listens(where)
        if holder == "studio":
            return f"A studio already runs at {where.url}: open that one, or give another --port and --data-dir."
        if holder == "setup":
            return f"A studio is being set up at {where.url}: open that page, it becomes the studio."
        return f"Port {where.port} is taken by another program: choose another, for example --port {where.port + 1}."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {where.port} may not be opened by this user: choose one above 1023, for example --port 7860."
    return f"{where.host}:{where.port} cannot be listened on ({error.strerror}): use 127.0.0.1, or 0.0.0.0 for the whole network."


def who_listens(where: Address, timeout_s: float = 2.0) -> str:
    """ "studio", "setup" or "other": asks whatever holds the port for its health."""
    import json
    import urllib.error
    import urllib.request

    from configs.setup_page import MARK

    host = "127.0.0.1" if where.host in ("0.0.0.0", "::", "") else where.host
    host = f"[{host}]" if ":" in host else host
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{host}:{where.port}/health", timeout=timeout_s) as answer:
            body = json.loads(answer.read(65536))
    except urllib.error.HTTPError as error:
        return "setup" if error.headers.get(MARK) else "other"
    except (OSError, ValueError):
        return "other"
    return "studio" if isinstance(body, dict) and {"status", "version"} <= body.keys() else "other"


def has_desktop(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a browser window could appear."""
    return platform in ("darwin", "win32") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def prepare(environment: Environment, command: str, rest: Sequence[str]) -> None:
    """Brings the environment up to date, shown in the terminal and, for `serve`, in the browser.

    Raises:
        SetupError: it cannot be done.
    """
    groups = tools(command)
    if environment.ready(groups):
        return
    from configs.setup_progress import Progress, Terminal

    progress = Progress(installed=lambda: len(environment.packages()))
    signal.signal(signal.SIGTERM, _terminated)
    with contextlib.ExitStack() as stack:
        page = _show_page(stack, progress, address(rest, os.environ, str(environment.root))) if command == "serve" else None
        try:
            with Terminal(progress, sys.stderr):
                environment.set_up(groups, progress)
                progress.hand_over()
        except SetupError as error:
            progress.fail(str(error))
            print(*progress.snapshot()["log"][-LINES_SHOWN:], sep="\n", file=sys.stderr)
            if page:
                page.wait_until_failure_is_seen(FAILURE_SHOWN_S)
            raise
        except KeyboardInterrupt:
            print("Run the same command again: the set-up goes on where it stopped.", file=sys.stderr)
            raise
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _show_page(stack: contextlib.ExitStack, progress: Progress, where: Address) -> SetupPage | None:
    if where.port == 0:
        return None
    from configs.setup_page import SetupPage

    page = stack.enter_context(SetupPage(where.host, where.port, progress))
    print(f"Setting up; the progress shows at {where.url}", file=sys.stderr, flush=True)
    if where.browser and has_desktop(os.environ):
        import threading
        import webbrowser

        os.environ["STUDIO_OPEN_BROWSER"] = "false"  # this window becomes the studio: no second one
        threading.Thread(target=webbrowser.open, args=(where.url,), name="browser", daemon=True).start()
    return page


def _terminated(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(143)
