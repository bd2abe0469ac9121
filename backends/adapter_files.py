"""Finding adapters' files in folders and reading what each is; nothing is loaded, a few kilobytes per file are read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backends.adapter_words import NOTES, PREVIEWS, read_note, words_of
from backends.checkpoint import PICKLE_REASON, PICKLES, TORCH_BINS, Header, is_pickle, read_header
from backends.checkpoint_kinds import UNKNOWN, family_named, recognise
from backends.control_branches import branches_of
from backends.lora_formats import format_of, has_text_parts, rank_of
from configs.errors import BadMedia

KINDS = ("lora", "controlnet", "ip-adapter", "embedding", "vae", "upscaler")
DEEPEST, MOST_FILES = 8, 20_000
PARTS = ("image_encoder", "clip_vision")  # folders of what belongs to an IP-Adapter, and is none itself
SAFE = ".safetensors"
# What programs call the folders; a damaged or unknown file counts as what its folder is for.
FOLDERS: Mapping[str, str] = {
    "lora": "lora", "loras": "lora", "lycoris": "lora", "locon": "lora", "controlnet": "controlnet", "controlnets": "controlnet",
    "ip-adapter": "ip-adapter", "ipadapter": "ip-adapter", "ip_adapter": "ip-adapter", "embeddings": "embedding", "embedding": "embedding",
    "vae": "vae", "vaes": "vae", "upscale_models": "upscaler", "esrgan": "upscaler", "realesrgan": "upscaler", "upscaler": "upscaler",
    "upscalers": "upscaler",
}  # fmt: skip
# Names that say nothing: the folder's does.
NAMELESS = ("diffusion_pytorch_model", "pytorch_lora_weights", "adapter_model", "model", "lora")
Mark = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """A file of weights and what lies beside it. ``notes``: path -> mark, so that an edited note is read again."""

    path: Path
    root: Path
    mark: Mark
    notes: Mapping[Path, Mark] = field(default_factory=dict)
    preview: Path | None = None
    has_config: bool = False

    @property
    def key(self) -> str:
        """Changes whenever the file or a note does."""
        return ";".join(f"{size}.{changed}" for size, changed in (self.mark, *self.notes.values()))

    @property
    def folder_kind(self) -> str:
        """The kind that the nearest telling folder is for, below or at the root; "" where none tells."""
        for name in (*reversed(self.path.relative_to(self.root).parts[:-1]), self.root.name):
            if name.lower() in FOLDERS:
                return FOLDERS[name.lower()]
        return ""

    @property
    def plain_name(self) -> str:
        """The file's name without endings, or its folder's where that says more."""
        stem = self.path.name[: -len(self.path.suffix)].removesuffix(".fp16")
        return self.path.parent.name if stem.lower() in NAMELESS and self.path.parent != self.root else stem


def places(root: Path) -> Iterator[Place]:
    """Every file below a folder that may hold an adapter, sorted; links to folders are followed once."""
    seen: set[str] = set()
    count = 0
    for place, folders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(place)
        deep = len(Path(place).relative_to(root).parts) >= DEEPEST
        folders[:] = [] if deep or real in seen else sorted(name for name in folders if _may_hold_files(name))
        if real in seen:
            continue
        seen.add(real)
        there = set(names)
        for name in sorted(names):
            if not name.startswith(".") and _may_hold(name) and count < MOST_FILES:
                made = _place(root, Path(place), name, there)
                if made is not None:
                    count += 1
                    yield made


def _may_hold_files(folder: str) -> bool:
    return not folder.startswith(".") and not folder.endswith(".part") and folder not in PARTS


def _may_hold(name: str) -> bool:
    lower = name.lower()
    return lower.endswith((SAFE, *PICKLES)) or (lower.endswith(".bin") and lower.startswith((*TORCH_BINS, "ip-adapter")))


def _place(root: Path, folder: Path, name: str, there: set[str]) -> Place | None:
    stem = name[: name.rfind(".")]
    try:
        mark = _mark(folder / name)
        notes = {folder / (stem + ending): _mark(folder / (stem + ending)) for ending in NOTES if stem + ending in there}
    except OSError:  # gone meanwhile, or a link that leads nowhere
        return None
    preview = next((folder / (stem + ending) for ending in PREVIEWS if stem + ending in there), None)
    return Place(folder / name, root, mark, notes, preview, "config.json" in there)


def _mark(path: Path) -> Mark:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def read_facts(place: Place, ours: bool) -> dict[str, Any]:
    """What a file is, as JSON that can be kept: kind ("" for none of ours), family, title, triggers, metadata, controls, trouble.

    Args:
        ours: it lies in the studio's own folder, where also what is no adapter is listed, with the reason.
    """
    expected = place.folder_kind or ("lora" if ours else "")
    name = place.path.name
    try:
        if place.path.suffix.lower() != SAFE or is_pickle(place.path):
            return _facts(expected, trouble=f"{name} {PICKLE_REASON}.")
        header = read_header(place.path)
    except (BadMedia, OSError) as error:
        return _facts(expected, trouble=error.message if isinstance(error, BadMedia) else f"{name} cannot be read.")
    found = recognise(header)
    if found.kind not in KINDS:
        if not expected or (found.kind != UNKNOWN and not ours):
            return _facts("")
        said = "of a kind that is not known" if found.kind == UNKNOWN else f"a {found.kind.replace('-', ' ')}"
        return _facts(expected, trouble=f"{name} is {said} and no {expected}.")
    return _described(place, header, found.kind, found.family)


def _described(place: Place, header: Header, kind: str, family: str) -> dict[str, Any]:
    words = words_of(header.metadata, [read_note(path) for path in place.notes])
    shown = dict(words.metadata)
    shapes = {name: tensor.shape for name, tensor in header.tensors.items()}
    if kind == "lora":
        form = format_of(shapes)
        rank = rank_of(shapes)
        shown |= {"format": form.name, "text encoders": "yes" if has_text_parts(shapes) else "no"}
        shown |= {"rank": str(rank)} if rank is not None else {}
    why = why_not(kind, shapes)
    trouble = f"{place.path.name} {why}." if why else ""
    controls = branches_of(place.plain_name, shapes) if kind == "controlnet" else ()
    return _facts(kind, family or family_named(words.family), words.title, words.triggers, shown, controls, trouble)


def why_not(kind: str, names: Iterable[str]) -> str:
    """What keeps a whole file of a kind from being used, in words that follow its name; empty when nothing does."""
    if kind == "lora":
        form = format_of(names)
        return f"is {form.trouble}" if form.trouble else ""
    if kind == "controlnet":
        if "lora_controlnet" in names:
            return "is a Control-LoRA, which is no ControlNet by itself"
        if any(name.startswith(("control_model.", "input_blocks.")) for name in names):
            return "is in the layout of the first ControlNet code; use the form that the hub has"
    if kind == "ip-adapter" and any("lora" in name for name in names):
        return "is a FaceID adapter, which needs a face recogniser that this studio does not have"
    return ""


def _facts(
    kind: str, family: str = "", title: str = "", triggers: tuple[str, ...] = (), metadata: Mapping[str, str] | None = None,
    controls: tuple[str, ...] = (), trouble: str = "",
) -> dict[str, Any]:  # fmt: skip
    return {
        "kind": kind, "family": family, "title": title, "triggers": list(triggers), "metadata": dict(metadata or {}),
        "controls": list(controls), "trouble": trouble,
    }  # fmt: skip
