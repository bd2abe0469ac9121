"""`parody VIDEO OUT`: a clip cut anew as something dramatic, chaotic or wholesome."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.client import open_session
from app.commands.base import DONE, Command, Console, settings_of
from app.commands.film import (
    ENDINGS,
    Ended,
    add_making,
    add_planning,
    brief_of,
    finish,
    plan_by,
    require_file,
    summary,
)
from app.commands.follow import report_end

STYLES = ("dramatic", "chaotic", "wholesome")


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("video", metavar="VIDEO", help="the clip: a path, or the id of a file in the library")
    parser.add_argument("out", metavar="OUT", help=f"the film: {', '.join(ENDINGS)}")
    parser.add_argument("--style", choices=STYLES, default=STYLES[0], help=f"how (default {STYLES[0]})")
    parser.add_argument("--duration", type=float, metavar="SECONDS", help="how long the film is to be")
    parser.add_argument("--goal", metavar="TEXT", help="what else you want, in words")
    add_planning(parser)
    add_making(parser)


def _run(arguments: argparse.Namespace, console: Console) -> int:
    out = require_file(arguments.out, force=arguments.force, endings=ENDINGS, flag="OUT")
    kept = require_file(arguments.save_plan, force=arguments.force, flag="--save-plan") if arguments.save_plan else None
    with open_session(settings_of(arguments), console.note) as session:
        try:
            film = plan_by(session, console, brief_of(arguments, arguments.video), arguments.project)
            finish(session, console, arguments, film, out, kept)
        except Ended as ended:
            return report_end(console, ended.job, lambda: "")
    console.result(film.document(), summary(film))
    return DONE


COMMAND = Command(
    "Cut a clip anew as a parody: zoom punches, ramps, freezes with captions, replays; on the processor, without a model.",
    _configure,
    _run,
    epilog="example:\n  python3 launch.py parody clip.mp4 out.mp4 --style dramatic --duration 30",
)
