"""`rank TAKE...`: takes of one shot in the order in which they hold together, as a report, a table and a contact sheet."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.client import Session, open_session
from app.commands.base import Command, Console, media, settings_of, table
from app.commands.export_folder import require_folder, write_folder
from app.commands.follow import exit_code, report_end, run_job
from app.video.rank_models import FEWEST_TAKES, MOST_TAKES
from configs.errors import BadInput, BadMedia

CAPABILITY = "video.rank_takes"
FOLDER = "ranked-takes"


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("takes", metavar="TAKE", nargs="+", help="the clips: paths, or ids of files in the library")
    parser.add_argument("--out", metavar="DIR", help=f"where to write (default: {FOLDER} in this folder)")
    parser.add_argument("--project", metavar="ID", help="the project that the ranking belongs to")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if not FEWEST_TAKES <= len(arguments.takes) <= MOST_TAKES:
        raise BadInput(f"{len(arguments.takes)} take{'s' * (len(arguments.takes) != 1)} cannot be ranked.", "Give 2 to 64 clips.")
    out = require_folder(Path(arguments.out or FOLDER))
    assert out is not None
    with open_session(settings_of(arguments), console.note) as session:
        takes, refused = taken_in(session, arguments.takes, arguments.project)
        for lost in refused:
            console.note(f"{lost['name']} cannot be opened: {lost['reason']}")
        if len(takes) < FEWEST_TAKES:
            reason = f" {refused[0]['name']}: {refused[0]['reason']}" if refused else ""
            raise BadMedia(f"Only {len(takes)} of {len(arguments.takes)} takes can be opened.{reason}", "Give at least two that can.")
        request = {"takes": takes, "refused": refused}
        job = run_job(session, console, CAPABILITY, request, project_id=arguments.project)
        if job["state"] != "succeeded":
            return report_end(console, job, lambda: "")
        written = write_folder(session, job["artifacts"], out)
    document = {
        "job": {key: value for key, value in job.items() if key != "result"},
        "ranking": job["result"],
        "out": str(out),
        "files": written,
    }
    console.result(document, summary(job["result"], out, written))
    return exit_code(job)


def taken_in(session: Session, given: Sequence[str], project: str | None) -> tuple[list[str], list[dict[str, str]]]:
    """(ids of the takes that can be opened, name and reason of the others)."""
    takes, refused = [], []
    for take in map(media, given):
        try:
            found = session.artifact(take) if not Path(take).is_absolute() else session.add_path(take, "video", project)
            takes.append(found["id"])
        except (BadMedia, BadInput) as error:
            refused.append({"name": Path(take).name, "reason": " ".join(str(error).split())[:600]})
    return takes, refused


def summary(ranking: Mapping[str, Any], folder: Path, written: Sequence[str]) -> str:
    """The takes as a table, and what was written."""
    from app.video.rank_models import TakeParts
    from app.video.rank_score import faults

    rows, notes = [], list(ranking["remarks"])
    for take in ranking["takes"]:
        if take["score"] is None:
            rows.append((take["place"], take["name"], "-", "could not be analysed", ""))
            notes.append(f"{take['name']}: {take['failed']}")
            continue
        worst = take["worst"]
        found = ", ".join(faults(TakeParts.model_validate(take["parts"]))) or "none"
        rows.append((take["place"], take["name"], f"{take['score']:.3f}", found, f"{worst['timecode']} {worst['why']}"))
        notes += [f"{take['name']}: {note}" for note in (take["tie"], *take["remarks"]) if note]
    pictures = sum(name.startswith("worst/") for name in written)
    plain = [name for name in written if "/" not in name] + ([f"{pictures} pictures of worst frames"] if pictures else [])
    lines = [table(rows, ("PLACE", "TAKE", "SCORE", "FAULTS", "WORST FRAME")), *(f"Note: {note}" for note in notes), ""]
    return "\n".join([*lines, f"Wrote to {folder}: {', '.join(plain)}"])


COMMAND = Command(
    "Sort takes of one shot by how well their pictures hold together over time, each with its worst frame.",
    _configure,
    _run,
    epilog="example:\n  python3 launch.py rank take-1.mp4 take-2.mp4 take-3.mp4 --out ranking",
)
