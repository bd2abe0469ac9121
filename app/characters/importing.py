"""Takes a character in from its file: all of it, or nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.cast import LoraUse
from app.characters.bundle import Bundle, FileEntry, LoraEntry
from app.characters.exporting import sha256_of
from app.characters.pack import Pack
from app.intake import Intake, clean_name
from backends.adapters import AdapterFile, AdapterShelf
from backends.checkpoint import read_header
from configs.errors import BadMedia, Conflict
from storage import projects
from storage.artifacts import ArtifactStore


class Taken(Conflict):
    """The handle of a character to be imported is in use. ``free`` is the nearest that is not."""

    code = "character_exists"

    def __init__(self, handle: str, free: str) -> None:
        super().__init__(f"There is a character @{handle} already.", f"Replace it, or import this one as @{free}.")
        self.handle, self.free = handle, free

    def as_dict(self) -> dict[str, str]:
        """The form sent over HTTP, with the handle and one that is free."""
        return {**super().as_dict(), "handle": self.handle, "free": self.free}


@dataclass
class Arrivals:
    """What an import has brought so far, so that it can be taken back."""

    artifacts: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def take_back(self, store: ArtifactStore) -> None:
        """Leaves the studio as it was."""
        for path in self.files:
            path.unlink(missing_ok=True)
        for one in self.artifacts:
            with contextlib.suppress(Exception):  # the first error is the one that is told
                store.delete(one)


def arrived(bundle: Bundle, intake: Intake, adapters: AdapterShelf | None, arrivals: Arrivals, install_loras: bool) -> Pack:
    """The pack with its pictures in the library and its LoRAs on the shelf.

    Args:
        install_loras: put weights that came with it into the adapters' folder; otherwise only those that are there already serve.

    Raises:
        BadMedia: a picture is none, or a file is damaged.
    """
    manifest = bundle.manifest
    pictures = {entry.path: _picture(bundle, entry, intake, arrivals) for entry in manifest.pictures}
    entries = {entry.name: entry for entry in manifest.loras}
    uses = [_lora(bundle, use, entries.get(use.name), _Shelf(adapters, intake, install_loras), arrivals) for use in manifest.pack.loras]
    sheet = manifest.pack.sheet
    return manifest.pack.model_copy(
        update={
            "references": [pictures[path] for path in manifest.pack.references],
            "sheet": pictures[sheet] if sheet else None,
            "loras": uses,
        }
    )


@dataclass(frozen=True)
class _Shelf:
    """Where LoRAs go."""

    adapters: AdapterShelf | None
    intake: Intake
    install: bool

    def known(self) -> Sequence[AdapterFile]:
        return [one for one in self.adapters.all("lora") if not one.trouble] if self.adapters is not None else []


def _picture(bundle: Bundle, entry: FileEntry, intake: Intake, arrivals: Arrivals) -> str:
    staged = intake.stage()
    try:
        bundle.copy(entry.path, entry.sha256, staged)
        name = clean_name(entry.name)
        known = intake.artifacts.find_upload(name, entry.sha256, projects.DEFAULT)
        if known is None:
            known = intake.keep(staged, name, "image", projects.DEFAULT)
            arrivals.artifacts.append(known.id)
        return known.id
    finally:
        staged.discard()


def _lora(bundle: Bundle, use: LoraUse, entry: LoraEntry | None, shelf: _Shelf, arrivals: Arrivals) -> LoraUse:
    known = shelf.known()
    if entry is not None and entry.sha256 is not None:
        same = next((one for one in known if one.size_bytes == entry.size_bytes and sha256_of(one.path) == entry.sha256), None)
        if same is not None:
            return use.model_copy(update={"name": same.name})
        if entry.path is not None and shelf.install and shelf.adapters is not None:
            return use.model_copy(update={"name": _placed(bundle, entry, shelf, arrivals)})
    if entry is not None and entry.path is not None and not shelf.install:
        arrivals.remarks.append(f"The LoRA {use.name} was left out: LoRAs are taken in on the studio's own machine only.")
    elif any(one.name == use.name for one in known):
        arrivals.remarks.append(f"A LoRA {use.name} is here, but it may not be the one that this character was made with.")
    else:
        arrivals.remarks.append(f"The LoRA {use.name} did not come with the file and is not here; put it into the adapters' folder.")
    return use


def _placed(bundle: Bundle, entry: LoraEntry, shelf: _Shelf, arrivals: Arrivals) -> str:
    """Puts the weights into the adapters' folder under a name of their own; their name there."""
    assert shelf.adapters is not None
    assert entry.path is not None
    staged = shelf.intake.stage()
    try:
        bundle.copy(entry.path, entry.sha256, staged)
        staged.finish()
        _require_weights(staged.path, entry.name)
        target = _free_place(shelf.adapters.own, entry.name, {one.name.lower() for one in shelf.adapters.all("lora")})
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        arrivals.files += [target, partial]
        shutil.copyfile(staged.path, partial)
        os.replace(partial, target)
        return target.stem
    finally:
        staged.discard()


def _require_weights(path: Path, name: str) -> None:
    try:
        read_header(path)
    except BadMedia as error:
        raise BadMedia(error.message.replace(path.name, f"The LoRA {name}"), error.remedy, error.code) from None


def _free_place(folder: Path, name: str, taken: set[str]) -> Path:
    stem = clean_name(name).removesuffix(".safetensors")
    number, found = 1, stem
    while found.lower() in taken or (folder / f"{found}.safetensors").exists():
        number += 1
        found = f"{stem}-{number}"
    return folder / f"{found}.safetensors"
