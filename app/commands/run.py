"""`run CAPABILITY`: any row of the table, with flags made from its request type."""

from __future__ import annotations

import argparse
import json
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from app.capability import Capability
from app.client import open_session
from app.commands import text
from app.commands.base import Command, Console, Parser, common, media, settings_of, table
from app.commands.follow import report_end, run_job
from app.validation import as_bad_input
from configs.errors import BadInput

OURS = ("json", "data_dir", "request", "project", "priority", "again", "capability")  # request fields so called get another flag


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    from app.capabilities import CAPABILITIES

    group = parser.add_subparsers(dest="capability", required=True, metavar="CAPABILITY", parser_class=Parser)
    for row in CAPABILITIES:
        add_capability(group.add_parser(row.name, help=row.title, description=row.summary, allow_abbrev=False), row)


def add_capability(parser: argparse.ArgumentParser, row: Capability[Any, Any]) -> None:
    """One flag per field of the request, and the flags that every capability has."""
    takes = parser.add_argument_group("request")
    for name, field in row.request.model_fields.items():
        _add_flag(takes, name, field, is_media=name in row.media_fields())
    parser.add_argument("--request", metavar="FILE", help="read the request as JSON from FILE, or from stdin with '-'; flags override it")
    parser.add_argument("--project", metavar="ID", help="the project that the job belongs to")
    parser.add_argument("--priority", type=int, default=0, help="higher runs earlier (default 0)")
    parser.add_argument("--again", action="store_true", help="do it anew even if a stored result would serve")
    common(parser)
    parser.set_defaults(row=row)


def _add_flag(group: Any, name: str, field: FieldInfo, *, is_media: bool) -> None:
    kind = plain_type(field.annotation)
    flag = flag_of(name)
    options: dict[str, Any] = {"dest": f"field_{name}", "default": argparse.SUPPRESS, "help": _help(field)}
    if kind is bool:
        options["action"] = argparse.BooleanOptionalAction
    elif typing.get_origin(kind) is Literal:
        options["choices"] = [str(choice) for choice in typing.get_args(kind)]
    elif typing.get_origin(kind) in (list, tuple, set):
        options |= {"nargs": "*", "metavar": "VALUE"}
    else:
        options["metavar"] = "CLIP" if is_media else _metavar(kind)
    if is_media:
        options["type"] = media
    group.add_argument(flag, **options)


def flag_of(field: str) -> str:
    """``frames_per_scene`` -> ``--frames-per-scene``; a name that is taken gets ``--request-`` before it."""
    return f"--{'request-' if field in OURS else ''}{field.replace('_', '-')}"


def plain_type(annotation: Any) -> Any:
    """The annotation without Annotated and without None."""
    if typing.get_origin(annotation) is typing.Annotated:
        return plain_type(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(annotation) if part is not type(None)]
        return plain_type(rest[0]) if len(rest) == 1 else annotation
    return annotation


def request_of(row: Capability[Any, Any], arguments: argparse.Namespace) -> dict[str, Any]:
    """The request as JSON: the file's fields, overridden by flags, checked against the type.

    Raises:
        BadInput: the file is not JSON, or a field is wrong.
    """
    given = read_request(arguments.request) if arguments.request else {}
    for name, field in row.request.model_fields.items():
        if hasattr(arguments, f"field_{name}"):
            given[name] = _value(name, field, getattr(arguments, f"field_{name}"))
    try:
        return typing.cast(BaseModel, row.request.model_validate(given)).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        raise as_bad_input(error.errors(include_url=False)) from None


def read_request(source: str) -> dict[str, Any]:
    """The JSON object of a file, or of stdin for ``-``."""
    try:
        content = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        found = json.loads(content)
    except (OSError, ValueError) as error:
        raise BadInput(f"The request in {source!r} cannot be read: {error}.", "Give a file that holds one JSON object.") from None
    if not isinstance(found, dict):
        raise BadInput(f"The request in {source!r} is a {type(found).__name__}.", "Give a file that holds one JSON object.")
    return found


def _value(name: str, field: FieldInfo, value: Any) -> Any:
    """Nested types are written as JSON, or as @FILE with the JSON in it; everything else is left to the request type to read."""
    kind = plain_type(field.annotation)
    if not isinstance(value, str) or kind in (str, int, float) or typing.get_origin(kind) is Literal:
        return value
    try:
        return json.loads(Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value)
    except OSError as error:
        raise BadInput(f"{flag_of(name)} is {value!r}, which cannot be read: {error.strerror}.", "Check the path.") from None
    except ValueError:
        raise BadInput(f"{flag_of(name)} is {value!r}, which is not JSON.", "Quote a JSON value, or give @FILE.") from None


def _help(field: FieldInfo) -> str:
    default = "" if field.is_required() or field.default is None else f" (default {field.default})"
    needed = " (required)" if field.is_required() else ""
    return f"{field.description or ''}{default}{needed}".replace("%", "%%").strip()


def _metavar(kind: Any) -> str:
    return {int: "N", float: "X", str: "TEXT"}.get(kind, "JSON")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    row: Capability[Any, Any] = arguments.row
    request = request_of(row, arguments)
    with open_session(settings_of(arguments), console.note) as session:
        job = run_job(
            session, console, row.name, request, project_id=arguments.project, priority=arguments.priority, reuse=not arguments.again
        )
        return report_end(console, job, lambda: summary(job))


def summary(job: Mapping[str, Any]) -> str:
    """The result as JSON and what was saved."""
    rows = [(a["id"], a["name"], text.size(a["size_bytes"])) for a in job["artifacts"]]
    saved = f"\n\n{table(rows, ('ARTIFACT', 'NAME', 'SIZE'))}" if rows else ""
    return f"{json.dumps(job['result'], indent=2, ensure_ascii=False)}{saved}"


COMMAND = Command(
    "Run any capability by its name.",
    _configure,
    _run,
    epilog="example:\n  python3 launch.py run video.proxy --video clip.mov --height 540",
)
