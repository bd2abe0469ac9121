"""A picture model's files to host memory, part by part: a folder as the hub has it, or one checkpoint file with the shipped configs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from backends.base import Device, Installed, OnStep, OutOfMemory
from backends.checkpoint import PICKLE_REASON, PICKLE_REMEDY, is_pickle, refuse_unsafe
from backends.diffusion.kinds import KINDS, Kind
from backends.diffusion.quantise import quantise
from backends.diffusion.single_file import CheckpointParts
from backends.token_loop import within_memory
from backends.transformers_load import dtype_of, quantised_on
from configs.errors import BadMedia, StudioError, Unavailable

AGAIN = "Install the model again."
SETTINGS = ("force_zeros_for_empty_prompt", "is_distilled")  # of a pipeline, beside its parts


class Parts(dict[str, Any]):
    """The parts of a model by name.

    Attributes:
        settings: what its pipeline is built with beside them.
    """

    settings: Mapping[str, Any] = MappingProxyType({})


def kind_of(installed: Installed) -> Kind:
    """The family of a model; raises Unavailable when this engine does not know it."""
    family = installed.card.family
    if family not in KINDS:
        known = ", ".join(KINDS)
        raise Unavailable(
            f"{installed.card.title} is of the family {family or 'unknown'}, which this engine does not paint with.", f"It knows: {known}.",
            "no_engine",
        )  # fmt: skip
    return KINDS[family]


def load_parts(installed: Installed, device: Device, on_step: OnStep, notes: list[str]) -> Parts:
    """Every part of the model by name; what had to be loaded otherwise than wanted is added to ``notes``.

    Raises:
        StudioError: the files are damaged, incomplete or pickles. OutOfMemory: host memory does not suffice. And what ``on_step`` raises.
    """
    kind = kind_of(installed)
    path = _place(installed.folder)
    parts = Parts()
    with tempfile.TemporaryDirectory(prefix="configs-") as configs:
        source: Any = (CheckpointParts if path.is_file() else FolderParts)(path, kind, installed.card.title, Path(configs))
        source.check()
        parts.settings = source.settings
        for place, name in enumerate(kind.parts):
            on_step(place / len(kind.parts), f"Loading {installed.card.title}: {name.replace('_', ' ')}")
            parts[name] = _part(source, name, installed, device, notes)
    on_step(1.0, f"Loading {installed.card.title}")
    return parts


def _place(folder: Path) -> Path:
    """The folder of a pipeline, or the one checkpoint file that lies in it."""
    if folder.is_file() or (folder / "model_index.json").is_file():
        return folder
    files = sorted(folder.glob("*.safetensors"))
    if len(files) == 1:
        return files[0]
    pickles = [path for path in sorted(folder.glob("*")) if path.is_file() and path.suffix in (".ckpt", ".pt", ".bin") and is_pickle(path)]
    if pickles:
        raise BadMedia(f"{pickles[0].name} {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
    raise BadMedia(f"{folder} has neither a model_index.json nor one .safetensors file, but {len(files)}.", AGAIN, "damaged")


def _part(source: Any, name: str, installed: Installed, device: Device, notes: list[str]) -> Any:
    kind = KINDS[installed.card.family]
    if name in kind.weightless:
        return _careful(lambda: source.weightless(name), installed, name)
    dtype = dtype_of(installed, device) if name != "vae" else vae_dtype(installed, device)
    model = _careful(lambda: source.model(name, dtype), installed, name)
    wanted = installed.variant.quantise
    if wanted is None or name not in kind.quantised:
        return model
    try:
        within_memory(lambda: quantise(model, wanted, dtype, quantised_on(installed, device)))
        return model
    except OutOfMemory:
        raise
    except Exception as error:  # a library built for another CUDA version fails with whatever its loader raises
        said = sentence(error)
    notes.append(f"{wanted.upper()} could not be used ({said}); the wider form was loaded instead.")
    return _careful(lambda: source.model(name, dtype), installed, name)


def vae_dtype(installed: Installed, device: Device) -> Any:
    """The type of the VAE's weights: SDXL's overflows in fp16, so it is held in bf16, or in fp32 where there is none."""
    import torch

    wanted = dtype_of(installed, device)
    if device.is_cpu or (wanted == torch.float16 and not torch.cuda.is_bf16_supported()):
        return torch.float32
    return torch.bfloat16 if wanted == torch.float16 else wanted


def _careful(work: Callable[[], Any], installed: Installed, name: str) -> Any:
    """What ``work`` returns; whatever a library says of a file that it cannot read becomes one sentence."""
    said = ""
    try:
        return within_memory(work)
    except (StudioError, OutOfMemory):
        raise
    except MemoryError as error:
        said, full = sentence(error), True
    except Exception as error:
        said, full = sentence(error), False
    if full:
        raise OutOfMemory(f"{installed.card.title} does not fit into memory: {said}")
    raise BadMedia(f"The {name.replace('_', ' ')} of {installed.card.title} cannot be loaded: {said}.", AGAIN, "damaged")


def sentence(error: BaseException) -> str:
    """The first line of what a library said."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0].rstrip(".:") if lines else type(error).__name__)[:300]


