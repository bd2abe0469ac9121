"""`analyze VIDEO`: the scenes of a clip as a report, keyframes, CSV, EDL and OTIO."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from app.client import Session, open_session
from app.commands import text
from app.commands.base import Command, Console, media, settings_of, table
from app.commands.export_folder import require_folder, write_folder
from app.commands.follow import exit_code, report_end, run_job
from app.video.models import DEFAULT_THRESHOLDS, Detector

CAPABILITY = "video.analyze"
FLAGS = ("detector", "scene_threshold", "min_scene_frames", "frames_per_scene")
INTERNAL = ("lanes.json", "curves.npz", "samples.npz")  # for the page and for later questions, not for people
MOST_ROWS = 40


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    thresholds = ", ".join(f"{value:g} for {name}" for name, value in DEFAULT_THRESHOLDS.items())
    parser.add_argument("video", metavar="VIDEO", help="the clip: a path, or the id of a file in the library")
    parser.add_argument("--out", metavar="DIR", help="where to write (default: <name of the clip>-analysis in this folder)")
    parser.add_argument("--frames-per-scene", type=int, metavar="N", help="keyframes picked from each scene (default 3)")
    parser.add_argument("--scene-threshold", type=float, metavar="T", help=f"how big a change makes a cut (default {thresholds})")
    parser.add_argument(
        "--detector", choices=get_args(Detector), help="studio (usual): cuts, fades and dissolves; the others are PySceneDetect's"
    )
    parser.add_argument("--min-scene-frames", type=int, metavar="N", help="shortest scene in frames (default 3 for studio, else 15)")
    parser.add_argument("--project", metavar="ID", help="the project that the analysis belongs to")
    parser.add_argument("--again", action="store_true", help="analyse anew even if this was done before")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    out = require_folder(Path(arguments.out) if arguments.out else None)
    given = {name: getattr(arguments, name) for name in FLAGS if getattr(arguments, name) is not None}
    request = {"video": media(arguments.video), **given}
    with open_session(settings_of(arguments), console.note) as session:
        job = run_job(session, console, CAPABILITY, request, project_id=arguments.project, reuse=not arguments.again)
        if job["state"] != "succeeded":
            return report_end(console, job, lambda: "")
        return write_analysis(session, console, job, out, "analysis")


def write_analysis(session: Session, console: Console, job: Mapping[str, Any], out: Path | None, ending: str) -> int:
    """Writes an analysis' files into ``out``, or into <name of the clip>-<ending> in this folder; returns the exit code."""
    clip = job["result"]["media"]["name"]
    folder = out or require_folder(Path(f"{Path(clip).stem}-{ending}"))
    assert folder is not None
    files = [artifact for artifact in job["artifacts"] if artifact["name"] not in INTERNAL]
    written = write_folder(session, files, folder)
    document = {
        "job": {key: value for key, value in job.items() if key != "result"},
        "analysis": job["result"],
        "out": str(folder),
        "files": written,
    }
    console.result(document, summary(job["result"], folder, written))
    return exit_code(job)


def summary(analysis: Mapping[str, Any], folder: Path, written: Sequence[str]) -> str:
    """The scenes as a table, and what was written."""
    scenes, video = analysis["scenes"], analysis["media"]["info"]["video"]
    rows = [
        (s["index"] + 1, s["start_timecode"], s["end_timecode"], f"{s['end_s'] - s['start_s']:.2f} s", ", ".join(s["quality"]["remarks"]))
        for s in scenes[:MOST_ROWS]
    ]
    count = f"{len(scenes)} scene" + ("s" if len(scenes) != 1 else "")
    picture = f"{video['width']}x{video['height']}, {video['fps']:g} fps"
    head = f"{analysis['media']['name']}: {picture}, {text.span(analysis['duration_s'])}, {count}"
    more = [f"... and {len(scenes) - MOST_ROWS} more"] if len(scenes) > MOST_ROWS else []
    warnings = [f"Note: {warning}" for warning in analysis["warnings"]]
    pictures = sum(name.startswith("keyframes/") for name in written)
    plain = [name for name in written if "/" not in name] + ([f"{pictures} keyframes"] if pictures else [])
    scene_table = table(rows, ("SCENE", "FROM", "TO", "LENGTH", "REMARKS"))
    return "\n".join([head, "", scene_table, *more, *warnings, "", f"Wrote to {folder}: {', '.join(plain)}"])


COMMAND = Command(
    "Find the scenes of a video, pick keyframes, measure quality, and write a report, CSV, EDL and OTIO.",
    _configure,
    _run,
    epilog="example:\n  python3 launch.py analyze clip.mp4 --out review --frames-per-scene 2",
)
