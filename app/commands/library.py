"""`library`: everything ever made or used; list, show, add, export, delete, relink."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from app.client import Session, open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, settings_of, subcommands, table
from configs.errors import BadInput, NotFound
from storage.records import ROLES, SOURCE

ACTIONS = {
    "list": "list files, newest first",
    "show": "show one file: what made it, and what was made from it",
    "add": "take in a video where it lies",
    "export": "copy a file out of the studio",
    "delete": "forget files and free their space; a file given by path is left alone",
    "relink": "say where a moved file lies now",
}


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    made = subcommands(parser, ACTIONS)
    made["list"].add_argument("search", nargs="?", metavar="TEXT", help="part of a name")
    made["list"].add_argument("--kind", metavar="KIND", help="video, audio, image, lut, subtitles, document, timeline or data")
    made["list"].add_argument("--role", choices=ROLES, help="given, made, or in support of what was made")
    made["list"].add_argument("--job", metavar="JOB", help="only files of this job")
    made["list"].add_argument("--project", metavar="ID", help="only files of this project")
    made["list"].add_argument("--limit", type=int, default=20, metavar="N", help="at most N files (default 20)")
    made["list"].add_argument("--before", type=int, metavar="CURSOR", help="go on where a list ended")
    for name in ("show", "export", "relink"):
        made[name].add_argument("file", metavar="FILE", help="the file's id")
    made["delete"].add_argument("file", metavar="FILE", nargs="+", help="ids of files")
    made["add"].add_argument("path", metavar="PATH", nargs="+", help="video files")
    made["add"].add_argument("--project", metavar="ID", help="the project they belong to")
    made["export"].add_argument("--out", metavar="PATH", default=".", help="a folder, or the new file's name (default: this folder)")
    made["export"].add_argument("--force", action="store_true", help="replace a file that is there")
    made["relink"].add_argument("path", metavar="PATH", help="where it lies now")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    actions: dict[str, Callable[[Session, argparse.Namespace, Console], int]] = {
        "list": _list, "show": _show, "add": _add, "export": _export, "delete": _delete, "relink": _relink,
    }  # fmt: skip
    with open_session(settings_of(arguments), console.note, workers=False) as session:
        return actions[arguments.action](session, arguments, console)


def _list(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    page = session.artifacts(
        query=arguments.search, kind=arguments.kind, role=arguments.role, job_id=arguments.job, project_id=arguments.project,
        limit=arguments.limit, before=arguments.before,
    )  # fmt: skip
    more = f"\n\nMore: --before {page['next_before']}" if page["next_before"] else ""
    console.result(page, f"{_table(page['items'])}{more}")
    return DONE


def _show(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    found = session.lineage(arguments.file)
    artifact, job = found["artifact"], found["job"]
    where = "a file that lies where it was given" if artifact["external"] else "kept by the studio"
    lines = [
        f"{artifact['name']} ({artifact['media_type']}, {text.size(artifact['size_bytes'])}), {where}",
        f"sha256 {artifact['content_hash']}",
        f"made by job {job['id']}: {job['title']}" if job else "given, not made",
    ]
    for title, items in (("Made from", found["parents"]), ("Used for", found["children"])):
        if items:
            lines += ["", f"{title}:", _table(items)]
    console.result(found, "\n".join(lines))
    return DONE


def _add(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    added = [session.add_path(str(Path(path).expanduser().absolute()), "media", arguments.project) for path in arguments.path]
    console.result({"items": added}, _table(added))
    return DONE


def _export(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    artifact = session.artifact(arguments.file)
    target = export(session, artifact, Path(arguments.out), replace=arguments.force)
    console.result({"path": str(target), "artifact": artifact}, f"Wrote {target}")
    return DONE


def _delete(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    ids = list(dict.fromkeys(arguments.file))
    for artifact_id in ids:  # a wrong id changes nothing
        session.artifact(artifact_id)
    freed = sum(session.delete_artifact(artifact_id) for artifact_id in ids)
    console.result({"deleted": ids, "freed_bytes": freed}, f"Deleted {len(ids)}; {text.size(freed)} freed.")
    return DONE


def _relink(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    artifact = session.relink(arguments.file, str(Path(arguments.path).expanduser().absolute()))
    console.result(artifact, f"{artifact['name']} is at {arguments.path}.")
    return DONE


def export(session: Session, artifact: Mapping[str, Any], out: Path, *, replace: bool) -> Path:
    """Copies an artifact to ``out`` (a folder or a file name); the target appears whole or not at all.

    Raises:
        BadInput: the target is there already, or its folder is not.
    """
    target = out.expanduser().absolute()
    if target.is_dir():
        target /= PurePosixPath(artifact["name"]).name
    if not target.parent.is_dir():
        raise BadInput(f"There is no folder {target.parent}.", "Make it first, or give another --out.")
    if target.exists() and not replace:
        raise BadInput(f"{target} is there already.", "Add --force to replace it, or give another --out.")
    if _is_given(session, artifact, target):
        raise BadInput(f"{target} is a file that {artifact['name']} is made of.", "Give another --out.")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as folder:
            copy = Path(folder) / "copy"
            session.fetch(artifact["id"], copy)
            os.replace(copy, target)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror or error}.", "Give another --out.") from None
    return target


def _is_given(session: Session, artifact: Mapping[str, Any], target: Path) -> bool:
    """Whether the target holds what a person gave and this was made of. Where given files lie is not told, so their content counts."""
    if not target.is_file():
        return False
    given = [artifact] if artifact.get("external") else []
    for name in artifact.get("inputs", ()):
        with contextlib.suppress(NotFound):  # deleted since
            given += [one for one in [session.artifact(name)] if one.get("role") == SOURCE]
    size = target.stat().st_size
    if not any(one["size_bytes"] == size for one in given):
        return False
    with target.open("rb") as file:
        content = hashlib.sha256()
        while block := file.read(1 << 20):
            content.update(block)
    return any(one["content_hash"] == content.hexdigest() for one in given)


def _table(items: Sequence[Mapping[str, Any]]) -> str:
    if not items:
        return "No files."
    rows = [(a["id"], a["kind"], a["role"], text.size(a["size_bytes"]), text.moment(a["created_at"]), _name(a)) for a in items]
    return table(rows, ("FILE", "KIND", "ROLE", "SIZE", "CREATED", "NAME"))


def _name(artifact: Mapping[str, Any]) -> str:
    return f"{artifact['name']}{'  (missing)' if artifact['missing'] else ''}"


COMMAND = Command("List, show, add, export, delete and relink files.", _configure, _run)
