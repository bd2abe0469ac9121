"""Which layer of a model a LoRA's tensor is for: kohya's names, the first Stable Diffusion code's blocks, diffusers' and PEFT's paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Endings of a tensor's name -> the part of a layer's change that it is.
PARTS: Mapping[str, str] = {
    "lora_down.weight": "down", "lora_A.weight": "down", "lora.down.weight": "down", "lora_linear_layer.down.weight": "down",
    "lora_A.default.weight": "down", "lora_up.weight": "up", "lora_B.weight": "up", "lora.up.weight": "up",
    "lora_linear_layer.up.weight": "up", "lora_B.default.weight": "up", "lora_mid.weight": "mid", "alpha": "alpha",
    "hada_w1_a": "w1_a", "hada_w1_b": "w1_b", "hada_w2_a": "w2_a", "hada_w2_b": "w2_b", "hada_t1": "t1", "hada_t2": "t2",
    "lokr_w1": "k1", "lokr_w1_a": "k1_a", "lokr_w1_b": "k1_b", "lokr_w2": "k2", "lokr_w2_a": "k2_a", "lokr_w2_b": "k2_b", "lokr_t2": "kt2",
    "diff": "diff", "diff_b": "diff_b",
}  # fmt: skip
ROOTS: Mapping[str, tuple[str, ...]] = {
    "unet": ("lora_unet_", "unet."), "transformer": ("lora_unet_", "transformer.", "diffusion_model."),
    "text_encoder": ("lora_te1_", "lora_te_", "text_encoder."), "text_encoder_2": ("lora_te2_", "text_encoder_2."),
}  # fmt: skip
RESNET = {"conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
OUTSIDE = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2", "conv_in": "input_blocks.0.0", "conv_out": "out.2",
}  # fmt: skip
TOGETHER = (
    ("to_q", "to_qkv", ("to_q", "to_k", "to_v")),
    ("add_q_proj", "to_added_qkv", ("add_q_proj", "add_k_proj", "add_v_proj")),
)
_OLD = re.compile(r"\.processor\.(to_(?:q|k|v|out))_lora\.(down|up)\.weight$")


def split(name: str) -> tuple[str, str]:
    """(layer, part) of a tensor's name; ("", "") where it is none of a LoRA."""
    old = _OLD.search(name)
    if old is not None:
        layer = f"{name[: old.start()]}.{old[1]}"
        return (f"{layer}.0" if old[1] == "to_out" else layer), old[2]
    # The longest ending first: "lora_linear_layer.down.weight" ends in no other, "lora_A.default.weight" neither.
    for dots in (3, 2, 1):
        pieces = name.rsplit(".", dots)
        if len(pieces) == dots + 1:
            part = PARTS.get(".".join(pieces[1:]))
            if part is not None:
                return pieces[0], part
    return "", ""


def layers_by_name(component: str, module: Any) -> dict[str, tuple[str, ...]]:
    """Every name under which files may speak of a layer -> its path in the component; several where it stands for layers that lie one
    below the other, as queries, keys and values of some models do."""
    named: dict[str, tuple[str, ...]] = {}
    per_block = getattr(getattr(module, "config", None), "layers_per_block", 2)
    for path, layer in module.named_modules():
        if getattr(layer, "weight", None) is None:
            continue
        for said in _spoken(component, path, per_block if isinstance(per_block, int) else 2):
            named.setdefault(said, (path,))
        for first, together, parts in TOGETHER:
            if component == "transformer" and path.endswith(f".{first}"):
                stem = path.removesuffix(first)
                for said in _spoken(component, stem + together, 0):
                    named.setdefault(said, tuple(stem + part for part in parts))
    return named


def _spoken(component: str, path: str, per_block: int) -> Iterator[str]:
    paths = [path]
    if component == "unet":
        paths += first_code_paths(path, per_block)
    if component.startswith("text_encoder"):  # the two CLIPs have lost a level of their path in newer libraries
        inner = path.removeprefix("text_model.")
        paths = [inner, f"text_model.{inner}"]
    for root in ROOTS.get(component, ()):
        for one in paths:
            yield root + (one.replace(".", "_") if root.endswith("_") else one)


def first_code_paths(path: str, per_block: int) -> list[str]:
    """The path in the code that Stable Diffusion came with, which kohya's scripts and merged checkpoints keep; none where it has none."""
    if path in OUTSIDE:
        return [OUTSIDE[path]]
    found = re.fullmatch(r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)", path)
    if found is not None:
        return _in_block(found[1] == "down", int(found[2]), found[3], int(found[4]), found[5], per_block)
    found = re.fullmatch(r"mid_block\.(resnets|attentions)\.(\d+)\.(.+)", path)
    if found is None:
        return []
    place = 1 if found[1] == "attentions" else 2 * int(found[2])
    return [f"middle_block.{place}.{RESNET.get(found[3], found[3])}"]


def _in_block(down: bool, block: int, part: str, number: int, rest: str, per_block: int) -> list[str]:
    length = per_block + 1
    if part == "downsamplers":
        return [f"input_blocks.{(block + 1) * length}.0.op"]
    if part == "upsamplers":  # after the attention, where the block has any
        return [f"output_blocks.{block * length + per_block}.{place}.conv" for place in (1, 2)]
    outer = f"input_blocks.{block * length + number + 1}" if down else f"output_blocks.{block * length + number}"
    return [f"{outer}.0.{RESNET.get(rest, rest)}" if part == "resnets" else f"{outer}.1.{rest}"]


def components(pipe: Any) -> Iterable[tuple[str, Any]]:
    """The parts of a pipeline that LoRAs change."""
    for name in ROOTS:
        module = getattr(pipe, name, None)
        if module is not None:
            yield name, module
