"""`models memory|load|unload|pin|unpin|free`: what a running studio has in memory; a command's own process holds no model."""

from __future__ import annotations

import argparse
import queue
import threading
from collections.abc import Mapping
from typing import Any

from app.commands import text
from app.commands.base import CANCELLED, DONE, Console, settings_of, table
from app.commands.follow import ProgressLine
from app.remote import RemoteSession, find_running
from configs.errors import BadInput, StudioError

ACTIONS = {
    "memory": "what is in memory and for whom, what waits and why, what was decided",
    "load": "load a model into memory",
    "unload": "take a model out of memory",
    "pin": "keep a model from being evicted for another",
    "unpin": "let a pinned model go again when room is needed",
    "free": "give the memory of all models that are not in use back",
}
NAMED = ("load", "unload", "pin", "unpin")
DONE_WORDS = {"load": "is loaded", "unload": "is not in memory", "pin": "is pinned", "unpin": "is not pinned"}
LOOK_EVERY_S = 0.25
SHOWN_DECISIONS = 8


def configure(made: Mapping[str, argparse.ArgumentParser]) -> None:
    """Adds the arguments of these actions to their parsers."""
    for action in NAMED:
        made[action].add_argument("model", metavar="NAME", help="as `models list` names it")
    made["free"].add_argument("--ram", action="store_true", help="on a machine with a GPU: what is parked in RAM as well")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Carries out one of `ACTIONS` on the studio that serves the data folder.

    Raises:
        BadInput: no studio is running there.
    """
    settings = settings_of(arguments)
    session = find_running(settings.data_dir)
    if session is None:
        raise BadInput(
            f"No studio is running on {settings.data_dir}, and models live in a running studio.",
            "Start it with `python3 launch.py`, then ask again.", "not_running",
        )  # fmt: skip
    if arguments.action == "memory":
        status = session.memory()
        console.result(status, describe(status))
    elif arguments.action == "free":
        freed = session.free_memory(arguments.ram)
        console.result(freed, freed_words(freed))
    elif arguments.action == "load":
        return _load(session, arguments.model, console)
    else:
        status = session.change_model(arguments.model, arguments.action)
        console.result(status, f"{arguments.model} {DONE_WORDS[arguments.action]}.")
    return DONE


def _load(session: RemoteSession, model: str, console: Console) -> int:
    """Waits for the model with a line of progress; Ctrl-C takes it back."""
    answers: queue.SimpleQueue[dict[str, Any] | StudioError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(session.change_model(model, "load"))
        except StudioError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    line = ProgressLine(console)
    try:
        answer = _wait(session, model, answers, line, console.lively)
    except KeyboardInterrupt:
        line.clear()
        session.change_model(model, "unload")
        console.note(f"{model} is not loaded.")
        return CANCELLED
    line.clear()
    if isinstance(answer, StudioError):
        raise answer
    console.result(answer, f"{model} {DONE_WORDS['load']}.\n{describe(answer)}")
    return DONE


def _wait(
    session: RemoteSession, model: str, answers: queue.SimpleQueue[dict[str, Any] | StudioError], line: ProgressLine, lively: bool
) -> dict[str, Any] | StudioError:  # fmt: skip
    while True:
        try:
            return answers.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            seen = next((row for row in session.memory()["models"] if row["name"] == model), None) if lively else None
            if seen is not None:
                line.show({"state": "running", "progress": seen["progress"] or 0.0, "message": seen["message"], "eta_s": None})


def freed_words(freed: Mapping[str, Any]) -> str:
    """What giving memory back achieved."""
    done = f"{text.size(freed['freed_bytes'])} are free again." if freed["freed_bytes"] else "There was nothing to give back."
    busy = freed["busy"]
    return done + (f" In use, and to follow: {', '.join(busy)}." if busy else "")


def describe(status: Mapping[str, Any]) -> str:
    """The memory for a person: rooms, models, who waits, the last decisions."""
    if status["device"] is None:
        return "No model has been in memory yet."
    rows = [
        (m["name"], m["moving"] or m["state"], _held(m, status["budget"]), ", ".join(lease["operation"] for lease in m["leases"]) or "-",
         m["waiting"], "yes" if m["pinned"] else "")
        for m in status["models"] if m["state"] != "installed" or m["moving"] or m["pinned"] or m["waiting"]
    ]  # fmt: skip
    blocks = ["\n".join(_rooms(status))]
    blocks.append(table(rows, ("MODEL", "STATE", "HOLDS", "IN USE FOR", "WAITING", "PINNED")) if rows else "No model is in memory.")
    if status["waiting"]:
        blocks.append(
            "\n".join(f"waits     {w['model']}: {w['operation']}, {text.span(w['since_s'])}: {w['reason']}" for w in status["waiting"])
        )
    last = status["decisions"][-SHOWN_DECISIONS:]
    if last:
        blocks.append("\n".join(f"{text.moment(d['at'])}  {d['action']:<9} {d['model']}: {d['reason']}" for d in last))
    return "\n\n".join(blocks)


def _rooms(status: Mapping[str, Any]) -> list[str]:
    budget, lines = status["budget"], []
    for kind, name in (("device", status["device"]), ("host", "RAM")):
        if kind == "device" and budget["shared"]:
            continue
        used, others, total = (budget[f"{kind}_{part}bytes"] for part in ("used_", "foreign_", ""))
        free = max(0, total - used - others)
        lines.append(
            f"{name:<8}  {text.size(used)} by models, {text.size(others)} by other programs, {text.size(free)} of {text.size(total)} free"
        )
    return lines


def _held(model: Mapping[str, Any], budget: Mapping[str, Any]) -> str:
    on_device = model["host_bytes"] if budget["shared"] else model["device_bytes"]
    parked = "" if budget["shared"] or not model["host_bytes"] else f" + {text.size(model['host_bytes'])} RAM"
    return text.size(on_device + model["working_bytes"]) + parked
