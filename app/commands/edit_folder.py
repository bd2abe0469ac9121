"""`edit FOLDER --template NAME`: every clip of a folder becomes a film, or all its pictures become one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.client import Session, open_session
from app.commands.base import CANCELLED, DONE, FAILED, Console, settings_of, table
from app.commands.export_folder import require_folder
from app.commands.film import ENDINGS, Ended, Film, require_apart, require_file, said, summary
from app.commands.follow import report_end
from app.commands.making import by_template, finish
from configs.errors import BadInput, StudioError
from configs.templates_file import Template, read_template

VIDEOS = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv", ".gif", ".mxf"}
)
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})


def run_folder(arguments: argparse.Namespace, console: Console) -> int:
    """Returns the exit code: 0 when every film was made, 1 when some were not, 130 when cancelled."""
    folder = Path(arguments.video).expanduser().absolute()
    if not arguments.template or arguments.plan:
        raise BadInput(f"{folder} is a folder.", "Give --template NAME for a folder, or the path of one clip.")
    template = read_template(arguments.template)
    if not arguments.out:
        raise BadInput("It is not said where the films go.", "Give --out.")
    if template.of == "stills":
        return _slideshow(arguments, console, template, folder)
    clips = files_in(folder, VIDEOS)
    if not clips:
        raise BadInput(f"There is no video in {folder}.", "Give a folder with clips; folders within it are not looked into.")
    out = require_folder(Path(arguments.out))
    assert out is not None
    targets = targets_of(clips, out)
    for target in targets:
        if target.exists() and not arguments.force:
            raise BadInput(f"{target} is there already.", "Add --force to replace it, or give another --out.")
    require_apart(targets, [*map(str, clips), arguments.music])
    with open_session(settings_of(arguments), console.note) as session:
        return _batch(session, console, arguments, clips, targets)


def files_in(folder: Path, endings: frozenset[str]) -> list[Path]:
    """The files of a folder with such an ending, by name; hidden ones left out."""
    found = [path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in endings and not path.name.startswith(".")]
    return sorted(found, key=lambda path: (path.name.lower(), path.name))


def targets_of(clips: list[Path], out: Path) -> list[Path]:
    """A film's path per clip; clips that differ in their ending alone keep it in the name."""
    stems = [clip.stem for clip in clips]
    return [out / (f"{clip.stem}.mp4" if stems.count(clip.stem) == 1 else f"{clip.name}.mp4") for clip in clips]


def _batch(session: Session, console: Console, arguments: argparse.Namespace, clips: list[Path], targets: list[Path]) -> int:
    """One film after the other; one that fails is named, and the others go on."""
    rows: list[dict[str, Any]] = []
    cancelled = False
    for number, (clip, target) in enumerate(zip(clips, targets, strict=True), 1):
        console.note(f"{number} of {len(clips)}: {clip.name}")
        try:
            film = _one(session, console, arguments, clip, target)
            rows.append({"clip": str(clip), "out": film.out, "files": film.files, "lost": film.lost, "jobs": film.jobs, "error": None})
        except (StudioError, Ended) as error:
            rows.append({"clip": str(clip), "out": None, "files": [], "lost": {}, "jobs": [], "error": said(error)})
            console.note(f"{clip.name}: {said(error)}")
            cancelled = isinstance(error, Ended) and error.job["state"] == "cancelled"
        if cancelled:
            break
    made = sum(row["error"] is None for row in rows)
    lines = [(Path(row["clip"]).name, row["out"] or row["error"]) for row in rows]
    document = {"template": arguments.template, "made": made, "failed": len(rows) - made, "films": rows}
    console.result(document, f"{table(lines, ('CLIP', 'FILM'))}\n\n{made} of {len(clips)} films made.")
    return CANCELLED if cancelled else DONE if made == len(clips) else FAILED


def _one(session: Session, console: Console, arguments: argparse.Namespace, clip: Path, target: Path) -> Film:
    film = by_template(session, console, arguments, str(clip))
    target.parent.mkdir(parents=True, exist_ok=True)
    finish(session, console, arguments, film, target, None)
    return film


def _slideshow(arguments: argparse.Namespace, console: Console, template: Template, folder: Path) -> int:
    from app.editing.templates import name_of, slideshow

    pictures = files_in(folder, PICTURES)
    out = require_file(arguments.out, force=arguments.force, endings=ENDINGS)
    plan = slideshow(template, [str(path) for path in pictures], name_of(folder.name)).model_dump(mode="json")
    film = Film(plan)
    with open_session(settings_of(arguments), console.note) as session:
        try:
            finish(session, console, arguments, film, out, _kept(arguments))
        except Ended as ended:
            return report_end(console, ended.job, lambda: "")
    console.result(film.document(), summary(film))
    return DONE


def _kept(arguments: argparse.Namespace) -> Path | None:
    return require_file(arguments.save_plan, force=arguments.force, flag="--save-plan") if arguments.save_plan else None
