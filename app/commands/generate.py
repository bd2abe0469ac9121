"""`generate PROMPT --out FILE`: pictures from words, from a picture, of characters; or a whole list of them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.client import Session, open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, media, settings_of
from app.commands.film import require_apart, require_file
from app.commands.follow import report_end, run_job
from app.commands.generate_batch import add_flags, is_batch
from app.commands.generate_batch import run as run_batch
from app.commands.library import export
from app.imaging.requests import CONTROLS, LARGEST_SIDE, MOST_IMAGES, SMALLEST_SIDE, STEP_PX
from configs.errors import BadInput

CAPABILITY = "image.generate"
ENDING = {".png": "png"}
SIDES = ("left", "top", "right", "bottom")
PLAIN = ("prompt", "model", "seed", "steps", "guidance", "strength", "clip_skip", "rerolls", "negative", "style", "sampler", "schedule")
_SIZE = re.compile(r"(\d+)x(\d+)", re.IGNORECASE)


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="what is to be seen; @luca names a character")
    parser.add_argument("--out", required=True, metavar="FILE", help="the picture, a .png; several are numbered; of a batch, a folder")
    parser.add_argument(
        "--count", type=int, default=1, metavar="N", help=f"how many, with seeds that follow each other (1 to {MOST_IMAGES})"
    )
    parser.add_argument("--size", metavar="WxH", help="px, multiples of 8 (default: the model's own)")
    parser.add_argument("--model", metavar="NAME", help="an installed image model, or storyboard (default: the best that is installed)")
    for name, kind, what in (
        ("seed", int, "the same seed gives the same picture; -1 or left out: chance"), ("steps", int, "sampling steps"),
        ("guidance", float, "how closely the prompt is followed"), ("strength", float, "how much of --image is made anew, 0 to 1"),
        ("clip-skip", int, "layers of CLIP left out, as A1111 counts"), ("rerolls", int, "tries more for a picture unlike its character"),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", type=kind, metavar="N", help=what)
    for name, what in (
        ("negative", "what is not to be seen"), ("style", "a style preset"), ("sampler", "euler, dpmpp_2m ..."),
        ("schedule", "karras, exponential, beta, sgm_uniform or trailing"),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", metavar="TEXT", help=what)
    parser.add_argument("--lora", action="append", default=[], metavar="NAME:0.8", help="mix a LoRA in; may be given again")
    parser.add_argument(
        "--control", action="append", default=[], metavar="KIND=FILE",
        help=f"guide it by a picture: {', '.join(CONTROLS)}; KIND:0.7 with a weight, KIND:map where it is the control map already",
    )  # fmt: skip
    parser.add_argument("--reference", action="append", default=[], metavar="FILE", help="a picture to resemble; may be given again")
    parser.add_argument("--image", metavar="FILE", help="a picture to start from: a path, or the id of a file in the library")
    parser.add_argument("--mask", metavar="FILE", help="white is made anew, black stays")
    parser.add_argument("--outpaint", nargs="+", default=[], metavar="SIDE=PX", help="carry --image on beyond its edges: left=256 top=64")
    parser.add_argument("--transparent", action="store_true", help="take the background away")
    parser.add_argument("--from", dest="source", metavar="FILE.png", help="take the settings of a picture; other flags go before them")
    add_flags(parser)
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    parser.add_argument("--project", metavar="ID", help="the project that the pictures belong to")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if is_batch(arguments):
        return run_batch(arguments, console, request_of(arguments, _start(arguments, console)))
    request = request_of(arguments, _start(arguments, console))
    targets = targets_of(arguments)
    require_apart(targets, [arguments.image, arguments.mask, arguments.source, *arguments.reference])
    with open_session(settings_of(arguments), console.note) as session:
        job = run_job(session, console, CAPABILITY, request, project_id=arguments.project)
        if job["state"] != "succeeded":
            return report_end(console, job, lambda: "")
        files = _write(session, job["result"], targets, force=arguments.force)
    said = {key: value for key, value in job.items() if key not in ("log", "published", "request")}
    console.result({"files": files, "job": said, "result": job["result"]}, summary(job["result"], files))
    return DONE


def _start(arguments: argparse.Namespace, console: Console) -> dict[str, Any]:
    """What --from tells."""
    if not arguments.source:
        return {}
    with open_session(settings_of(arguments), console.note, workers=False) as session:
        return settings_from(session, arguments.source, console.note)


def request_of(arguments: argparse.Namespace, start: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The request: only what was said, over what it starts from. Raises BadInput for a flag that cannot be read."""
    found: dict[str, Any] = dict(start or {})
    found |= {name: value for name in PLAIN if (value := getattr(arguments, name)) is not None}
    found |= {name: media(value) for name in ("image", "mask") if (value := getattr(arguments, name))}
    if (seed := found.get("seed")) is not None and seed < 0:  # chance, as in A1111; also where --from brought a seed
        del found["seed"]
    if arguments.size:
        found["width"], found["height"] = size_of(arguments.size)
    lists = {
        "loras": [lora_of(said) for said in arguments.lora], "controls": [control_of(said) for said in arguments.control],
        "references": [{"image": media(path)} for path in arguments.reference], "outpaint": outpaint_of(arguments.outpaint),
        "transparent": arguments.transparent,
    }  # fmt: skip
    found |= {name: value for name, value in lists.items() if value}
    if "prompt" not in found and "image" not in found and not arguments.batch:
        raise BadInput("There is no prompt.", 'Say what is to be seen: generate "a fox on a hill" --out fox.png.')
    return {"prompt": "", **found, "count": arguments.count}


