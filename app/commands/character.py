"""`character`: make, change, export and import characters, and their reference sheets."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.characters.bundle import SUFFIX
from app.characters.pack import Pack
from app.client import Session, open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, media, settings_of, subcommands, table
from app.commands.film import require_file
from app.commands.follow import report_end, run_job
from app.commands.library import export
from app.imaging.sheet.poses import EXPRESSIONS, VIEWS
from configs.errors import BadInput, NotFound

ACTIONS = {
    "list": "list characters",
    "show": "show one character",
    "new": "make a character",
    "edit": "change a character: what is given is replaced, the rest stays",
    "remove": "delete characters; their pictures stay in the library",
    "export": f"write a character into one {SUFFIX} file",
    "import": f"take a character in from a {SUFFIX} file",
    "sheet": "make a reference sheet: the figure from several sides, the face in several moods",
}
WORDS = {
    "title": "the name people read", "description": "what it looks like: stands in prompts where the handle is",
    "trigger": "words that wake its LoRA", "negative": "what it must never look like", "voice": "the voice it speaks with",
    "notes": "whatever is worth noting", "credits": "who made it", "licence": "under which licence it may be passed on",
    "rights": "whose likeness or design it is, and who has agreed",
}  # fmt: skip
SHEET_WORDS = {"details": "what every picture shows besides", "negative": "what is not to be seen", "style": "a style preset",
               "model": "an installed image model, or storyboard"}  # fmt: skip
SHEET_NUMBERS = {"seed": int, "steps": int, "guidance": float}


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    made = subcommands(parser, ACTIONS)
    made["list"].add_argument("search", nargs="?", default="", metavar="TEXT", help="part of a handle, a name or a description")
    for name in ("show", "new", "edit", "export", "sheet"):
        made[name].add_argument("handle", metavar="HANDLE", help="luca is named as @luca in prompts")
    made["remove"].add_argument("handle", nargs="+", metavar="HANDLE")
    for name in ("new", "edit"):
        _add_pack(made[name])
    made["edit"].add_argument("--add-reference", action="append", default=[], metavar="FILE", help="one more picture; may be given again")
    made["edit"].add_argument("--handle", dest="renamed", metavar="NEW", help="another handle")
    made["export"].add_argument("--out", metavar="FILE", help=f"the file to write (default: HANDLE{SUFFIX})")
    made["export"].add_argument("--loras", action="store_true", help="put the weights of its LoRAs in as well")
    made["export"].add_argument("--force", action="store_true", help="replace a file that is there")
    made["import"].add_argument("file", metavar="FILE")
    made["import"].add_argument("--handle", metavar="NAME", help="another handle than that in the file")
    made["import"].add_argument("--replace", action="store_true", help="put it in the place of the character that has the handle")
    _add_sheet(made["sheet"])


def _add_pack(parser: argparse.ArgumentParser) -> None:
    for name, what in WORDS.items():
        parser.add_argument(f"--{name}", metavar="TEXT", help=what)
    parser.add_argument("--lora", action="append", metavar="NAME:0.8", help="a LoRA of it; may be given again")
    parser.add_argument("--reference", action="append", metavar="FILE", help="a picture that shows it, the best first; may be given again")
    parser.add_argument("--sheet", metavar="FILE", help="its reference sheet")
    parser.add_argument("--colour", action="append", metavar="#RRGGBB", help="a colour of it; may be given again")
    parser.add_argument("--threshold", type=float, metavar="0..1", help="least similarity of a good picture (default 0.65)")


def _add_sheet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE.png", help="write the sheet there as well")
    parser.add_argument("--views", nargs="*", choices=VIEWS, metavar="SIDE", help=f"sides: {', '.join(VIEWS)} (default: all)")
    parser.add_argument("--expressions", nargs="*", choices=EXPRESSIONS, metavar="MOOD", help=f"moods: {', '.join(EXPRESSIONS)}")
    for name, what in SHEET_WORDS.items():
        parser.add_argument(f"--{name}", metavar="TEXT", help=what)
    for name, kind in SHEET_NUMBERS.items():
        parser.add_argument(f"--{name}", type=kind, metavar="N", help="as for generate")
    parser.add_argument("--size", dest="cell_px", type=int, metavar="PX", help="side of a face's picture, a multiple of 8")
    parser.add_argument("--keep", action="store_true", help="put the sheet and its pictures into the character's pack")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    actions: dict[str, Callable[[Session, argparse.Namespace, Console], int]] = {
        "list": _list, "show": _show, "new": _new, "edit": _edit, "remove": _remove, "export": _export, "import": _import, "sheet": _sheet,
    }  # fmt: skip
    with open_session(settings_of(arguments), console.note, workers=arguments.action == "sheet") as session:
        return actions[arguments.action](session, arguments, console)


def _list(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    found = session.characters.all(arguments.search)
    rows = [
        (f"@{one['handle']}", text.shorten(one["title"], 24), len(one["references"]), "yes" if one["sheet"] else "",
         text.shorten(" ".join(one["description"].split()), 50))
        for one in found
    ]  # fmt: skip
    shown = table(rows, ("HANDLE", "NAME", "PICTURES", "SHEET", "LOOKS")) if rows else "No characters."
    console.result({"items": found}, shown)
    return DONE


def _show(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    found = session.characters.get(arguments.handle)
    console.result(found, described(found))
    return DONE


def _new(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    made = session.characters.create(arguments.handle, pack_of(session, arguments))
    console.result(made, f"Made @{made['handle']}: name it in any prompt.")
    return DONE


def _edit(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    before = session.characters.get(arguments.handle)
    pack = {name: before[name] for name in Pack.model_fields} | pack_of(session, arguments)
    added = [_picture(session, path) for path in arguments.add_reference]
    pack["references"] = list(dict.fromkeys([*pack["references"], *added]))
    changed = session.characters.change(before["handle"], pack, before["revision"], arguments.renamed)
    console.result(changed, described(changed))
    return DONE


def _remove(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    for handle in arguments.handle:
        session.characters.get(handle)
    for handle in arguments.handle:
        session.characters.remove(handle)
    console.result(
        {"removed": arguments.handle}, f"Deleted {', '.join(f'@{handle.removeprefix(chr(64))}' for handle in arguments.handle)}."
    )
    return DONE


def _export(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    found = session.characters.get(arguments.handle)
    target = require_file(arguments.out or f"{found['handle']}{SUFFIX}", force=arguments.force)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        session.characters.export(found["handle"], partial, loras=arguments.loras)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    size = target.stat().st_size
    console.result({"file": str(target), "size_bytes": size}, f"Wrote {target} ({text.size(size)})")
    return DONE


def _import(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    found = session.characters.take(Path(arguments.file).expanduser().absolute(), handle=arguments.handle, replace=arguments.replace)
    for remark in found["remarks"]:
        console.note(remark)
    console.result(found, f"Took @{found['handle']} in: name it in any prompt.")
    return DONE


def _sheet(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    target = require_file(arguments.out, force=arguments.force) if arguments.out else None
    job = run_job(session, console, "character.sheet", sheet_request(arguments))
    if job["state"] != "succeeded":
        return report_end(console, job, lambda: "")
    result = job["result"]
    file = None if target is None else str(export(session, session.artifact(result["artifact_id"]), target, replace=arguments.force))
    said = {key: value for key, value in job.items() if key not in ("log", "published", "request")}
    lines = [f"Wrote {file}"] if file else [f"Made {result['artifact_id']}"]
    lines += [f"{len(result['cells'])} pictures in {text.span(result['took_s'])} by {result['engine']}"]
    lines += ["It is in the pack now."] if result["kept"] else []
    console.result({"file": file, "job": said, "result": result}, "\n".join([*lines, *(f"Note: {note}" for note in result["notes"])]))
    return DONE


def sheet_request(arguments: argparse.Namespace) -> dict[str, Any]:
    """The request: only what was said."""
    names = (*SHEET_WORDS, *SHEET_NUMBERS, "views", "expressions", "cell_px")
    said = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    return {"character": arguments.handle, **said, "keep": arguments.keep}


def pack_of(session: Session, arguments: argparse.Namespace) -> dict[str, Any]:
    """What the flags say of a pack, with their pictures in the library."""
    found: dict[str, Any] = {name: value for name in (*WORDS, "threshold") if (value := getattr(arguments, name)) is not None}
    if arguments.lora is not None:
        found["loras"] = [lora_of(said) for said in arguments.lora if said]
    if arguments.reference is not None:
        found["references"] = [_picture(session, path) for path in arguments.reference if path]
    if arguments.sheet is not None:
        found["sheet"] = _picture(session, arguments.sheet) if arguments.sheet else None
    if arguments.colour is not None:
        found["palette"] = [colour for colour in arguments.colour if colour]
    return found


def lora_of(said: str) -> dict[str, Any]:
    """``name`` or ``name:0.8``."""
    name, _, weight = said.rpartition(":")
    if not name:
        return {"name": said}
    try:
        return {"name": name, "weight": float(weight)}
    except ValueError:
        raise BadInput(f"--lora is {said!r}.", "Give NAME or NAME:WEIGHT, such as luca-v2:0.8.") from None


def described(found: Mapping[str, Any]) -> str:
    """A character as a person reads it."""
    lines = [f"@{found['handle']}  {found['title']}".rstrip()]
    lines += [f"{name.capitalize()}: {' '.join(str(found[name]).split())}" for name in WORDS if name != "title" and found[name]]
    lines += [f"LoRA: {lora['name']} at {lora['weight']:g}" for lora in found["loras"]]
    lines += [f"Colours: {' '.join(found['palette'])}"] if found["palette"] else []
    lines += [f"Pictures: {' '.join(found['references'])}"] if found["references"] else []
    lines += [f"Sheet: {found['sheet']}"] if found["sheet"] else []
    lines += [f"Threshold: {found['threshold']:g}", *(f"Missing: {gap['message']} {gap['remedy']}" for gap in found["missing"])]
    return "\n".join(lines)


def _picture(session: Session, given: str) -> str:
    """The id of a picture that is given as a path or an id."""
    reference = media(given)
    if reference == given and given.startswith("a-"):
        return given
    if not Path(reference).is_file():
        raise NotFound(f"There is no file {given}.", "Give the path of a picture, or the id of a file in the library.")
    added: str = session.add_path(reference, "image", None)["id"]
    return added


COMMAND = Command(
    "Characters that stay themselves: @luca in any prompt stands for its pack.",
    _configure,
    _run,
    epilog="examples:\n"
    '  python3 launch.py character new luca --title Luca --description "a boy with dark curls and a red jacket" --reference luca.png\n'
    "  python3 launch.py character sheet luca --out luca-sheet.png --keep\n"
    "  python3 launch.py character export luca --out luca.character --loras",
)
