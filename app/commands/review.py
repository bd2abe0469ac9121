"""`review CLIP ...`: a person's cuts and markers of a clip: list, split, merge, move, mark, unmark, undo, redo."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from app.client import Session, open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, media, settings_of, subcommands, table
from app.video.review_operations import COLOURS

ACTIONS = {
    "list": "show what people have changed and marked",
    "split": "a new shot begins at FRAME",
    "merge": "the shot that begins at FRAME joins the one before it",
    "move": "the boundary at FRAME goes to frame TO",
    "mark": "set a marker on FRAME",
    "change": "change a marker",
    "unmark": "take a marker away",
    "undo": "take the last change back",
    "redo": "make it again",
}
NOTE_WIDTH = 60


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("clip", metavar="CLIP", help="the clip: a path, or the id of a file in the library")
    made = subcommands(parser, ACTIONS)
    for name in ("split", "merge", "move", "mark"):
        made[name].add_argument("frame", metavar="FRAME", type=int, help="a frame number, counted from 0")
    made["move"].add_argument("to", metavar="TO", type=int, help="where the boundary shall be")
    for name in ("change", "unmark"):
        made[name].add_argument("marker", metavar="MARKER", help="the marker's id, as `list` shows it")
    made["change"].add_argument("--frame", metavar="FRAME", type=int, help="where it shall be")
    for name in ("mark", "change"):
        made[name].add_argument("--end", dest="end_frame", metavar="FRAME", type=int, help="first frame behind a range")
        made[name].add_argument("--colour", choices=COLOURS, metavar="COLOUR", help=f"one of {', '.join(COLOURS)}")
        made[name].add_argument("--note", metavar="TEXT", help="what to say there; '-' reads it from stdin")
    for name in ("split", "merge", "move", "mark", "change", "unmark"):
        made[name].add_argument("--author", metavar="NAME", help="who says so")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    with open_session(settings_of(arguments), console.note, workers=False) as session:
        clip = clip_of(session, arguments.clip)
        if arguments.action == "list":
            found = session.review(clip)
        elif arguments.action in ("undo", "redo"):
            found = session.turn_review(clip, arguments.action)
        else:
            found = session.change_review(clip, operation_of(arguments))
    console.result(found, shown(found))
    return DONE


def clip_of(session: Session, given: str) -> str:
    """The id of a clip that is given as a path or an id."""
    reference = media(given)
    if reference == given and given.startswith("a-"):
        return given
    added: str = session.add_path(reference, "video", None)["id"]
    return added


def operation_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The operation that a command line asks for."""
    op = {"mark": "add_marker", "change": "change_marker", "unmark": "remove_marker"}.get(arguments.action, arguments.action)
    names = ("frame", "to", "marker", "end_frame", "colour", "note", "author")
    operation = {name: value for name in names if (value := getattr(arguments, name, None)) is not None}
    if operation.get("note") == "-":
        operation["note"] = sys.stdin.read()
    return {"op": op, **operation}


def shown(review: Mapping[str, Any]) -> str:
    """The review as a person reads it."""
    boundaries = review["boundaries"]
    lines = [f"{name}: {', '.join(map(str, frames))}" for name, frames in (
        ("Shots begin at", boundaries["added"]), ("No shot begins at", boundaries["removed"]),
    ) if frames]  # fmt: skip
    rows = [
        (m["id"], m["frame"] if m["end_frame"] is None else f"{m['frame']}-{m['end_frame'] - 1}", m["colour"], m["author"],
         text.shorten(" ".join(m["note"].split()), NOTE_WIDTH))
        for m in review["markers"]
    ]  # fmt: skip
    if rows:
        lines += ["", table(rows, ("MARKER", "FRAMES", "COLOUR", "AUTHOR", "NOTE"))]
    if review["undo_label"]:
        lines += ["", f"Undo would take back: {review['undo_label']}"]
    return "\n".join(lines).strip() or "Nothing has been changed or marked."


COMMAND = Command(
    "Correct a clip's shots by hand and set markers on it; every new analysis respects them.",
    _configure,
    _run,
    epilog='example:\n  python3 launch.py review clip.mp4 mark 120 --end 144 --colour red --note "hand melts"',
)
