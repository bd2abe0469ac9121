"""An IP-Adapter on the disk: its file, and the image encoder that it reads pictures through."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backends.checkpoint import PICKLE_REASON, PICKLE_REMEDY, is_pickle, read_header
from backends.checkpoint_kinds import recognise
from configs.errors import BadInput, BadMedia

SAFE = ".safetensors"
# Where encoders lie, seen from an adapter's folder and those above it: as the hub, ComfyUI and A1111 have them.
ENCODERS = ("image_encoder", "models/image_encoder", "sdxl_models/image_encoder", "clip_vision", "clip_vision/*", "models/clip_vision/*")
HEADS = 16  # of every encoder that adapters use: ViT-L, ViT-H, ViT-bigG
OPENAI_WIDTH = 1024  # ViT-L of OpenAI computes another activation than the OpenCLIP ones
UPWARDS = 3


@dataclass(frozen=True)
class Adapter:
    """``encoder``: a folder with ``config.json`` and weights, or one file of weights."""

    name: str
    file: Path
    encoder: Path

    def tensors(self, dtype: Any) -> dict[str, dict[str, Any]]:
        """As diffusers takes them: ``image_proj`` and ``ip_adapter``."""
        from safetensors.torch import load_file

        found: dict[str, dict[str, Any]] = {"image_proj": {}, "ip_adapter": {}}
        for name, tensor in load_file(self.file).items():
            part, _, rest = name.partition(".")
            if part in found:
                found[part][rest] = tensor.to(dtype)
        return found


def read_adapter(path: Path, width: int) -> Adapter:
    """Checks an adapter before anything is loaded.

    Args:
        path: a file, or a folder that holds one.
        width: of the text that the model attends to.

    Raises:
        BadMedia: no file, damaged, or a pickle. BadInput: for another family, of a kind that needs a face recogniser, or without encoder.
    """
    file = _file(path)
    name = path.stem if path.is_file() else path.name
    header = read_header(file)
    shapes = {key: tensor.shape for key, tensor in header.tensors.items()}
    found = recognise(header)
    if found.kind != "ip-adapter":
        raise BadInput(f"{name} is no IP-Adapter but a {found.kind.replace('-', ' ')}.", "Choose an IP-Adapter.", "no_adapter")
    if any("lora" in key for key in shapes):
        raise BadInput(
            f"The IP-Adapter {name} needs a face recogniser that this studio does not have.", "Use one without FaceID.", "face_id"
        )
    widths = {shape[-1] for key, shape in shapes.items() if key.endswith("to_k_ip.weight")}
    if widths != {width}:
        raise BadInput(
            f"The IP-Adapter {name} is for another model: it speaks {max(widths)} wide, this one {width}.",
            "Choose an SDXL one.",
            "adapter_family",
        )
    return Adapter(name, file, _encoder(file, name, shapes))


def read_encoder(path: Path, dtype: Any, device: str) -> tuple[Any, Any]:
    """(image encoder, feature extractor); raises BadMedia when its files are damaged."""
    from huggingface_hub.errors import StrictDataclassError
    from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

    for weights in path.glob(f"*{SAFE}"):
        read_header(weights)
    try:
        if path.is_file():
            encoder = _single(path, dtype)
        else:
            encoder = CLIPVisionModelWithProjection.from_pretrained(path, dtype=dtype, use_safetensors=True, local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, StrictDataclassError) as error:
        why = " ".join(str(error).split())[:100]
        raise BadMedia(f"The image encoder {path} cannot be loaded: {why}.", "Install the IP-Adapter again.", "damaged") from None
    size = encoder.config.image_size
    return encoder.to(device).eval().requires_grad_(False), CLIPImageProcessor(size=size, crop_size=size)


def _file(path: Path) -> Path:
    if path.is_file():
        if path.suffix.lower() != SAFE or is_pickle(path):
            raise BadMedia(f"The IP-Adapter {path.name} {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
        return path
    inside = sorted(path.rglob(f"*{SAFE}")) if path.is_dir() else []
    found = [file for file in inside if "ip-adapter" in file.name.lower() or "ip_adapter" in file.name.lower()]
    if not found:
        raise BadMedia(f"The IP-Adapter {path.name} has no weights in {path}.", "Install it again, or choose another.", "damaged")
    return found[0]


def _encoder(file: Path, name: str, shapes: dict[str, tuple[int, ...]]) -> Path:
    """The nearest encoder that fits: of the adapter's projection width, or for those that read every patch, of its hidden width."""
    patches = shapes.get("image_proj.proj_in.weight")
    whole = shapes.get("image_proj.proj.weight")
    field, size = ("hidden_size", patches[1]) if patches else ("projection_dim", whole[1] if whole else 0)
    seen = []
    for place in _near(file):
        config = _config(place)
        if config.get(field) == size:
            return place
        seen += [place] if config else []
    if seen:
        raise BadInput(
            f"The IP-Adapter {name} needs another image encoder than that in {seen[0]}.", "Install the one it came with.", "encoder"
        )
    remedy = f"Put its image encoder (config.json and model.safetensors) into {file.parent / 'image_encoder'}."
    raise BadInput(f"The IP-Adapter {name} has no image encoder beside it.", remedy, "encoder")


def _config(place: Path) -> dict[str, Any]:
    """What an encoder says of itself, or its tensors do; empty for what is none."""
    if place.suffix.lower() == SAFE:
        try:
            return sizes_of({name: tensor.shape for name, tensor in read_header(place).tensors.items()})
        except BadMedia:
            return {}
    try:
        found = json.loads((place / "config.json").read_text(encoding="utf-8"))
        inner = found.get("vision_config", found)
    except (OSError, ValueError, AttributeError):
        return {}
    return inner if isinstance(inner, dict) else {}


def sizes_of(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """The config of a CLIP image encoder by the shapes of its tensors; empty for what is none."""
    try:
        projection, hidden = shapes["visual_projection.weight"]
        patch = shapes["vision_model.embeddings.patch_embedding.weight"][-1]
        places = shapes["vision_model.embeddings.position_embedding.weight"][0]
        inner = shapes["vision_model.encoder.layers.0.mlp.fc1.weight"][0]
    except (KeyError, ValueError, IndexError):
        return {}
    layers = {name.split(".")[3] for name in shapes if name.startswith("vision_model.encoder.layers.")}
    return {
        "hidden_size": hidden, "intermediate_size": inner, "num_hidden_layers": len(layers), "num_attention_heads": HEADS,
        "patch_size": patch, "image_size": patch * math.isqrt(max(0, places - 1)), "projection_dim": projection,
        "hidden_act": "quick_gelu" if hidden == OPENAI_WIDTH else "gelu",
    }  # fmt: skip


def _single(path: Path, dtype: Any) -> Any:
    """An encoder in one file, as ComfyUI keeps them."""
    from safetensors.torch import load_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    header = read_header(path)
    encoder = CLIPVisionModelWithProjection(CLIPVisionConfig(**sizes_of({name: tensor.shape for name, tensor in header.tensors.items()})))
    tensors = {name: tensor for name, tensor in load_file(path).items() if not name.endswith("position_ids")}
    encoder.load_state_dict(tensors)
    return encoder.to(dtype)


def _near(file: Path) -> Iterator[Path]:
    place = file.parent
    for _ in range(UPWARDS):
        for pattern in ENCODERS:
            yield from sorted(place.glob(pattern))
        if place.parent == place:
            return
        place = place.parent
