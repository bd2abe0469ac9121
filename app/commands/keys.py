"""`keys`: API keys of programs that may use the gateway."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.client import open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, settings_of, subcommands, table

ACTIONS = {"list": "list keys", "create": "make a key; it is shown once", "revoke": "make a key worthless"}


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    made = subcommands(parser, ACTIONS)
    made["create"].add_argument("name", metavar="NAME", help="whose key it is")
    made["revoke"].add_argument("key", metavar="KEY", help="its id, as `keys list` shows it")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    with open_session(settings_of(arguments), console.note, workers=False) as session:
        if arguments.action == "create":
            made = session.create_key(arguments.name)
            console.result(made, made["key"])
            console.note(f"This is the key {made['name']!r}; it will not be shown again.")
            return DONE
        if arguments.action == "revoke":
            session.revoke_key(arguments.key)
            console.result({"revoked": arguments.key}, f"Key {arguments.key} is revoked.")
            return DONE
        found = session.keys()
    rows = [(key["id"], text.moment(key["created_at"]), key["name"]) for key in found]
    console.result({"items": found}, table(rows, ("KEY", "CREATED", "NAME")))
    return DONE


COMMAND = Command("API keys of programs that may use the gateway at /v1.", _configure, _run)
