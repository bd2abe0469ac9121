"""What `edit` and `parody` share: from a brief or a plan to a file on the disk, its interchange files and a summary."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from app.client import Session
from app.commands import text
from app.commands.base import Console, media, table
from app.commands.export_folder import safe_name
from app.commands.follow import run_job
from app.commands.library import export
from app.commands.score import score_table
from app.editing.exports.base import FormatName
from app.editing.plan import EditPlan
from configs.errors import BadInput, StudioError

ENDINGS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".webm": "webm", ".gif": "gif"}
FORMATS: tuple[str, ...] = get_args(FormatName)
MOST_ROWS, MOST_LOST = 40, 8


class Ended(Exception):
    """A job did not succeed; it tells itself what there is to tell."""

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__(job["state"])
        self.job = job


@dataclass
class Film:
    """What has come of it so far; this is the JSON document of the commands."""

    plan: dict[str, Any]
    jobs: list[dict[str, Any]] = field(default_factory=list)
    out: str | None = None
    result: dict[str, Any] | None = None
    files: list[str] = field(default_factory=list)
    lost: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    versions: list[dict[str, Any]] = field(default_factory=list)
    evaluation: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The form it has in JSON."""
        return dict(self.__dict__)


def add_brief(parser: argparse.ArgumentParser) -> None:
    """The flags that say what the film is to be."""
    parser.add_argument("--goal", metavar="TEXT", help='what you want, in words: "a vertical 30 second highlight reel"')
    parser.add_argument("--style", metavar="STYLE", help="dramatic, chaotic, wholesome, highlights, trailer, beat ...")
    parser.add_argument("--duration", type=float, metavar="SECONDS", help="how long the film is to be")
    add_planning(parser)


def add_planning(parser: argparse.ArgumentParser) -> None:
    """The flags that every planning has."""
    parser.add_argument("--aspect", choices=("source", "16:9", "9:16", "1:1", "4:5", "4:3", "21:9"), help="the film's shape")
    parser.add_argument("--music", metavar="FILE", help="music to lay under it: a path, or the id of a file in the library")
    parser.add_argument("--planner", metavar="WHO", help="auto (usual), built_in, or the name of an installed language model")
    parser.add_argument("--seed", type=int, metavar="N", help="another number plans another film (default 0)")


def add_making(parser: argparse.ArgumentParser) -> None:
    """The flags that say what is made of the plan."""
    parser.add_argument("--export", nargs="+", choices=FORMATS, default=[], metavar="FORMAT", help=f"beside the film: {', '.join(FORMATS)}")
    parser.add_argument("--save-plan", metavar="FILE", help="keep the plan as JSON, to change it and render it with --plan")
    parser.add_argument("--judge", action="store_true", help="judge the film and print its score with what to mend")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    parser.add_argument("--project", metavar="ID", help="the project that the film belongs to")


def brief_of(arguments: argparse.Namespace, video: str) -> dict[str, Any]:
    """The request of the planner: only what was said."""
    said = {
        "goal": arguments.goal, "style": arguments.style, "duration_s": arguments.duration, "aspect": arguments.aspect,
        "planner": arguments.planner, "seed": arguments.seed, "music": media(arguments.music) if arguments.music else None,
    }  # fmt: skip
    return {"video": media(video), **{name: value for name, value in said.items() if value is not None}}


def require_file(path: str, *, force: bool, endings: Mapping[str, str] | None = None, flag: str = "--out") -> Path:
    """Where a file is to be written, looked at before any work is done.

    Raises:
        BadInput: it is there already, its folder is not, or its ending says a format that there is not.
    """
    full = Path(path).expanduser().absolute()
    if endings is not None and full.suffix.lower() not in endings:
        raise BadInput(f"{full.name!r} does not say which kind of film it is to be.", f"End {flag} in {', '.join(endings)}.")
    if full.is_dir():
        raise BadInput(f"{full} is a folder.", f"Give the name of a file as {flag}.")
    if not full.parent.is_dir():
        raise BadInput(f"There is no folder {full.parent}.", f"Make it first, or give another {flag}.")
    if full.exists() and not force:
        raise BadInput(f"{full} is there already.", f"Add --force to replace it, or give another {flag}.")
    return full


