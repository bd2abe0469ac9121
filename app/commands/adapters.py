"""`adapters`: LoRAs, ControlNets, IP-Adapters, embeddings, VAEs and upscalers on this machine."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from app.client import open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, settings_of, table
from backends.adapter_files import KINDS

MOST_WORDS = 4


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("kind", nargs="?", choices=KINDS, help="only these")
    parser.add_argument("--search", default="", metavar="WORDS", help="only those with these words in name, title or triggers")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    with open_session(settings_of(arguments), console.note, workers=False) as session:
        found = session.adapters(arguments.kind, arguments.search)
    console.result(found, describe(found))
    return DONE


def describe(found: Mapping[str, Any]) -> str:
    """The list for a person; what cannot be used says why."""
    items = found["items"]
    if not items:
        return f"None. Put .safetensors files into {found['folder']}, or bring them in with `models import FILE`."
    rows = [
        (one["name"], one["kind"], one["family"] or "-", text.size(one["size_bytes"]), one["program"] or "-", _words(one)) for one in items
    ]
    listed = table(rows, ("NAME", "KIND", "FITS", "SIZE", "PROGRAM", "WORDS"))
    return "\n".join([listed, *(f"{one['name']}: {one['trouble']}" for one in items if one["trouble"])])


def _words(one: Mapping[str, Any]) -> str:
    if one["trouble"]:
        return "cannot be used"
    words = one["controls"] or one["triggers"]
    return ", ".join(words[:MOST_WORDS]) + (" ..." if len(words) > MOST_WORDS else "")


COMMAND = Command(
    "List the LoRAs, ControlNets, IP-Adapters, embeddings, VAEs and upscalers on this machine.",
    _configure,
    _run,
    epilog="examples:\n  python3 launch.py adapters lora --search luca\n  python3 launch.py models import luca.safetensors",
)
