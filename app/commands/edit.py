"""`edit VIDEO`: from a sentence or a plan to a finished cut; for a folder, one film per clip."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.client import Session, open_session
from app.commands.base import DONE, Command, Console, media, settings_of
from app.commands.edit_folder import run_folder
from app.commands.film import (
    ENDINGS,
    Ended,
    Film,
    add_brief,
    add_making,
    brief_of,
    plan_by,
    read_plan_file,
    require_apart,
    require_file,
    summary,
)
from app.commands.follow import report_end
from app.commands.making import by_template, finish
from configs.errors import BadInput


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    from configs.templates_file import template_names

    parser.add_argument(
        "video", metavar="VIDEO", nargs="?", help="the clip: a path, an id of the library, or a folder of clips or pictures"
    )
    parser.add_argument("--out", metavar="FILE", help=f"the film: {', '.join(ENDINGS)}; for a folder of clips, a folder")
    parser.add_argument("--plan", metavar="FILE", help="render this plan instead of planning; with VIDEO, on that clip")
    parser.add_argument("--template", metavar="NAME", help=f"{', '.join(template_names())}, or a YAML file of your own")
    add_brief(parser)
    parser.add_argument("--preview", action="store_true", help="small and quick, with the same frames at the same times")
    parser.add_argument(
        "--improve",
        type=int,
        nargs="?",
        const=3,
        metavar="ROUNDS",
        help="judge and revise the film, 3 rounds at most if not said; keep the best",
    )
    add_making(parser)


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.video and Path(arguments.video).expanduser().is_dir():
        return run_folder(arguments, console)
    _require_sense(arguments)
    out = require_file(arguments.out, force=arguments.force, endings=ENDINGS) if arguments.out else None
    kept = require_file(arguments.save_plan, force=arguments.force, flag="--save-plan") if arguments.save_plan else None
    require_apart([out, kept], [arguments.video, arguments.music, arguments.plan])
    with open_session(settings_of(arguments), console.note) as session:
        try:
            film = make(session, console, arguments, out, kept)
        except Ended as ended:
            return report_end(console, ended.job, lambda: "")
    console.result(film.document(), summary(film))
    return DONE


def _require_sense(arguments: argparse.Namespace) -> None:
    """What must be said together, and what not."""
    if not arguments.video and not arguments.plan:
        raise BadInput("There is nothing to edit.", "Give a clip, a folder, or --plan FILE.")
    if arguments.plan and (arguments.goal or arguments.style or arguments.template):
        raise BadInput("--plan says already what the film is.", "Leave --goal, --style and --template away, or leave --plan away.")
    if not arguments.plan and not (arguments.goal or arguments.style or arguments.template):
        raise BadInput("It is not said what the film is to be.", "Give --goal, --style, --template or --plan.")
    if not arguments.out and not arguments.save_plan:
        raise BadInput("It is not said where the film goes.", "Give --out FILE; or --save-plan FILE to plan only.")
    if arguments.improve is not None and not 1 <= arguments.improve <= 10:
        raise BadInput(f"--improve is {arguments.improve}.", "Give 1 to 10 rounds.")
    if arguments.improve and arguments.preview:
        raise BadInput("A preview is not improved.", "Leave --preview or --improve away.")
    if (arguments.judge or arguments.improve) and not arguments.out:
        raise BadInput("Only a rendered film can be judged.", "Give --out FILE.")


def make(session: Session, console: Console, arguments: argparse.Namespace, out: Path | None, kept: Path | None) -> Film:
    """Plans or reads the plan, and makes of it what was asked for. Raises `Ended` when a job does not succeed."""
    film = _planned(session, console, arguments)
    finish(session, console, arguments, film, out, kept)
    return film


def _planned(session: Session, console: Console, arguments: argparse.Namespace) -> Film:
    if arguments.plan:
        film = Film(read_plan_file(arguments.plan))
        if arguments.video:
            _on_clip(film.plan, arguments.video)
        return film
    if arguments.template:
        return by_template(session, console, arguments, arguments.video)
    return plan_by(session, console, brief_of(arguments, arguments.video), arguments.project)


def _on_clip(plan: dict[str, Any], video: str) -> None:
    """The same plan on another clip: in place of the source that the first row is from."""
    first = plan["segments"][0]["source"] if plan["segments"] else plan["sources"][0]["id"]
    for source in plan["sources"]:
        if source["id"] == first:
            source["media"] = media(video)


COMMAND = Command(
    "Cut a film from a clip: say what you want, or give a plan. For a folder: one film per clip, by a template.",
    _configure,
    _run,
    epilog=(
        "examples:\n"
        '  python3 launch.py edit clip.mp4 --goal "30 second vertical highlight reel" --out reel.mp4 --export otio edl\n'
        "  python3 launch.py edit clip.mp4 --style trailer --save-plan plan.json\n"
        "  python3 launch.py edit --plan plan.json --out film.mp4\n"
        "  python3 launch.py edit clips/ --template vertical-highlights --out reels"
    ),
)
