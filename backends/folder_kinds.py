"""What a folder or file of weights, brought by a person, is for: told from its configs and from the headers of its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backends.cards import Task
from backends.checkpoint import PICKLE_REASON, PICKLE_REMEDY, PICKLES, TORCH_BINS, is_pickle, read_header
from backends.checkpoint_kinds import recognise
from backends.families import FAMILIES
from backends.foreign import main_dtype
from backends.patterns import missing_shards
from configs.errors import BadInput, BadMedia

KEPT = (".safetensors", ".json", ".txt", ".model", ".jinja", ".onnx", ".md")
WORKING_SHARE, LEAST_WORKING = 0.15, 300_000_000  # a cautious guess until it is learned
# `model_type` of a config -> task and engine, where the architecture's name does not tell.
MODEL_TYPES: Mapping[str, tuple[Task, str]] = {
    "whisper": ("speech-to-text", "whisper"),
    "dinov2": ("image-features", "dinov2"),
    "depth_anything": ("depth", "depth-anything"),
    "vitmatte": ("matting", "vitmatte"),
    "sam2": ("segmentation", "sam2"),
    "sam2_video": ("segmentation", "sam2"),
}


@dataclass(frozen=True)
class Found:
    """What was brought. ``files`` are relative to the folder; for a single file its name."""

    task: Task
    engine: str
    family: str
    files: tuple[str, ...]
    dtype: str
    weights_bytes: int
    context_tokens: int | None = None
    dimensions: int | None = None
    max_pixels: int | None = None

    @property
    def working_bytes(self) -> int:
        """A cautious guess."""
        return max(LEAST_WORKING, int(self.weights_bytes * WORKING_SHARE))


# Kinds of a single file that is a model by itself, beside whole checkpoints -> task and engine.
SINGLE_FILES: Mapping[str, tuple[Task, str]] = {"shot-detector": ("detection", "transnet"), "matting": ("matting", "birefnet")}


def describe(path: Path) -> Found:
    """Looks at a folder or a single file.

    Raises:
        BadInput: it is not there, or nothing that can be used; the sentence says what it is.
        BadMedia: it is a pickle, or damaged.
    """
    if path.is_file():
        return _file(path)
    if not path.is_dir():
        raise BadInput(f"There is no {path}.", "Give a folder as the model hub has it, or one .safetensors file.", "no_path")
    return _folder(path)


def _file(path: Path) -> Found:
    if path.suffix.lower() in (*PICKLES, ".bin") or is_pickle(path):
        raise BadMedia(f"{path.name} {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
    if path.suffix.lower() != ".safetensors":
        raise BadInput(f"{path.name} is no .safetensors file.", "Give one, or a folder as the model hub has it.", "not_weights")
    header = read_header(path)
    found = recognise(header)
    if found.kind in SINGLE_FILES:
        task, engine = SINGLE_FILES[found.kind]
        return Found(task, engine, found.family, (path.name,), main_dtype(header), path.stat().st_size)
    family = FAMILIES.get(found.family)
    if found.kind != "checkpoint" or family is None:
        what = " ".join(part for part in (found.family, found.kind.replace("-", " ")) if part)
        whole = f"Whole checkpoints of {', '.join(FAMILIES)}, shot detectors and BiRefNet"
        remedy = f"{whole} can be imported as single files; for others, give the folder of the hub."
        raise BadInput(f"{path.name} is {what} and not a model by itself.", remedy, "not_a_model")
    return Found(
        family.task, family.engine, family.name, (path.name,), main_dtype(header), path.stat().st_size, max_pixels=family.max_pixels
    )  # fmt: skip


def _folder(folder: Path) -> Found:
    inside = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    kept = tuple(name for name in inside if name.lower().endswith(KEPT) and not any(part.startswith(".") for part in name.split("/")))
    weights = [name for name in kept if name.endswith((".safetensors", ".onnx"))]
    if not weights:
        pickles = [name for name in inside if name.lower().endswith(PICKLES) or name.split("/")[-1].startswith(TORCH_BINS)]
        if pickles:
            raise BadMedia(f"{folder.name} has its weights only as {pickles[0]}, which {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
        raise BadInput(f"{folder} holds no .safetensors files.", "Give a folder as the model hub has it.", "not_weights")
    gone = missing_shards(folder)
    if gone:
        raise BadMedia(f"{folder.name} is not complete: {gone[0]} and {len(gone) - 1} others are missing.", "Copy it again.", "damaged")
    headers = {name: read_header(folder / name) for name in weights if name.endswith(".safetensors")}
    size = sum((folder / name).stat().st_size for name in weights)
    largest = max(headers, key=lambda name: headers[name].data_bytes, default=None)
    config = _json(folder / "config.json")
    task, engine, family = _task(folder, config)
    return Found(
        task, engine, family, kept, main_dtype(headers[largest]) if largest else "fp32", size, _context(folder, config, task),
        _number(config, "hidden_size") if task in ("embedding", "image-features") else None,
    )  # fmt: skip


def _task(folder: Path, config: Mapping[str, Any]) -> tuple[Task, str, str]:
    index = _json(folder / "model_index.json")
    if index:
        name = str(index.get("_class_name", ""))
        return "image", "diffusers-image", "sdxl" if name.startswith("StableDiffusionXL") else ""
    if (folder / "modules.json").is_file():
        return "embedding", "sentence-embeddings", ""
    kind = str(config.get("model_type", ""))
    if kind in MODEL_TYPES:
        task, engine = MODEL_TYPES[kind]
        return task, engine, kind
    names = [str(name) for name in config.get("architectures") or ()]
    if "BiRefNet" in names:
        return "matting", "birefnet", "birefnet"
    sees = "vision_config" in config
    if any(name.endswith(("ForConditionalGeneration", "ForImageTextToText", "ForVision2Seq")) for name in names) and sees:
        return "vision-chat", "transformers-vision", ""
    if any(name.endswith("ForCausalLM") for name in names):
        return "chat", "transformers-chat", ""
    said = ", ".join(names) or kind or "nothing that tells"
    raise BadInput(
        f"{folder.name} is of a kind no engine here knows ({said}).", "See docs/models.md for what can be imported.", "no_engine"
    )


def _context(folder: Path, config: Mapping[str, Any], task: Task) -> int | None:
    if task == "embedding":
        return _number(_json(folder / "sentence_bert_config.json"), "max_seq_length") or _number(config, "max_position_embeddings")
    if task not in ("chat", "vision-chat"):
        return None
    inner = config.get("text_config")
    return _number(config, "max_position_embeddings") or _number(inner if isinstance(inner, dict) else {}, "max_position_embeddings")


def _number(config: Mapping[str, Any], key: str) -> int | None:
    value = config.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
