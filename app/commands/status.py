"""`status`: the machine, the workers and the queue at a glance."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from app.client import open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, settings_of


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    """Only the common flags."""


def _run(arguments: argparse.Namespace, console: Console) -> int:
    with open_session(settings_of(arguments), console.note, workers=False) as session:
        found = session.status()
        running = session.lasting
    console.result({**found, "running": running}, describe(found, running))
    return DONE


def describe(status: Mapping[str, Any], running: bool) -> str:
    """A few lines for a person."""
    memory, disk, gpu = status["memory"], status["disk"], status["gpu"]
    counts = ", ".join(f"{number} {state}" for state, number in status["counts"].items() if number) or "no jobs"
    busy = sum(worker["state"] == "busy" for worker in status["workers"])
    lines = [
        f"studio   {status['version']}, " + (f"up for {text.span(status['uptime_s'])}" if running else "not running"),
        f"jobs     {counts}",
        f"memory   {text.size(memory['used_bytes'])} of {text.size(memory['total_bytes'])} used",
        f"disk     {text.size(disk['free_bytes'])} free; the studio uses {text.size(disk['used_by_studio_bytes'])}",
        f"gpu      {gpu['name'] if gpu else 'none'}",
    ]
    if running:
        lines.insert(1, f"workers  {len(status['workers'])}, {busy} busy")
    return "\n".join(lines)


COMMAND = Command("Show the machine, the workers and the queue at a glance.", _configure, _run)
