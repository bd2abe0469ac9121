"""`evaluate VIDEO`: the judge's table of a film, with what to mend."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.client import open_session
from app.commands.base import Command, Console, media, settings_of
from app.commands.film import read_plan_file
from app.commands.follow import report_end, run_job
from app.commands.score import score_table

CAPABILITY = "video.evaluate"


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("video", metavar="VIDEO", help="the film: a path, or the id of a file in the library")
    parser.add_argument("--plan", metavar="FILE", help="the plan it was rendered from: what is planned is no fault")
    parser.add_argument("--reference", metavar="CLIP", help="the clip it was made of, where there is no plan")
    parser.add_argument("--goal", metavar="TEXT", help="what was asked for")
    parser.add_argument("--style", metavar="STYLE", help="the style it was to have")
    parser.add_argument("--duration", type=float, metavar="SECONDS", help="how long it was to be")
    parser.add_argument("--aspect", choices=("16:9", "9:16", "1:1", "4:5", "4:3", "21:9"), help="the shape it was to have")
    parser.add_argument("--model", metavar="NAME", help="which installed model looks at it; left out: any that can")
    parser.add_argument("--project", metavar="ID", help="the project that the judgement belongs to")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    said = {
        "plan": read_plan_file(arguments.plan) if arguments.plan else None,
        "reference": media(arguments.reference) if arguments.reference else None, "goal": arguments.goal, "style": arguments.style,
        "duration_s": arguments.duration, "aspect": arguments.aspect, "model": arguments.model,
    }  # fmt: skip
    request = {"video": media(arguments.video), **{name: value for name, value in said.items() if value is not None}}
    with open_session(settings_of(arguments), console.note) as session:
        job = run_job(session, console, CAPABILITY, request, project_id=arguments.project)
    return report_end(console, job, lambda: score_table(job["result"]))


COMMAND = Command(
    "Judge a film: technical quality, and how well it meets what was asked for, with what to mend.",
    _configure,
    _run,
    epilog='example:\n  python3 launch.py evaluate film.mp4 --plan plan.json --goal "30 seconds, dramatic"',
)
