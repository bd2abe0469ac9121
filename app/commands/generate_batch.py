"""`generate --batch FILE | --xyz AXIS=VALUES --out FOLDER`: many pictures in one go."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.client import Session, open_session
from app.commands import text
from app.commands.base import DONE, Console, settings_of, table
from app.commands.follow import report_end, run_job
from app.commands.library import export
from app.imaging.batch.axes import KINDS
from app.imaging.batch.requests import BatchImages
from configs.errors import BadInput

CAPABILITY = "image.batch"
LISTS, TABLES = (".txt",), (".csv", ".tsv")
AXES = ("x", "y", "z")
ASIDE = "set-aside"
MOST_ROWS = 40


def add_flags(parser: argparse.ArgumentParser) -> None:
    """What only batches have."""
    parser.add_argument("--batch", metavar="FILE", help="prompts, one a line (.txt), or a table whose columns are settings (.csv)")
    parser.add_argument(
        "--xyz", nargs="+", default=[], metavar="AXIS=VALUES", help=f"a grid over up to three axes: steps=10,20,30 ({', '.join(KINDS)} ...)"
    )
    parser.add_argument("--combine", action="store_true", help="every way in which {red|blue} and __colours__ can choose")
    parser.add_argument("--filter", action="store_true", help="set blurred, badly lit, repeated and unlike pictures aside")
    parser.add_argument("--dry-run", action="store_true", help="only tell how many and which pictures it would be")


def is_batch(arguments: argparse.Namespace) -> bool:
    """Whether many pictures are asked for by a list, a table or a grid."""
    return bool(arguments.batch or arguments.xyz or arguments.combine or arguments.filter or arguments.dry_run)


def run(arguments: argparse.Namespace, console: Console, shared: dict[str, Any]) -> int:
    """Makes the batch; ``shared``: the request that all pictures share."""
    known = {name: value for name, value in shared.items() if name in BatchImages.model_fields}
    request = {**known, **request_of(arguments)}
    folder = None if arguments.dry_run else folder_of(arguments)
    with open_session(settings_of(arguments), console.note) as session:
        job = run_job(session, console, CAPABILITY, request, project_id=arguments.project)
        if job["state"] != "succeeded":
            return report_end(console, job, lambda: "")
        files = [] if folder is None else write(session, job["result"], folder, force=arguments.force)
    said = {key: value for key, value in job.items() if key not in ("log", "published", "request")}
    console.result({"files": files, "job": said, "result": job["result"]}, summary(job["result"], files, dry=folder is None))
    return DONE


def request_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """What a batch has besides; raises BadInput for a file or axis that cannot be read."""
    found: dict[str, Any] = {"count": arguments.count, "combine": arguments.combine, "dry_run": arguments.dry_run}
    if arguments.batch:
        found |= read_list(Path(arguments.batch).expanduser().absolute())
    if arguments.filter:
        found["filter"] = {}
    if len(arguments.xyz) > len(AXES):
        raise BadInput(f"--xyz has {len(arguments.xyz)} axes.", "Give one to three.")
    for name, said in zip(AXES, arguments.xyz, strict=False):
        by, found_values, values = said.partition("=")
        if not found_values or not values.strip():
            raise BadInput(f"--xyz is {said!r}.", "Give AXIS=VALUES, such as steps=10,20,30.")
        found[name] = {"by": by.strip(), "values": values}
    return found


def read_list(path: Path) -> dict[str, Any]:
    """Prompts or a table; raises BadInput."""
    ending = path.suffix.lower()
    if ending not in LISTS + TABLES:
        raise BadInput(f"{path.name!r} is neither a list nor a table.", "Give prompts as .txt, one a line, or a .csv with a header.")
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no UTF-8 text"
        raise BadInput(f"{path} cannot be read: {why}.", "Give a UTF-8 text file.") from None
    if ending in TABLES:
        return {"table": content}
    return {"prompts": [line.strip() for line in content.splitlines() if line.strip() and not line.lstrip().startswith("#")]}


def folder_of(arguments: argparse.Namespace) -> Path:
    """Where the pictures go: a folder that is empty or not there yet, unless --force."""
    folder = Path(arguments.out).expanduser().absolute()
    if folder.suffix.lower() == ".png" or (folder.exists() and not folder.is_dir()):
        raise BadInput(f"{folder.name!r} is no folder.", "A batch makes several files: give a folder as --out.")
    if not folder.parent.is_dir():
        raise BadInput(f"There is no folder {folder.parent}.", "Make it first, or give another --out.")
    if folder.is_dir() and any(folder.iterdir()) and not arguments.force:
        raise BadInput(f"{folder} is not empty.", "Add --force to write into it, or give another --out.")
    return folder


def write(session: Session, result: dict[str, Any], folder: Path, *, force: bool) -> list[str]:
    """Pictures in their order, those set aside in a folder of their own, and the grids."""
    folder.mkdir(exist_ok=True)
    digits = max(3, len(str(result["planned"])))
    files = []
    for one in result["pictures"]:
        if one["artifact_id"] is None:
            continue
        artifact = session.artifact(one["artifact_id"])
        place = folder if one["kept"] else folder / ASIDE
        place.mkdir(exist_ok=True)
        target = place / f"{one['index'] + 1:0{digits}}-{artifact['name']}"
        files.append(str(export(session, artifact, target, replace=force)))
    for number, grid in enumerate(result["grids"], 1):
        files.append(str(export(session, session.artifact(grid), folder / f"grid-{number}.png", replace=force)))
    return files


def summary(result: dict[str, Any], files: Sequence[str], *, dry: bool) -> str:
    """The pictures as a table, then what came of them."""
    rows = []
    for one in result["pictures"][:MOST_ROWS]:
        labels = ", ".join(f"{name} {value}" for name, value in one["labels"].items())
        state = one["error"] or " ".join(one["reasons"]) or ("" if dry or one["kept"] else "not made")
        rows.append((one["index"] + 1, one["seed"], text.shorten(labels, 40), text.shorten(one["prompt"], 50), text.shorten(state, 60)))
    more = [f"... and {len(result['pictures']) - MOST_ROWS} more"] if len(result["pictures"]) > MOST_ROWS else []
    lines = [table(rows, ("NO", "SEED", "APART BY", "PROMPT", "")), *more, ""]
    if dry:
        return "\n".join([*lines, f"It would be {result['planned']} picture{'s' * (result['planned'] != 1)}."])
    aside = result["made"] - result["kept"]
    count = f"{result['made']} of {result['planned']} made" + (f", {aside} set aside" if aside else "")
    lines += [f"{count} in {text.span(result['took_s'])} by {result['engine']}", *(f"Note: {note}" for note in result["notes"])]
    return "\n".join([*lines, *([f"Wrote {len(files)} files into {Path(files[-1]).parent}"] if files else [])])
