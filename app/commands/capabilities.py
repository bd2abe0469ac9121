"""`list`: what the studio can do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.commands.base import DONE, Command, Console, table
from app.views import capability_to_json


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("--schemas", action="store_true", help="with --json: add the tool schemas for agents")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    from app.capabilities import CAPABILITIES
    from app.toolschema import tools

    rows = {row.name: row for row in CAPABILITIES}
    listed = [capability_to_json(row) for row in rows.values()]
    document = {"capabilities": listed, "tools": tools(rows)} if arguments.schemas else listed
    text = table([(row.name, row.title, row.lane, row.engine) for row in rows.values()], ("CAPABILITY", "WHAT IT DOES", "LANE", "ENGINE"))
    console.result(document, f"{text}\n\n`run CAPABILITY --help` shows what one takes.")
    return DONE


COMMAND = Command("List what the studio can do.", _configure, _run)
