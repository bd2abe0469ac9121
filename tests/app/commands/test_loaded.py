"""`models memory|load|unload|pin|unpin|free`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.commands.loaded import describe, freed_words
from app.studio import Studio
from configs.settings import Settings
from tests.app.models import fake_worker
from tests.app.models.conftest import FakeLibrary

Cli = Callable[..., Any]
GIB = 2**30
BUDGET = {
    "shared": False, "device_bytes": 16 * GIB, "device_used_bytes": 7 * GIB, "device_foreign_bytes": 2 * GIB,
    "host_bytes": 32 * GIB, "host_used_bytes": 7 * GIB, "host_foreign_bytes": 0,
}  # fmt: skip
MODEL = {
    "name": "painter", "state": "busy", "moving": "", "host_bytes": 7 * GIB, "device_bytes": 7 * GIB, "working_bytes": GIB, "waiting": 1,
    "pinned": True, "leases": [{"operation": "image"}],
}  # fmt: skip


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Studio]:
    """A studio whose engines are stand-ins."""
    settings = Settings(data_dir=tmp_path / "data", cpu_workers=1, cancel_grace_s=0.5)
    with Studio.open(settings, capabilities=(fake_worker.repeat,), gpu_target="tests.app.models.fake_worker:build") as opened:
        opened.models.library = FakeLibrary()
        yield opened


@pytest.fixture
def online(running: Studio) -> Iterator[Studio]:
    """The same, answering on a port."""
    import threading

    from app.api.run import StudioServer, listen, reachable_at
    from app.api.server import create_api

    started, sock = threading.Event(), listen("127.0.0.1", 0)
    server = StudioServer(create_api(running), started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    assert started.wait(15)
    running.announce(reachable_at(sock))
    yield running
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("action", [("memory",), ("load", "parrot"), ("unload", "parrot"), ("pin", "parrot"), ("free",)])
def test_without_a_running_studio_one_sentence_says_so(cli: Cli, action: tuple[str, ...]) -> None:
    said = cli("models", *action)
    assert said.code == 2
    assert "models live in a running studio. Start it with `python3 launch.py`" in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_load_pin_free_unload(cli: Cli, online: Studio) -> None:
    assert cli("models", "memory").out.strip() == "No model has been in memory yet."
    said = cli("models", "load", "parrot")
    assert said.code == 0, said.err
    assert "parrot is loaded." in said.out
    assert "parrot is asked for and not in memory" in said.out
    assert cli("models", "pin", "parrot").out.strip() == "parrot is pinned."
    found = cli("models", "memory", "--json").document
    assert [(row["name"], row["state"], row["pinned"]) for row in found["models"]] == [("parrot", "resident", True)]
    assert cli("models", "unpin", "parrot").code == 0
    assert "1000 B are free again." in cli("models", "free").out
    assert cli("models", "free", "--json").document == {"freed_bytes": 0, "busy": []}
    assert cli("models", "unload", "parrot").out.strip() == "parrot is not in memory."


def test_what_is_not_installed_is_said(cli: Cli, online: Studio) -> None:
    said = cli("models", "load", "nobody")
    assert said.code == 2
    assert "nobody is not installed" in said.err


def test_ctrl_c_takes_the_loading_back(running: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.commands import loaded
    from app.commands.base import CANCELLED, Console

    asked: list[tuple[str, str]] = []

    class Session:
        def change_model(self, name: str, what: str) -> dict[str, Any]:
            asked.append((name, what))
            return {}

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(loaded, "_wait", interrupted)
    monkeypatch.setattr(loaded, "find_running", lambda data_dir: Session())
    import argparse

    arguments = argparse.Namespace(action="load", model="parrot", data_dir=str(running.settings.data_dir))
    assert loaded.run(arguments, Console(json_mode=False)) == CANCELLED
    assert asked[-1] == ("parrot", "unload")


def test_the_words_for_a_machine_with_a_gpu() -> None:
    status = {
        "device": "cuda:0", "budget": BUDGET,
        "models": [MODEL, {**MODEL, "name": "gone", "state": "installed", "pinned": False, "waiting": 0}],
        "waiting": [{"model": "painter", "operation": "image", "since_s": 75.0, "reason": "painter is in use"}],
        "decisions": [{"at": 0.0, "action": "load", "model": "painter", "reason": "it is asked for"}],
    }  # fmt: skip
    said = describe(status)
    assert "cuda:0    7.0 GiB by models, 2.0 GiB by other programs, 7.0 GiB of 16.0 GiB free" in said
    assert "RAM       7.0 GiB by models" in said
    row = next(line for line in said.splitlines() if line.startswith("painter"))
    assert row.split() == ["painter", "busy", "8.0", "GiB", "+", "7.0", "GiB", "RAM", "image", "1", "yes"]
    assert "gone" not in said
    assert "waits     painter: image, 1 min 15 s: painter is in use" in said
    assert "load      painter: it is asked for" in said


def test_the_words_after_giving_back() -> None:
    assert freed_words({"freed_bytes": 0, "busy": []}) == "There was nothing to give back."
    assert freed_words({"freed_bytes": GIB, "busy": ["painter"]}) == "1.0 GiB are free again. In use, and to follow: painter."
