"""`status`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.commands.status import describe
from app.studio import Studio

Cli = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("small_table")


def test_without_a_studio(cli: Cli) -> None:
    said = cli("status")
    assert said.code == 0
    assert "not running" in said.out
    assert "no jobs" in said.out
    assert cli("status", "--json").document["running"] is False


def test_of_a_running_studio(cli: Cli, served: Any, studio: Studio) -> None:
    studio.announce(served.url)
    assert cli("status", "--json").document["running"] is True
    assert "up for" in cli("status").out


def test_the_words() -> None:
    status = {
        "version": "1.0",
        "uptime_s": 75,
        "counts": {"queued": 2, "running": 0},
        "memory": {"used_bytes": 2**30, "total_bytes": 2**31},
        "disk": {"free_bytes": 2**40, "used_by_studio_bytes": 0},
        "gpu": {"name": "Card"},
        "workers": [{"state": "busy"}, {"state": "idle"}],
    }
    said = describe(status, running=True)
    for words in ("1.0, up for 1 min 15 s", "2, 1 busy", "2 queued", "1.0 GiB of 2.0 GiB", "1.0 TiB free", "Card"):
        assert words in said
