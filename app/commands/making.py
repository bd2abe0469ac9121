"""From a plan to what was asked for: the plan's file, the film, better versions of it, its score, its interchange files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.client import Session
from app.commands.base import Console
from app.commands.film import ENDINGS, Film, brief_of, export_formats, plan_by, render, require_apart, save_plan, succeed, take_film


def finish(session: Session, console: Console, arguments: argparse.Namespace, film: Film, out: Path | None, kept: Path | None) -> None:
    """Makes everything that the flags ask for, in the order in which it is wanted. Raises `Ended` when a job does not succeed."""
    require_apart([out, kept], [source["media"] for source in film.plan["sources"]])
    if out is not None and arguments.improve:
        improve(session, console, film, out, arguments)
    elif out is not None:
        render(session, console, film, out, arguments)
    if kept is not None:
        save_plan(film, kept)
    beside = out or kept
    if arguments.export and beside is not None:
        export_formats(session, console, film, beside, arguments)
    if arguments.judge and out is not None and film.evaluation is None:
        judge(session, console, film, arguments)


def improve(session: Session, console: Console, film: Film, out: Path, arguments: argparse.Namespace) -> None:
    """Renders, judges and revises until the film is good enough or the rounds are over; the best version is what stays."""
    film.plan["output"]["format"] = ENDINGS[out.suffix.lower()]
    asked = {"goal": film.plan["goal"], "style": film.plan["style"], "duration_s": arguments.duration, "rounds": arguments.improve}
    request = {"plan": film.plan, **{name: value for name, value in asked.items() if value}}
    job = succeed(session, console, film, "video.auto_edit", request, project_id=arguments.project)
    found: dict[str, Any] = job["result"]
    film.versions = [{key: version[key] for key in ("n", "score", "changes", "artifact_id")} for version in found["versions"]]
    best = next(version for version in found["versions"] if version["n"] == found["best"])
    film.plan, film.notes = best["plan"], [*film.notes, *found["notes"]]
    take_film(session, film, found, out, arguments)


def judge(session: Session, console: Console, film: Film, arguments: argparse.Namespace) -> None:
    """Judges the rendered film by its plan and by what was asked for."""
    assert film.result is not None
    asked = {"goal": film.plan["goal"], "style": film.plan["style"], "duration_s": arguments.duration}
    request = {"video": film.result["artifact_id"], "plan": film.plan, **{key: value for key, value in asked.items() if value}}
    film.evaluation = succeed(session, console, film, "video.evaluate", request, project_id=arguments.project)["result"]


def by_template(session: Session, console: Console, arguments: argparse.Namespace, video: str) -> Film:
    """Plans by a template's brief, in which flags count more, and lays the template over the plan."""
    from app.editing.reading import read_plan
    from app.editing.templates import applied
    from configs.errors import BadInput
    from configs.templates_file import read_template

    template = read_template(arguments.template)
    if template.of != "clips":
        raise BadInput(f"The template {arguments.template!r} makes a film of a folder of pictures.", "Give such a folder.")
    asked = {name: value for name, value in template.brief.model_dump().items() if value}
    film = plan_by(session, console, {**asked, **brief_of(arguments, video)}, arguments.project)
    film.plan = applied(template, read_plan(film.plan), Path(video).name).model_dump(mode="json")
    return film
