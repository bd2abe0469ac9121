"""A tiny SDXL as one file, in the names that its first authors gave the tensors: what A1111, Forge and civitai call a checkpoint."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

Tensors = dict[str, Any]
RESNET = (
    ("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("norm2", "out_layers.0"), ("conv2", "out_layers.3"),
    ("time_emb_proj", "emb_layers.1"), ("conv_shortcut", "skip_connection"),
)  # fmt: skip
UNET = (
    ("time_embedding.linear_1", "time_embed.0"), ("time_embedding.linear_2", "time_embed.2"), ("add_embedding.linear_1", "label_emb.0.0"),
    ("add_embedding.linear_2", "label_emb.0.2"), ("conv_in", "input_blocks.0.0"), ("conv_norm_out", "out.0"), ("conv_out", "out.2"),
)  # fmt: skip
VAE = (
    ("mid_block.attentions.0.group_norm", "mid.attn_1.norm"), ("mid_block.attentions.0.to_q", "mid.attn_1.q"),
    ("mid_block.attentions.0.to_k", "mid.attn_1.k"), ("mid_block.attentions.0.to_v", "mid.attn_1.v"),
    ("mid_block.attentions.0.to_out.0", "mid.attn_1.proj_out"), ("conv_shortcut", "nin_shortcut"), ("conv_norm_out", "norm_out"),
)  # fmt: skip
OPEN_CLIP = (
    ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"), ("self_attn", "attn"),
)  # fmt: skip


def save_sdxl_file(path: Path, folder: Path, **extra: Any) -> Path:
    """The models of a folder of `tests.backends.tiny.pictures.save_sdxl` in one file; ``extra`` tensors (v_pred ...) are added."""
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    def weights(model_class: Any, part: str) -> Tensors:
        return dict(model_class.from_pretrained(folder / part).state_dict())

    first = {name.removeprefix("text_model."): tensor for name, tensor in weights(CLIPTextModel, "text_encoder").items()}
    tensors = {
        **{f"model.diffusion_model.{name}": tensor for name, tensor in unet(weights(UNet2DConditionModel, "unet")).items()},
        **{f"first_stage_model.{name}": tensor for name, tensor in vae(weights(AutoencoderKL, "vae")).items()},
        **{f"conditioner.embedders.0.transformer.text_model.{name}": tensor for name, tensor in first.items()},
        **{
            f"conditioner.embedders.1.model.{name}": tensor
            for name, tensor in open_clip(weights(CLIPTextModelWithProjection, "text_encoder_2")).items()
        },
        **extra,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, path)
    return path


def unet(tensors: Tensors) -> Tensors:
    """A U-Net's tensors in the first names; two layers a block, as SDXL has."""
    return {_unet_name(name): tensor for name, tensor in tensors.items()}


def _unet_name(name: str) -> str:
    for ours, theirs in UNET:
        if name.startswith(ours + "."):
            return theirs + name[len(ours) :]
    name = re.sub(r"^down_blocks\.(\d)\.resnets\.(\d)", lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.0", name)
    name = re.sub(r"^down_blocks\.(\d)\.attentions\.(\d)", lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.1", name)
    name = re.sub(r"^down_blocks\.(\d)\.downsamplers\.0\.conv", lambda m: f"input_blocks.{3 * int(m[1]) + 3}.0.op", name)
    name = re.sub(r"^up_blocks\.(\d)\.resnets\.(\d)", lambda m: f"output_blocks.{3 * int(m[1]) + int(m[2])}.0", name)
    name = re.sub(r"^up_blocks\.(\d)\.attentions\.(\d)", lambda m: f"output_blocks.{3 * int(m[1]) + int(m[2])}.1", name)
    name = re.sub(r"^up_blocks\.(\d)\.upsamplers\.0", lambda m: f"output_blocks.{3 * int(m[1]) + 2}.2", name)
    name = re.sub(r"^mid_block\.attentions\.0", "middle_block.1", name)
    name = re.sub(r"^mid_block\.resnets\.(\d)", lambda m: f"middle_block.{2 * int(m[1])}", name)
    for ours, theirs in RESNET:
        name = re.sub(rf"^((?:input_blocks|output_blocks)\.\d+\.0|middle_block\.[02])\.{ours}\.", rf"\1.{theirs}.", name)
    return name


def vae(tensors: Tensors) -> Tensors:
    """A VAE's tensors in the first names; its attention was made of 1 x 1 convolutions."""
    made = {}
    last = max(int(m[1]) for m in (re.search(r"up_blocks\.(\d)", name) for name in tensors) if m)
    for name, tensor in tensors.items():
        theirs = re.sub(r"down_blocks\.(\d)\.resnets\.", r"down.\1.block.", name)
        theirs = re.sub(r"down_blocks\.(\d)\.downsamplers\.0\.", r"down.\1.downsample.", theirs)
        theirs = re.sub(r"up_blocks\.(\d)\.resnets\.", lambda m: f"up.{last - int(m[1])}.block.", theirs)
        theirs = re.sub(r"up_blocks\.(\d)\.upsamplers\.0\.", lambda m: f"up.{last - int(m[1])}.upsample.", theirs)
        theirs = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", theirs)
        for ours, old in VAE:
            theirs = theirs.replace(f"{ours}.", f"{old}.")
        made[theirs] = tensor[:, :, None, None] if re.search(r"attn_1\.(q|k|v|proj_out)\.weight$", theirs) else tensor
    return made


def open_clip(tensors: Tensors) -> Tensors:
    """The second CLIP's tensors in open_clip's names: queries, keys and values in one matrix."""
    import torch

    made: Tensors = {}
    for name, tensor in tensors.items():
        bare = name.removeprefix("text_model.")
        if bare == "text_projection.weight":
            made["text_projection"] = tensor.T
        elif bare == "embeddings.position_embedding.weight":
            made["positional_embedding"] = tensor
        elif bare.startswith("embeddings.token_embedding"):
            made[bare.removeprefix("embeddings.")] = tensor
        elif bare.startswith("final_layer_norm"):
            made[bare.replace("final_layer_norm", "ln_final")] = tensor
        elif not re.search(r"self_attn\.[qkv]_proj\.", bare):
            for ours, theirs in OPEN_CLIP:
                bare = bare.replace(f"{ours}.", f"{theirs}.")
            made[bare.replace("encoder.layers.", "transformer.resblocks.")] = tensor
        elif ".q_proj." in bare:
            parts = [tensors[name.replace(".q_proj.", f".{part}_proj.")] for part in "qkv"]
            theirs = bare.replace("encoder.layers.", "transformer.resblocks.").replace("self_attn.q_proj.", "attn.in_proj_")
            made[theirs] = torch.cat(parts)
    return made