def require_apart(targets: Iterable[Path | None], sources: Iterable[str | None]) -> None:
    """What is written is none of the files that it is made of, through links either; --force does not help.

    Raises:
        BadInput: it is one of them.
    """
    given = [path for name in sources if name and (path := Path(name).expanduser()).is_file()]
    for target in targets:
        if target is not None and target.exists() and any(target.samefile(path) for path in given):
            raise BadInput(f"{target} is a file that the film is made of.", "Give another name to what is written.")


def read_plan_file(path: str) -> dict[str, Any]:
    """A plan from a file: JSON, or an OpenTimelineIO timeline. Its media paths count from the file's folder.

    Raises:
        BadInput: the file cannot be read. BadPlan: it holds no plan.
    """
    from app.editing.reading import read_plan

    full = Path(path).expanduser().absolute()
    try:
        content = full.read_bytes()
    except OSError as error:
        raise BadInput(f"The plan {full} cannot be read: {error.strerror or error}.", "Give the path of a plan.") from None
    plan = (_from_otio(content) if full.suffix.lower() == ".otio" else read_plan(content)).model_dump(mode="json")
    for source in plan["sources"]:
        beside = full.parent / source["media"]
        source["media"] = str(beside) if beside.is_file() else media(source["media"])
    return plan


def _from_otio(content: bytes) -> EditPlan:
    from app.editing.exports.otio_reading import from_otio

    try:
        return from_otio(content.decode("utf-8"), by_path=True)
    except UnicodeDecodeError:
        raise BadInput("This is no OpenTimelineIO file: it is not UTF-8.", "Export it again as .otio.") from None


def succeed(
    session: Session, console: Console, film: Film | None, capability: str, request: Mapping[str, Any], **options: Any
) -> dict[str, Any]:
    """Runs a job; raises `Ended` unless it succeeds."""
    job = run_job(session, console, capability, request, **options)
    if film is not None:
        film.jobs.append({key: value for key, value in job.items() if key not in ("result", "request", "log", "published")})
    if job["state"] != "succeeded":
        raise Ended(job)
    return job


def plan_by(session: Session, console: Console, brief: Mapping[str, Any], project: str | None) -> Film:
    """A plan from the planner; its files are named as the person named them."""
    job = succeed(session, console, None, "video.plan", brief, project_id=project)
    film = Film(job["result"]["plan"])
    film.jobs.append({key: value for key, value in job.items() if key not in ("result", "request", "log", "published")})
    film.notes += job["result"]["notes"]
    given_media(film.plan, job, brief)
    return film


def given_media(plan: dict[str, Any], job: Mapping[str, Any], brief: Mapping[str, Any]) -> None:
    """Puts what the person gave, a path for instance, in place of the ids that the studio gave to it."""
    given = {job["request"].get(name): brief[name] for name in ("video", "music") if brief.get(name)}
    for source in plan["sources"]:
        source["media"] = given.get(source["media"], source["media"])


