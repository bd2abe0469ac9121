"""`projects`: list and make."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.client import open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, settings_of, subcommands, table

ACTIONS = {"list": "list projects", "create": "make a project"}


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    subcommands(parser, ACTIONS)["create"].add_argument("name", metavar="NAME", help="a name that is not in use")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    with open_session(settings_of(arguments), console.note, workers=False) as session:
        if arguments.action == "create":
            project = session.create_project(arguments.name)
            console.result(project, f"Project {project['name']} has the id {project['id']}.")
            return DONE
        found = session.projects()
    rows = [(project["id"], text.moment(project["created_at"]), project["name"]) for project in found]
    console.result({"items": found}, table(rows, ("PROJECT", "CREATED", "NAME")))
    return DONE


COMMAND = Command("List and make projects.", _configure, _run)