class FolderParts:
    """Reads the parts of a folder as the hub has it."""

    def __init__(self, folder: Path, kind: Kind, title: str, configs: Path) -> None:
        self._folder, self._kind, self._title = folder, kind, title

    def check(self) -> None:
        """Raises BadMedia: another kind of pipeline, a part is missing, a pickle, or a damaged file."""
        try:
            index = json.loads((self._folder / "model_index.json").read_text(encoding="utf-8"))
            said = str(index["_class_name"])
        except (OSError, ValueError, KeyError, TypeError):
            raise BadMedia(f"model_index.json of {self._title} cannot be read.", AGAIN, "damaged") from None
        if said not in self._kind.index:
            raise BadMedia(f"{self._title} is a {said}, which is no {self._kind.title} that paints from words.", "Choose another model.")
        self.settings = {name: index[name] for name in SETTINGS if name in index}
        for name in self._kind.parts:
            if not (self._folder / name).is_dir():
                raise BadMedia(f"{self._title} has no {name} in {self._folder}.", AGAIN, "damaged")
            if name not in self._kind.weightless:
                self._check_weights(self._folder / name)

    def _check_weights(self, folder: Path) -> None:
        weights = sorted(folder.glob("*.safetensors"))
        if not weights:
            pickles = [path for path in sorted(folder.glob("*.bin")) if is_pickle(path)]
            if pickles:
                raise BadMedia(f"{folder.name}/{pickles[0].name} {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
            raise BadMedia(f"{self._title} has no .safetensors file in {folder}.", AGAIN, "damaged")
        for path in weights:
            refuse_unsafe(path)

    def weightless(self, name: str) -> Any:
        """A tokenizer or the scheduler."""
        import diffusers
        import transformers

        folder = self._folder / name
        if name != "scheduler":
            return getattr(transformers, self._kind.parts[name][1]).from_pretrained(folder, local_files_only=True)
        said = json.loads((folder / "scheduler_config.json").read_text(encoding="utf-8")).get("_class_name", "")
        found = getattr(diffusers, said, None) if said.endswith("Scheduler") else None
        if found is None:
            raise BadMedia(f"{self._title} wants the scheduler {said!r}, which the library does not have.", AGAIN, "damaged")
        return found.from_pretrained(folder, local_files_only=True)

    def model(self, name: str, dtype: Any) -> Any:
        """A part with weights."""
        import diffusers
        import transformers

        library, made = self._kind.parts[name]
        folder = self._folder / name
        wide = [path for path in folder.glob("*.safetensors") if ".fp16" not in path.name]
        shared = {
            "local_files_only": True, "use_safetensors": True, "output_loading_info": True, "variant": None if wide else "fp16",
        }  # fmt: skip
        if library == "diffusers":
            model, report = getattr(diffusers, made).from_pretrained(folder, torch_dtype=dtype, **shared)
        else:
            model, report = getattr(transformers, made).from_pretrained(
                folder, dtype=dtype, attn_implementation="sdpa", trust_remote_code=False, **shared
            )
        missing = sorted(report["missing_keys"])
        if missing:
            raise BadMedia(
                f"The {name} of {self._title} is not whole: {len(missing)} tensors are missing, {missing[0]} among them.", AGAIN, "damaged"
            )
        return model.eval().requires_grad_(False)