def save_plan(film: Film, path: Path) -> None:
    """Writes the plan whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(json.dumps(film.plan, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.", "Give another --save-plan.") from None
    film.files.append(str(path))


def render(session: Session, console: Console, film: Film, out: Path, arguments: argparse.Namespace) -> None:
    """Renders the plan and puts the film where it was asked for, whole or not at all."""
    film.plan["output"]["format"] = ENDINGS[out.suffix.lower()]
    request = {"plan": film.plan, "preview": arguments.preview}
    job = succeed(session, console, film, "video.edit", request, project_id=arguments.project)
    film.notes += job["result"]["notes"]
    take_film(session, film, job["result"], out, arguments)


def take_film(session: Session, film: Film, result: dict[str, Any], out: Path, arguments: argparse.Namespace) -> None:
    """Copies what a job made to where it was asked for."""
    film.result = {key: value for key, value in result.items() if key not in ("plan", "evaluation", "versions", "attempts")}
    film.out = str(export(session, session.artifact(result["artifact_id"]), out, replace=arguments.force))
    film.files.append(film.out)


def export_formats(session: Session, console: Console, film: Film, beside: Path, arguments: argparse.Namespace) -> None:
    """Writes the interchange files beside the film, under its name."""
    request = {"plan": film.plan, "formats": arguments.export, "name": beside.stem[:120]}
    job = succeed(session, console, film, "video.export", request, project_id=arguments.project)
    for made in job["result"]["files"]:
        artifact = next(one for one in job["artifacts"] if one["id"] == made["artifact_id"])
        target = beside.parent / safe_name(made["name"])
        film.files.append(str(export(session, artifact, target, replace=arguments.force)))
        film.lost[made["name"]] = made["lost"]


def summary(film: Film) -> str:
    """The rows, the score, what the exports do not carry, and what was written."""
    lines = [rows_table(film.plan), *(f"Note: {note}" for note in film.notes)]
    if film.evaluation is not None:
        lines += ["", score_table(film.evaluation)]
    for name, lost in film.lost.items():
        lines += ["", *lost_lines(name, lost)]
    for version in film.versions:
        lines.append(
            f"Version {version['n']}: {version['score']:.2f}{'' if not version['changes'] else '; ' + ' '.join(version['changes'])}"
        )
    if film.result is not None:
        made = film.result
        shape = f"{made['width']}x{made['height']}, {made['fps']:g} fps, " if "width" in made else ""
        by = f" by {made['engine']}" if made.get("engine") else ""
        lines += ["", f"{shape}{text.span(made['seconds'])}, made in {text.span(made['took_s'])}{by}"]
    return "\n".join([*lines, *(f"Wrote {name}" for name in film.files)])


def rows_table(plan: Mapping[str, Any]) -> str:
    """The plan's rows as a person reads them."""
    from app.editing.operations import OPERATIONS

    names = {source["id"]: Path(source["media"]).name for source in plan["sources"]}
    several = len({segment["source"] for segment in plan["segments"]}) > 1
    rows = []
    for number, segment in enumerate(plan["segments"][:MOST_ROWS], 1):
        done = ", ".join(OPERATIONS[operation["op"]].TITLE.lower() for operation in segment["operations"])
        clip = (text.shorten(names.get(segment["source"], segment["source"]), 24),) if several else ()
        span = f"{segment['start_s']:.2f}", f"{segment['end_s']:.2f}"
        rows.append((number, *clip, *span, text.shorten(done, 44), text.shorten(segment["reason"], 60)))
    header = ("ROW", *(("CLIP",) if several else ()), "FROM", "TO", "EFFECTS", "WHY")
    more = f"\n... and {len(plan['segments']) - MOST_ROWS} more" if len(plan["segments"]) > MOST_ROWS else ""
    return table(rows, header) + more


def lost_lines(name: str, lost: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a file does not carry, in a few lines: the same thing of several rows is one of them."""
    if not lost:
        return [f"{name} carries everything."]
    found: dict[tuple[str, str, str], list[int]] = {}
    for entry in lost:
        rows = found.setdefault((entry["what"], entry["degree"], entry["instead"]), [])
        rows += [entry["row"]] if entry["row"] is not None and entry["row"] not in rows else []
    lines = [f"{name}: {len(found)} thing{'s' * (len(found) != 1)} not carried as planned"]
    for (what, degree, instead), rows in list(found.items())[:MOST_LOST]:
        where = f" (row{'s' * (len(rows) != 1)} {', '.join(map(str, rows))})" if rows else ""
        lines.append(f"  {what}{text.shorten(where, 40)}: {degree}. {instead}")
    return [*lines, *([f"  ... and {len(found) - MOST_LOST} more; all are in the library as lost.json"] if len(found) > MOST_LOST else [])]


def said(error: StudioError | Ended) -> str:
    """Why something did not work, in one line."""
    if isinstance(error, Ended):
        found = error.job["error"] or {"message": f"It was {error.job['state']}.", "remedy": ""}
        return " ".join(f"{found['message']} {found.get('remedy', '')}".split())
    return " ".join(str(error).split())
