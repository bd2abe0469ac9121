"""Loads ControlNets for SDXL: a folder as the hub has it, or one file whose layout is told from its tensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backends.base import OutOfMemory
from backends.checkpoint import PICKLE_REASON, PICKLE_REMEDY, PICKLES, Header, is_pickle, read_header
from backends.checkpoint_kinds import recognise
from backends.control_branches import union_types
from backends.diffusion.lora_read import FAMILY_TITLES
from configs.errors import BadInput, BadMedia

SAFE = ".safetensors"
Shapes = Mapping[str, tuple[int, ...]]
# What a ControlNet shares with the model that it guides.
SHARED = (
    "in_channels", "flip_sin_to_cos", "freq_shift", "down_block_types", "only_cross_attention", "block_out_channels", "layers_per_block",
    "downsample_padding", "mid_block_scale_factor", "act_fn", "norm_num_groups", "norm_eps", "cross_attention_dim",
    "transformer_layers_per_block", "encoder_hid_dim", "encoder_hid_dim_type", "attention_head_dim", "num_attention_heads",
    "use_linear_projection", "class_embed_type", "addition_embed_type", "addition_time_embed_dim", "num_class_embeds", "upcast_attention",
    "resnet_time_scale_shift", "projection_class_embeddings_input_dim",
)  # fmt: skip


def weights_file(path: Path) -> Path:
    """The file of weights of what a person chose.

    Raises:
        BadMedia: there is none, or only pickles.
    """
    if path.is_file():
        if path.suffix.lower() != SAFE or is_pickle(path):
            raise BadMedia(f"The ControlNet {path.name} {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
        return path
    inside = sorted(path.rglob("*")) if path.is_dir() else []
    found = [file for file in inside if file.suffix == SAFE and not file.name.startswith(".")]
    if found:
        return next((file for file in found if file.name == f"diffusion_pytorch_model{SAFE}"), found[0])
    if any(file.suffix in (*PICKLES, ".bin") for file in inside):
        raise BadMedia(f"The ControlNet {path.name} has its weights only as a file that {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
    raise BadMedia(f"The ControlNet {path.name} has no weights in {path}.", "Install it again.", "damaged")


def load_net(path: Path, unet: Any, device: str) -> Any:
    """The ControlNet (of diffusers, on the device, of the model's dtype).

    Raises:
        BadInput: it is none, or for another family. BadMedia: damaged, or a pickle. `OutOfMemory`.
    """
    import torch
    from diffusers import ControlNetModel, ControlNetUnionModel
    from safetensors.torch import load_file

    file = weights_file(path)
    header = read_header(file)
    shapes = {name: tensor.shape for name, tensor in header.tensors.items()}
    require_net(path.stem if path.is_file() else path.name, header, int(unet.config.cross_attention_dim))
    types = union_types(shapes)
    kind = ControlNetUnionModel if types else ControlNetModel
    shortage = None
    try:
        config = _config(file, shapes, unet.config)
        with torch.device("meta"):
            net = kind.from_config(config)
        dtype = unet.dtype  # once: it is looked for among all weights
        tensors = {name: tensor.to(device, dtype) for name, tensor in load_file(file).items()}
        net.load_state_dict(tensors, strict=True, assign=True)
        net.eval().requires_grad_(False)
    except torch.OutOfMemoryError as error:
        shortage = str(error).split("\n")[0]
    except (RuntimeError, ValueError, TypeError, KeyError, IndexError) as error:
        why = " ".join(str(error).split())[:100]
        raise BadInput(
            f"The ControlNet {path.name} does not fit this model: {why}.", "Choose one of the same family.", "control_family"
        ) from None
    if shortage is not None:
        raise OutOfMemory(shortage)
    return net


def require_net(name: str, header: Header, width: int) -> None:
    """Raises BadInput for what is no ControlNet, is for another family, or in a layout that is not read."""
    found = recognise(header)
    if found.kind != "controlnet" or any(tensor.startswith("lora_controlnet") for tensor in header.tensors):
        raise BadInput(f"{name} is no ControlNet but a {found.kind.replace('-', ' ')}.", "Choose a ControlNet.", "no_controlnet")
    if any(tensor.startswith(("control_model.", "input_blocks.")) for tensor in header.tensors):
        raise BadInput(
            f"The ControlNet {name} is in the layout of the first ControlNet code.", "Use it in the form that the hub has.", "layout"
        )
    widths = {tensor.shape[-1] for key, tensor in header.tensors.items() if key.endswith("attn2.to_k.weight")}
    if widths and widths != {width}:
        family = FAMILY_TITLES.get(found.family, "another model")
        raise BadInput(
            f"The ControlNet {name} is for {family} and does not fit this model.", "Choose one of the same family.", "control_family"
        )


def _config(file: Path, shapes: Shapes, unet: Mapping[str, Any]) -> dict[str, Any]:
    """The one that lies beside the weights; without one, that of the model it guides, and the rest from the tensors."""
    beside = file.with_name(file.stem.replace("diffusion_pytorch_model", "config") + ".json")
    try:
        given = json.loads(beside.read_text(encoding="utf-8"))
        if isinstance(given, dict):
            return {key: value for key, value in given.items() if key != "num_control_type" or "task_embedding" not in shapes} | _union(
                shapes
            )
    except (OSError, ValueError):
        pass
    shared = {key: unet[key] for key in SHARED if key in unet}
    widths = [shapes["controlnet_cond_embedding.conv_in.weight"][0]]
    while (step := f"controlnet_cond_embedding.blocks.{2 * len(widths) - 1}.weight") in shapes:
        widths.append(shapes[step][0])
    return {**shared, "conditioning_embedding_out_channels": widths, **_union(shapes)}


def _union(shapes: Shapes) -> dict[str, int]:
    """What a Union model has besides."""
    types = union_types(shapes)
    if not types:
        return {}
    width = shapes["task_embedding"][1]
    layers = {name.split(".")[1] for name in shapes if name.startswith("transformer_layes.")}
    return {"num_control_type": types, "num_trans_channel": width, "num_proj_channel": width, "num_trans_layer": len(layers)}