def settings_from(session: Session, source: str, note: Callable[[str], None]) -> dict[str, Any]:
    """The request that made a picture, by its path or id; ``note`` is told what could not be taken over.

    Raises BadInput when the picture tells nothing.
    """
    found = session.picture_settings(media(source))
    if not found["source"]:
        raise BadInput(f"{source} carries no settings.", "Give a picture as it was saved by this studio, A1111, InvokeAI or ComfyUI.")
    for line in found["notes"]:
        note(line)
    return dict(found["settings"])


def size_of(said: str) -> tuple[int, int]:
    """``1024x576``; raises BadInput, with the nearest sizes, where a side is no multiple of 8 px."""
    found = _SIZE.fullmatch(said.strip())
    if found is None:
        raise BadInput(f"--size is {said!r}.", "Give width and height in px, such as 1024x576.")
    sides = int(found[1]), int(found[2])
    if any(side % STEP_PX for side in sides):
        near = ["x".join(str(_whole(side, up)) for side in sides) for up in (False, True)]
        raise BadInput(f"--size is {said!r}, and sides are multiples of {STEP_PX} px.", f"Give {' or '.join(dict.fromkeys(near))}.")
    return sides


def _whole(side: int, up: bool) -> int:
    """The nearest side that pictures can have, from below or above."""
    near = -(-side // STEP_PX) if up else side // STEP_PX
    return min(LARGEST_SIDE, max(SMALLEST_SIDE, near * STEP_PX))


def lora_of(said: str) -> dict[str, Any]:
    """``name`` or ``name:0.8``; a name may hold colons itself."""
    name, _, weight = said.rpartition(":")
    try:
        return {"name": name, "weight": float(weight)} if name else {"name": said}
    except ValueError:
        return {"name": said}


def control_of(said: str) -> dict[str, Any]:
    """``canny=picture.png``; ``canny:0.7=picture.png`` with a weight; ``pose:map=...``, ``pose:0.7:map=...`` is the map already."""
    kind, _, path = said.partition("=")
    finished = {"preprocess": False} if kind.endswith(":map") else {}
    kind, _, weight = kind.removesuffix(":map").partition(":")
    if kind not in CONTROLS or not path:
        raise BadInput(f"--control is {said!r}.", f"Give KIND=FILE; kinds: {', '.join(CONTROLS)}.")
    try:
        return {"kind": kind, "image": media(path), **({"weight": float(weight)} if weight else {}), **finished}
    except ValueError:
        raise BadInput(f"--control is {said!r}.", f"Give the weight as a number: {kind}:0.7={path}.") from None


def outpaint_of(said: Sequence[str]) -> dict[str, int]:
    """``left=256 top=64``."""
    found = {}
    for part in said:
        side, _, length = part.partition("=")
        if side not in SIDES or not length.isdecimal():
            raise BadInput(f"--outpaint is {part!r}.", "Give SIDE=PX, such as left=256; sides: left, top, right, bottom.")
        found[side] = int(length)
    return found


def targets_of(arguments: argparse.Namespace) -> list[Path]:
    """One file for each picture, none of which is there already (unless --force)."""
    if not 1 <= arguments.count <= MOST_IMAGES:
        raise BadInput(f"--count is {arguments.count}.", f"Give 1 to {MOST_IMAGES}; --batch makes more.")
    out = Path(arguments.out)
    if out.suffix.lower() not in ENDING:
        raise BadInput(f"{out.name!r} does not end in .png.", "Pictures are PNG files: give --out such as fox.png.")
    names = [out] if arguments.count == 1 else [out.with_name(f"{out.stem}-{number + 1}{out.suffix}") for number in range(arguments.count)]
    return [require_file(str(name), force=arguments.force) for name in names]


def _write(session: Session, result: dict[str, Any], targets: Sequence[Path], *, force: bool) -> list[str]:
    made = zip(result["images"], targets, strict=True)
    return [str(export(session, session.artifact(image["artifact_id"]), target, replace=force)) for image, target in made]


def summary(result: dict[str, Any], files: Sequence[str]) -> str:
    """One line a picture, then who made them and what should be known."""
    lines = []
    for image, name in zip(result["images"], files, strict=True):
        alike = "".join(f", @{one['character']} {one['similarity']:.2f}" for one in image["likeness"])
        lines.append(f"Wrote {name} ({image['width']}x{image['height']}, seed {image['seed']}{alike})")
    licence = f"; licence {result['licence']}" if result["licence"] else ""
    return "\n".join(
        [*lines, f"Made in {text.span(result['took_s'])} by {result['engine']}{licence}", *(f"Note: {note}" for note in result["notes"])]
    )


COMMAND = Command(
    "Make pictures from words, from a picture, of characters; without a model a storyboard card, labelled as such.",
    _configure,
    _run,
    epilog="examples:\n"
    '  python3 launch.py generate "@luca waves from a red boat" --out luca.png --size 1024x576 --count 4 --seed 7\n'
    '  python3 launch.py generate "a fox" --out grid --xyz "steps=10-30 (+10)" sampler=euler,dpmpp_2m\n'
    "  python3 launch.py generate --batch prompts.csv --out pictures --filter",
)
