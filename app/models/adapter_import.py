"""LoRAs, ControlNets, VAEs and their like on this machine: taken into the folder of adapters, whole or not at all."""

from __future__ import annotations

import filecmp
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.models.bringing import bring
from app.models.forms import InstalledModel
from backends.adapter_files import KINDS, why_not
from backends.adapter_words import NOTES, PREVIEWS
from backends.checkpoint import read_header
from backends.checkpoint_kinds import recognise
from configs.errors import BadInput, BadMedia, Conflict
from jobs.context import JobContext

SAFE = ".safetensors"
CONTROL_CLASSES = ("ControlNetModel", "ControlNetUnionModel")


@dataclass(frozen=True)
class Found:
    """What was brought: its kind, and the files that belong to it, the weights first. ``folder``: they stay together in one."""

    kind: str
    files: tuple[Path, ...]
    folder: bool = False


def adapter_at(path: Path) -> Found | None:
    """What joins a model, if the path is that; None for everything else, damaged files included.

    Raises:
        BadInput: it is of a form that nothing here can use.
    """
    if path.is_dir():
        return _control_folder(path)
    if path.suffix.lower() != SAFE or not path.is_file():
        return None
    try:
        header = read_header(path)
    except BadMedia:
        return None
    kind = recognise(header).kind
    if kind not in KINDS:
        return None
    why = why_not(kind, header.tensors)
    if why:
        raise BadInput(f"{path.name} {why}.", "Choose another form of it.", "unusable_adapter")
    stem = path.name[: -len(path.suffix)]
    beside = [path.with_name(stem + ending) for ending in (*NOTES, *PREVIEWS)]
    return Found(kind, (path, *(file for file in beside if file.is_file())))


def _control_folder(folder: Path) -> Found | None:
    """A ControlNet as the hub has it."""
    try:
        said = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    weights = sorted(folder.glob(f"*{SAFE}"))
    if not weights or not isinstance(said, dict) or said.get("_class_name") not in CONTROL_CLASSES:
        return None
    return Found("controlnet", (weights[0], folder / "config.json"), folder=True)


def take_adapter(path: Path, found: Found, name: str | None, folder: Path, min_free_bytes: int, job: JobContext) -> InstalledModel:
    """Puts it into ``folder/<kind>``. What lies there already under its name stays; the same file again changes nothing.

    Raises:
        Conflict: another file of that name is there. Unavailable: not enough space.
    """
    stem = name or (path.name if path.is_dir() else path.name[: -len(path.suffix)])
    home = folder / found.kind / stem if found.folder else folder / found.kind
    weights = home / found.files[0].name if found.folder else home / f"{stem}{SAFE}"
    if weights.exists() and not filecmp.cmp(weights, found.files[0], shallow=True):
        raise Conflict(f"There is another {found.kind} named {stem} in {home}.", "Give another name with --name.", "adapter_exists")
    home.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=folder, prefix=".import-"))
    size = 0
    try:
        own = path.name if path.is_dir() else path.name[: -len(path.suffix)]
        for number, file in enumerate(found.files):
            job.progress(number / len(found.files), f"taking in {file.name}")
            target = file.name if found.folder else stem + file.name.removeprefix(own)
            size += bring(file, half / target, file.name, min_free_bytes, job)
        for made in sorted(half.iterdir(), key=lambda file: file.suffix == SAFE):  # the weights last: with them it is there
            made.replace(home / made.name)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return InstalledModel(
        model=stem, variant=found.kind, folder=str(home if found.folder else weights), size_bytes=size, downloaded_bytes=0, revision="",
        source=str(path), licences=[],
    )  # fmt: skip
