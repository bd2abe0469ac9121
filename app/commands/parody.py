"""`parody VIDEO OUT`: a clip cut anew as something dramatic, chaotic or wholesome."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from app.client import Session, open_session
from app.commands.base import DONE, Command, Console, settings_of
from app.commands.film import (
    Ended,
    Film,
    add_making,
    add_planning,
    brief_of,
    export_formats,
    given_media,
    require_apart,
    require_file,
    save_plan,
    succeed,
    summary,
    take_film,
)
from app.commands.follow import report_end
from configs.errors import BadInput

CAPABILITY = "video.parody"
STYLES = ("dramatic", "chaotic", "wholesome")
ENDINGS = {".mp4": "mp4", ".m4v": "mp4"}
MOST_TRIES = 6


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("video", metavar="VIDEO", help="the clip: a path, or the id of a file in the library")
    parser.add_argument("out", metavar="OUT", help="the film, an .mp4; `edit --plan` renders its plan in other formats")
    parser.add_argument("--style", choices=STYLES, default=STYLES[0], help=f"how (default {STYLES[0]})")
    parser.add_argument("--duration", type=float, metavar="SECONDS", help="how long the film is to be")
    parser.add_argument("--goal", metavar="TEXT", help="what else you want, in words")
    parser.add_argument("--tries", type=int, default=1, metavar="N", help="make so many and keep the one with the best score")
    add_planning(parser)
    add_making(parser)


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if not 1 <= arguments.tries <= MOST_TRIES:
        raise BadInput(f"--tries is {arguments.tries}.", f"Give 1 to {MOST_TRIES}.")
    out = require_file(arguments.out, force=arguments.force, endings=ENDINGS, flag="OUT")
    kept = require_file(arguments.save_plan, force=arguments.force, flag="--save-plan") if arguments.save_plan else None
    require_apart([out, kept], [arguments.video, arguments.music])
    with open_session(settings_of(arguments), console.note) as session:
        try:
            film = _made(session, console, arguments)
            take_film(session, film, film.result or {}, out, arguments)
            if kept is not None:
                save_plan(film, kept)
            if arguments.export:
                export_formats(session, console, film, out, arguments)
        except Ended as ended:
            return report_end(console, ended.job, lambda: "")
    console.result(film.document(), summary(film))
    return DONE


def _made(session: Session, console: Console, arguments: argparse.Namespace) -> Film:
    """Analysed, planned, rendered and, where asked, judged in one job."""
    brief = brief_of(arguments, arguments.video)
    request: dict[str, Any] = {**brief, "judge": arguments.judge, "rounds": arguments.tries}
    film = Film({})
    job = succeed(session, console, film, CAPABILITY, request, project_id=arguments.project)
    film.result, film.plan, film.evaluation = job["result"], job["result"]["plan"], job["result"]["evaluation"]
    film.notes += job["result"]["notes"]
    given_media(film.plan, job, brief)
    return film


COMMAND = Command(
    "Cut a clip anew as a parody: zoom punches, ramps, freezes with captions, replays; on the processor, without a model.",
    _configure,
    _run,
    epilog="example:\n  python3 launch.py parody clip.mp4 out.mp4 --style dramatic --duration 30",
)
