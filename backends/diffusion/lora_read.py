"""Reads a LoRA's file and finds the layers of a pipeline that it changes; everything is checked before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backends.checkpoint import PICKLE_REASON, PICKLE_REMEDY, Header, is_pickle, read_header
from backends.checkpoint_kinds import recognise
from backends.diffusion.lora_deltas import Factors, is_whole
from backends.diffusion.lora_names import components, layers_by_name, split
from backends.lora_formats import format_of
from configs.errors import BadInput, BadMedia

FAMILY_TITLES = {
    "sdxl": "SDXL", "sd15": "Stable Diffusion 1.5", "sd2": "Stable Diffusion 2", "flux": "FLUX.1", "flux2": "FLUX.2",
    "z-image": "Z-Image", "wan": "Wan", "qwen-image": "Qwen-Image",
}  # fmt: skip
Layers = dict[str, dict[str, tuple[str, ...]]]  # component -> what files call a layer -> its paths


@dataclass(frozen=True)
class Change:
    """What a file says of one layer. ``paths``: usually one; several lie one below the other."""

    component: str
    paths: tuple[str, ...]
    factors: Factors


@dataclass(frozen=True)
class LoraFile:
    """A LoRA as it fits a pipeline."""

    name: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    family: str = ""
    untouched: tuple[str, ...] = field(default=())  # layers it speaks of that the model does not have

    @property
    def has_text_parts(self) -> bool:
        """Whether it changes text encoders."""
        return any(change.component.startswith("text_encoder") for change in self.changes)


@dataclass(frozen=True)
class Use:
    """One LoRA with its two weights."""

    file: LoraFile
    path: str
    weight: float
    text_weight: float


def checked_header(path: Path, name: str) -> Header:
    """The header of a LoRA that can be used; raises BadMedia (a pickle, damaged) or BadInput (of a format that cannot be added)."""
    try:
        pickled = path.suffix.lower() != ".safetensors" or is_pickle(path)
    except OSError as error:
        raise BadMedia(f"The LoRA {name} cannot be read: {error.strerror or error}.", "Put its file back, or choose another.") from None
    if pickled:
        raise BadMedia(f"The LoRA {name} ({path.name}) {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
    header = read_header(path)
    form = format_of(header.tensors)
    if form.trouble:
        raise BadInput(f"The LoRA {name} is {form.trouble}.", "Use a LoRA, LoCon, LoHa or LoKr of it.", "lora_format")
    return header


def read_lora(path: Path, name: str, pipe: Any, layers: Layers) -> LoraFile:
    """The file's changes to this pipeline.

    Args:
        layers: see `layers_of`; made once per pipeline.

    Raises:
        BadMedia, BadInput: as `checked_header`; or it was made for another model.
    """
    header = checked_header(path, name)
    family = recognise(header).family
    grouped = _grouped(_tensors(path, pipe))
    changes, untouched = [], []
    for layer, factors in grouped.items():
        found = next(((part, named[layer]) for part, named in layers.items() if layer in named), None)
        if found is None or not is_whole(factors):
            untouched.append(layer)
            continue
        bias = {key: value for key, value in factors.items() if key == "diff_b"}
        weight = {key: value for key, value in factors.items() if key != "diff_b"}
        changes += [Change(found[0], found[1], one) for one in (weight, bias) if one.keys() - {"alpha"}]
    if not changes:
        raise wrong_model(name, family, pipe)
    notes: tuple[str, ...] = ()
    if untouched:
        notes = (f"The LoRA {name} speaks of {len(untouched)} layers of {len(grouped)} that this model does not have.",)
    return LoraFile(name, tuple(changes), notes, family, tuple(untouched))


def wrong_model(name: str, family: str, pipe: Any, why: str = "") -> BadInput:
    """The refusal of a LoRA that was made for another model."""
    said = f"is for {FAMILY_TITLES.get(family, family)} and" if family and family != family_of(pipe) else "was made for another model and"
    return BadInput(
        f"The LoRA {name} {said} does not fit {_title(pipe)}{f' ({why})' if why else ''}.", "Choose one of the same family.", "lora_family"
    )


def family_of(pipe: Any) -> str:
    """By the pipeline's class."""
    name = type(pipe).__name__
    for mark, family in (
        ("StableDiffusionXL", "sdxl"),
        ("StableDiffusion3", "sd3"),
        ("StableDiffusion", "sd15"),
        ("Flux2", "flux2"),
        ("Flux", "flux"),
        ("ZImage", "z-image"),
    ):
        if name.startswith(mark):
            return family
    return ""


def _title(pipe: Any) -> str:
    family = family_of(pipe)
    return f"a model of {FAMILY_TITLES.get(family, family)}" if family else "this model"


def layers_of(pipe: Any) -> Layers:
    """What files call the layers of each part of a pipeline."""
    return {part: layers_by_name(part, module) for part, module in components(pipe)}


def _tensors(path: Path, pipe: Any) -> Mapping[str, Any]:
    """By name; for transformers in the names of diffusers, whose converters know every trainer's."""
    from safetensors.torch import load_file

    tensors: dict[str, Any] = load_file(path)
    if getattr(pipe, "transformer", None) is None or not hasattr(type(pipe), "lora_state_dict"):
        return tensors
    try:
        converted: Mapping[str, Any] = type(pipe).lora_state_dict(dict(tensors))
    except (ValueError, KeyError, IndexError, RuntimeError):  # of another family, or in names that need no conversion
        return tensors
    return converted


def _grouped(tensors: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        layer, part = split(name)
        if layer:
            grouped.setdefault(layer, {})[part] = tensor
    return grouped


def weights_of(change: Change, pipe: Any) -> Iterator[tuple[Any, str]]:
    """(module, path) of the layers that a change is for."""
    component = getattr(pipe, change.component)
    for path in change.paths:
        yield component.get_submodule(path), path
