"""Models in folders of other programs (ComfyUI, A1111, Forge, Wan2GP, the hub's cache): found and used in place, never written."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backends.base import Installed
from backends.cards import ComponentLicence, ModelCard, Source, Variant
from backends.checkpoint import DTYPE_BITS, Header, read_header
from backends.checkpoint_kinds import UNKNOWN, CheckpointKind, recognise
from backends.families import FAMILIES
from backends.patterns import holds
from configs.errors import BadMedia

DEEPEST = 6  # folders below the one that is given
MOST_FILES = 10_000
HUB_PREFIX = "models--"
# What tells a program's folder, or its folder of models, apart; the first that fits.
MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Forge", ("modules_forge",)),
    ("A1111", ("webui.py",)),
    ("Wan2GP", ("wgp.py",)),
    ("ComfyUI", ("comfy",)),
    ("A1111", ("Stable-diffusion",)),
    ("ComfyUI", ("checkpoints", "loras")),
)


@dataclass(frozen=True)
class ForeignFile:
    """One file of weights in another program's folder."""

    path: Path
    program: str
    found: CheckpointKind
    size_bytes: int
    dtype: str
    trouble: str = ""  # why it cannot be used


def program_of(folder: Path) -> str:
    """Whose folder it is: ComfyUI, A1111, Forge, Wan2GP, hub cache, or "folder"."""
    try:
        names = set(os.listdir(folder))
    except OSError:
        return "folder"
    if any(name.startswith(HUB_PREFIX) for name in names):
        return "hub cache"
    return next((program for program, marks in MARKS if names.issuperset(marks)), "folder")


class ForeignFolders:
    """Looks through folders; what was read of a file is kept as long as the file stays as it is."""

    def __init__(self, folders: Sequence[Path], cards: Mapping[str, ModelCard]) -> None:
        self.folders, self._cards = tuple(folders), cards

    def installed(self) -> list[Installed]:
        """Everything there that has a card: cached repositories by name, whole checkpoints of a family we ship the configs of."""
        found: list[Installed] = []
        for folder in self.folders:
            if program_of(folder) == "hub cache":
                found += cached_repositories(folder, self._cards)
        taken = set(self._cards)
        for file in self.files():
            if file.trouble or file.found.kind != "checkpoint" or file.found.family not in FAMILIES:
                continue
            card = card_of(file, taken)
            taken.add(card.name)
            found.append(Installed(card, card.variant(), file.path, in_place=True))
        return found

    def files(self) -> list[ForeignFile]:
        """Every safetensors file in the folders of programs, with what it is."""
        found = []
        for folder in self.folders:
            program = program_of(folder)
            if program != "hub cache":
                found += [_examined(path, program) for path in walk(folder)]
        return found


def walk(folder: Path) -> Iterator[Path]:
    """Safetensors files below a folder, sorted; links to folders are followed once, as people keep models on another disk."""
    seen: set[str] = set()
    count = 0
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if depth < DEEPEST and real not in seen else []
        if real in seen:
            continue
        seen.add(real)
        for name in sorted(names):
            if name.lower().endswith(".safetensors") and count < MOST_FILES:
                count += 1
                yield Path(place) / name


_EXAMINED: dict[tuple[str, int, int], ForeignFile] = {}


def _examined(path: Path, program: str) -> ForeignFile:
    try:
        stat = path.stat()
    except OSError as error:
        return ForeignFile(path, program, CheckpointKind(UNKNOWN), 0, "", f"{path.name} cannot be read: {error.strerror or error}.")
    key = (str(path), stat.st_size, stat.st_mtime_ns)
    if key not in _EXAMINED:
        _EXAMINED[key] = examine(path, program, stat.st_size)
    return _EXAMINED[key]


def examine(path: Path, program: str, size_bytes: int) -> ForeignFile:
    """What one file is; a damaged one is listed with its trouble."""
    try:
        header = read_header(path)
    except BadMedia as error:
        return ForeignFile(path, program, CheckpointKind(UNKNOWN), size_bytes, "", error.message)
    return ForeignFile(path, program, recognise(header), size_bytes, main_dtype(header))


def main_dtype(header: Header) -> str:
    """The type that most of the bytes are of, as a variant is named: fp16, bf16, fp32, fp8 ..."""
    totals: dict[str, int] = {}
    for tensor in header.tensors.values():
        totals[tensor.dtype] = totals.get(tensor.dtype, 0) + tensor.end - tensor.start
    most = max(totals, key=lambda dtype: totals[dtype], default="F16")
    return f"fp{DTYPE_BITS[most]}" if most.startswith("F") else most.lower()


def slug(text: str) -> str:
    """A card's name from a file's."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "model"


def card_of(file: ForeignFile, taken: set[str]) -> ModelCard:
    """A card for a checkpoint that came without one; of its licence nothing is known, so it counts as not commercial."""
    name = slug(file.path.stem)
    if name in taken:
        name = f"{name}-{hashlib.sha256(str(file.path).encode()).hexdigest()[:6]}"
    family = FAMILIES[file.found.family]
    form = Variant(
        name=file.dtype,
        files=(file.path.name,),
        download_bytes=0,
        weights_bytes=max(1, file.size_bytes),
        working_bytes=family.working_bytes,
    )
    return ModelCard(
        name=name,
        title=file.path.stem,
        summary=f"A {family.title} checkpoint in a folder of {file.program}.",
        task=family.task,
        engine=family.engine,
        family=family.name,
        source=Source(path=str(file.path)),
        variants=(form,),
        licences=(ComponentLicence(component="weights", name="unknown", commercial=False, note="See where you got the file."),),
        max_pixels=family.max_pixels,
        defaults=dict(family.defaults),
    )


def cached_repositories(cache: Path, cards: Mapping[str, ModelCard]) -> list[Installed]:
    """Cards whose repository lies in the hub's cache with every file of a variant."""
    found = []
    for card in cards.values():
        if card.source.repo is None:
            continue
        place = cache / (HUB_PREFIX + card.source.repo.replace("/", "--"))
        snapshot = snapshot_of(place, card.source.revision)
        if snapshot is not None:
            found += [Installed(card, form, snapshot, in_place=True) for form in card.variants if holds(snapshot, form.files)]
    return found


def snapshot_of(place: Path, revision: str) -> Path | None:
    """The cached snapshot of a revision: the commit itself, else what the branch pointed to when it was downloaded."""
    if (place / "snapshots" / revision).is_dir():
        return place / "snapshots" / revision
    try:
        commit = (place / "refs" / revision).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    snapshot = place / "snapshots" / commit
    return snapshot if re.fullmatch(r"[0-9a-f]{40}", commit) and snapshot.is_dir() else None
