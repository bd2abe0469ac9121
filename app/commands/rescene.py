"""`rescene CLIP|JOB`: other thresholds and a person's edits on an analysis that is there, and all its files, in seconds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from app.client import Session, open_session
from app.commands.analyze import write_analysis
from app.commands.base import Command, Console, media, settings_of
from app.commands.export_folder import require_folder
from app.commands.follow import report_end, run_job
from app.commands.review import clip_of
from configs.errors import BadInput

CAPABILITY = "video.rescene"


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("of", metavar="CLIP|JOB", help="a clip that was analysed (its newest analysis is taken), or the analysis' job")
    parser.add_argument("--sensitivity", type=float, metavar="X", help="higher finds more cuts (default: as analysed)")
    parser.add_argument("--min-shot-s", type=float, metavar="S", help="shortest shot in seconds (default: as analysed)")
    parser.add_argument("--no-review", action="store_true", help="leave out what people have changed and marked")
    parser.add_argument("--out", metavar="DIR", help="where to write (default: <name of the clip>-edited in this folder)")
    parser.add_argument("--project", metavar="ID", help="the project that the result belongs to")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    out = require_folder(Path(arguments.out) if arguments.out else None)
    settings = {name: value for name in ("sensitivity", "min_shot_s") if (value := getattr(arguments, name)) is not None}
    with open_session(settings_of(arguments), console.note) as session:
        request = {"analysis": analysis_of(session, arguments.of), "use_review": not arguments.no_review, **settings}
        job = run_job(session, console, CAPABILITY, request, project_id=arguments.project)
        if job["state"] != "succeeded":
            return report_end(console, job, lambda: "")
        return write_analysis(session, console, job, out, "edited")


def analysis_of(session: Session, given: str) -> str:
    """What the request names: a job or an analysis.json as given, of a clip its newest analysis.

    Raises:
        BadInput: the clip has not been analysed.
    """
    if media(given) == given and given.startswith("j-"):
        return given
    clip = clip_of(session, given)
    lineage = session.lineage(clip)
    if lineage["artifact"]["name"] == "analysis.json":
        return clip
    made = [child for child in lineage["children"] if child["name"] == "analysis.json"]
    if not made:
        raise BadInput(f"{lineage['artifact']['name']} has not been analysed.", "Run `analyze` on it first.")
    newest: str = max(made, key=lambda child: (child["created_at"], child["id"]))["id"]
    return newest


COMMAND = Command(
    "Apply other thresholds and a person's edits to an analysis, and write all its files anew, without a second pass.",
    _configure,
    _run,
    epilog="example:\n  python3 launch.py rescene clip.mp4 --sensitivity 1.5 --out edited",
)
