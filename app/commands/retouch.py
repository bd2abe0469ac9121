"""`upscale FILE` and `cutout FILE`: one picture in, one picture out."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.client import open_session
from app.commands.base import DONE, Command, Console, media, settings_of
from app.commands.film import require_apart, require_file
from app.commands.follow import report_end, run_job
from app.commands.library import export
from configs.errors import BadInput


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("picture", metavar="FILE", help="a PNG, JPEG or WebP, or the id of a file in the library")
    parser.add_argument("--out", required=True, metavar="FILE", help="the picture to write, a .png")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--project", metavar="ID", help="the project that the picture belongs to")


def _configure_upscale(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    _shared(parser)
    parser.add_argument("--scale", type=float, default=2.0, metavar="X", help="how many times larger, 1.5 to 8 (default 2)")
    parser.add_argument("--model", metavar="NAME", help="an upscaler; `adapters upscaler` lists them (default: built in)")
    parser.add_argument("--sharpen", type=float, metavar="X", help="0 to 1 (default 0.3)")
    parser.add_argument("--denoise", type=float, metavar="X", help="0 to 1, before enlarging (default 0)")


def _configure_cutout(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    _shared(parser)
    parser.add_argument("--model", metavar="NAME", help="an installed matting model (default: built in)")
    parser.add_argument("--background", metavar="#RRGGBB", help="a colour behind the subject (default: transparent)")
    parser.add_argument(
        "--holes", action=argparse.BooleanOptionalAction, default=None, help="take away what the subject encloses, or keep it"
    )
    parser.add_argument("--crop", action="store_true", default=None, help="crop to the subject")
    parser.add_argument("--margin-px", type=int, metavar="PX", help="with --crop: how much stays around it (default 8)")


def _run(capability: str, fields: Sequence[str], arguments: argparse.Namespace, console: Console) -> int:
    target = _target(arguments)
    said = {name: value for name in fields if (value := getattr(arguments, name)) is not None}
    with open_session(settings_of(arguments), console.note) as session:
        job = run_job(session, console, capability, {"image": media(arguments.picture), **said}, project_id=arguments.project)
        if job["state"] != "succeeded":
            return report_end(console, job, lambda: "")
        written = str(export(session, session.artifact(job["result"]["artifact_id"]), target, replace=arguments.force))
    told = {key: value for key, value in job.items() if key not in ("log", "published", "request")}
    console.result({"file": written, "job": told, "result": job["result"]}, summary(job["result"], written))
    return DONE


def _target(arguments: argparse.Namespace) -> Path:
    """Where the picture goes, looked at before any work is done."""
    out = Path(arguments.out)
    if out.suffix.lower() != ".png":
        raise BadInput(f"{out.name!r} does not end in .png.", "Pictures are written as PNG: give --out such as large.png.")
    target = require_file(arguments.out, force=arguments.force)
    require_apart([target], [arguments.picture])
    return target


def summary(result: Mapping[str, Any], written: str) -> str:
    """What was written, who made it, and what should be looked at."""
    lines = [f"Wrote {written} ({result['width']}x{result['height']})", f"Made by {result['engine']}"]
    return "\n".join([*lines, *(f"Note: {note}" for note in result.get("notes", ()))])


UPSCALE = Command(
    "Enlarge a picture; transparency and the settings it was made with stay.",
    _configure_upscale,
    lambda arguments, console: _run("image.upscale", ("scale", "model", "sharpen", "denoise"), arguments, console),
    epilog="example:\n  python3 launch.py upscale fox.png --out fox-large.png --scale 4 --model real-esrgan-x4plus",
)
CUTOUT = Command(
    "Take a picture's background away; the edges are soft and in the subject's own colours.",
    _configure_cutout,
    lambda arguments, console: _run("image.cutout", ("model", "background", "holes", "crop", "margin_px"), arguments, console),
    epilog="example:\n  python3 launch.py cutout fox.png --out fox-alone.png --crop",
)
