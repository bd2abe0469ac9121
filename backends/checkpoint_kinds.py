"""What a single file of weights is for, told from the names and shapes of its tensors: a checkpoint, a LoRA, a VAE, a ControlNet ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from backends.checkpoint import Header

UNKNOWN = "unknown"
WRAPPERS = ("model.diffusion_model.", "diffusion_model.", "transformer.", "model.")
# The width of the text that a picture model attends to tells its generation.
TEXT_WIDTHS = {768: "sd15", 1024: "sd2", 1280: "sdxl-refiner", 2048: "sdxl"}

# What only files that are added to a model have.
ADDED = (
    r"\.(lora_down|lora_up|lora_A|lora_B)(\.default)?\.weight$|\.(hada_w1_a|lokr_w1|lokr_w1_a)$|\.lora\.(down|up)\.weight$"
    r"|_lora\.(down|up)\.weight$|\.(oft_blocks|oft_diag|on_input)$"
)
# Tensors by which networks that enlarge are known, one line an architecture or a family of them.
UPSCALERS: tuple[set[str], ...] = (
    {"conv_first.weight"},  # Real-ESRGAN, SwinIR, HAT, DAT, ATD, DRCT, GRL
    {"model.0.weight"},  # ESRGAN
    {"body.0.weight", "body.1.weight"},  # Compact, as realesr-general-x4v3
    {"conv_1.sk.weight", "conv_cat.weight"},  # SPAN
    {"feats.0.weight", "feats.1.refine.weight"},  # PLKSR
    {"unet1.conv1.conv.0.weight"},  # Real-CUGAN
    {"input.weight", "up.0.weight", "residual_layer.0.residual_layer.0.layer.0.fn.0.weight"},  # OmniSR
    {"to_feat.weight", "feats.0.norm1.weight"},  # SAFMN
    {"head.0.weight", "body.0.body.0.body.0.weight"},  # RCAN
    {"gblocks.0.weight", "gblocks.1.fc1.weight"},  # MoSR
)
MATTING = {"bb.patch_embed.proj.weight", "squeeze_module.0.conv_in.weight", "decoder.conv_out1.0.weight"}
SHOT_DETECTOR = {"SDDCNN.0.DDCNN.0.Conv3D_1.layers.0.weight", "frame_sim_layer.fc.weight", "cls_layer1.weight"}


@dataclass(frozen=True)
class CheckpointKind:
    """``kind``: checkpoint, diffusion-model, text-encoder, vae, lora, controlnet, ip-adapter, embedding, upscaler, language-model,
    shot-detector, matting, unknown.

    ``family``: sdxl, sd15, flux, wan ...; "" where it cannot be told.
    """

    kind: str
    family: str = ""


@dataclass(frozen=True)
class Rule:
    """A transformer is of a family when it has all these tensors (after a wrapper's prefix)."""

    family: str
    names: tuple[str, ...]


TRANSFORMERS: tuple[Rule, ...] = (
    Rule("flux2", ("double_stream_modulation_img.lin.weight",)),
    Rule("flux2", ("double_stream_modulation_img.linear.weight",)),
    Rule("flux", ("double_blocks.0.img_attn.qkv.weight", "single_blocks.0.linear1.weight")),
    Rule("flux", ("single_transformer_blocks.0.proj_mlp.weight", "time_text_embed.timestep_embedder.linear_1.weight")),
    Rule("hunyuan-video", ("double_blocks.0.img_attn_qkv.weight",)),
    Rule("sd3", ("joint_blocks.0.context_block.attn.qkv.weight",)),
    Rule("qwen-image", ("transformer_blocks.0.img_mlp.net.0.proj.weight", "txt_norm.weight")),
    Rule("wan", ("blocks.0.cross_attn.q.weight", "patch_embedding.weight", "head.modulation")),
    Rule("ltx", ("patchify_proj.weight", "transformer_blocks.0.scale_shift_table")),
)


def recognise(header: Header) -> CheckpointKind:
    """The kind and family of a file by its tensors; the first that fits, adapters before whole models since their names contain theirs."""
    shapes = Names((name, tensor.shape) for name, tensor in header.tensors.items())
    for look in (_adapter, _control, _whole, _transformer, _unet, _vae, _text, _small):
        found = look(shapes)
        if found is not None:
            break
    else:
        found = CheckpointKind(UNKNOWN)
    declared = _declared(header.metadata)
    if found.family == "flux" and declared == "flux2":  # the attention layers of a small FLUX.2 are of the same sizes
        return CheckpointKind(found.kind, declared)
    return found if found.family else CheckpointKind(found.kind, declared)


Shapes = Mapping[str, tuple[int, ...]]


class Names(dict[str, tuple[int, ...]]):
    """Shapes by name, and the names as lines of one text: a file has thousands, and one search is many times quicker than one each."""

    @cached_property
    def text(self) -> str:
        """One name a line; one that holds a line break itself, which no library writes, is left out."""
        return "\n".join(name for name in self if "\n" not in name)


def _has(shapes: Shapes, pattern: str) -> bool:
    text = shapes.text if isinstance(shapes, Names) else "\n".join(shapes)
    return re.search(pattern, text, re.MULTILINE) is not None


def _adapter(shapes: Shapes) -> CheckpointKind | None:
    if any(name.startswith("ip_adapter.") for name in shapes):
        return CheckpointKind("ip-adapter", _by_text_width(shapes, r"to_k_ip\.weight$"))
    if not _has(shapes, ADDED):
        return None
    return CheckpointKind("lora", lora_family(shapes))


def lora_family(shapes: Shapes) -> str:
    """What a LoRA was made for, told from the layers that it changes and their sizes; "" where they do not tell."""
    if _has(shapes, r"^lora_te[12]_"):
        return "sdxl"
    if _has(shapes, r"double_blocks[._]\d+|single_blocks[._]\d+|single_transformer_blocks[._]\d+"):
        return "flux2" if _is_flux2(shapes) else "flux"
    if _has(shapes, r"img_mlp|txt_mlp") and _has(shapes, r"transformer_blocks[._]\d+"):
        return "qwen-image"
    if _has(shapes, r"cross_attn[._](q|k|v)[._]"):
        return "wan"
    if _has(shapes, r"(^|[._])layers[._]\d+[._](attention|feed_forward|adaLN_modulation)[._]") and not _has(shapes, r"self_attn"):
        return "z-image"
    return _by_text_width(shapes, r"attn2[._]to_k(_lora)?\.(lora_down|lora_A|lora\.down|down|hada_w1_b)(\.default)?(\.weight)?$")


def _is_flux2(shapes: Shapes) -> bool:
    """FLUX.2 has gated feed-forward parts (linear1 gives 9 widths, FLUX.1's 7), fewer double blocks, or other names."""
    if _has(shapes, r"to_qkv_mlp_proj|double_stream_modulation|ff(_context)?[._]linear_(in|out)"):
        return True
    for name, shape in shapes.items():
        if re.search(r"single_blocks[._]\d+[._]linear1[._].*(lora_up|lora_B)", name) and shape:
            return shape[0] % 9 == 0 and shape[0] % 7 != 0
    widths = {shape[-1] for name, shape in shapes.items() if shape and re.search(r"(to_q|img_attn[._]qkv)[._].*(lora_down|lora_A)", name)}
    return bool(widths & {4096, 6144})


def _control(shapes: Shapes) -> CheckpointKind | None:
    if _has(shapes, r"^controlnet_x_embedder\.|^controlnet_blocks\.0\."):
        return CheckpointKind("controlnet", "flux")
    if _has(shapes, r"^controlnet_cond_embedding\.|^control_model\.input_blocks\.|(^|\.)input_hint_block\.0\.|^controlnet_down_blocks\."):
        return CheckpointKind("controlnet", _by_text_width(shapes, r"attn2\.to_k\.weight$"))
    return None


def _whole(shapes: Shapes) -> CheckpointKind | None:
    """A checkpoint of the first generations: the model, its text encoders and its VAE in one file."""
    if not _has(shapes, r"^model\.diffusion_model\."):
        return None
    parts = _has(shapes, r"^(first_stage_model|vae)\.") or _has(shapes, r"^(cond_stage_model|conditioner|text_encoders)\.")
    if not parts:
        return None
    if _has(shapes, r"^conditioner\.embedders\.1\."):
        return CheckpointKind("checkpoint", "sdxl")
    inner = _transformer(shapes)
    if inner is not None:
        return CheckpointKind("checkpoint", inner.family)
    return CheckpointKind("checkpoint", _by_text_width(shapes, r"^model\.diffusion_model\..*attn2\.to_k\.weight$"))


def _transformer(shapes: Shapes) -> CheckpointKind | None:
    for prefix in ("", *WRAPPERS):
        for rule in TRANSFORMERS:
            if all(prefix + name in shapes for name in rule.names):
                return CheckpointKind("diffusion-model", rule.family)
        caption = shapes.get(f"{prefix}cap_embedder.1.weight")
        if caption is not None and _has(shapes, rf"^{re.escape(prefix)}noise_refiner\.0\."):
            return CheckpointKind("diffusion-model", "z-image" if caption[:1] == (3840,) else "lumina2")
    return None


def _unet(shapes: Shapes) -> CheckpointKind | None:
    if (
        _has(shapes, r"^(model\.diffusion_model\.)?input_blocks\.0\.0\.weight$")
        or {"down_blocks.0.resnets.0.norm1.weight", "conv_in.weight"} <= shapes.keys()
    ):
        return CheckpointKind("diffusion-model", _by_text_width(shapes, r"attn2\.to_k\.weight$"))
    return None


def _vae(shapes: Shapes) -> CheckpointKind | None:
    for prefix in ("", "first_stage_model.", "vae."):
        entry = shapes.get(f"{prefix}decoder.conv_in.weight")
        if entry is not None and f"{prefix}decoder.conv_out.weight" in shapes:
            channels = entry[1] if len(entry) > 1 else 0
            return CheckpointKind("vae", {4: "sd", 16: "flux", 32: "flux2"}.get(channels, ""))
    return None


def _text(shapes: Shapes) -> CheckpointKind | None:
    if _has(shapes, r"(^|\.)text_model\.encoder\.layers\.0\."):
        return CheckpointKind("text-encoder", "clip")
    if _has(shapes, r"(^|\.)encoder\.block\.0\.layer\.0\.SelfAttention\."):
        return CheckpointKind("text-encoder", "t5")
    return CheckpointKind("language-model") if _has(shapes, r"(^|\.)layers\.0\.self_attn\.q_proj\.weight$") else None


def _small(shapes: Shapes) -> CheckpointKind | None:
    if shapes.keys() >= MATTING:
        return CheckpointKind("matting", "birefnet")
    if shapes.keys() >= SHOT_DETECTOR:
        return CheckpointKind("shot-detector", "transnet")
    if {"clip_l", "clip_g"} <= shapes.keys():
        return CheckpointKind("embedding", "sdxl")
    if shapes.keys() <= {"emb_params", "clip_l", "clip_g"} and shapes:
        return CheckpointKind("embedding", TEXT_WIDTHS.get(next(iter(shapes.values()))[-1], "") if all(shapes.values()) else "")
    return CheckpointKind("upscaler") if any(shapes.keys() >= names for names in UPSCALERS) else None


def _by_text_width(shapes: Shapes, pattern: str) -> str:
    compiled = re.compile(pattern)
    widths = {shape[-1] for name, shape in shapes.items() if shape and compiled.search(name)}
    known = [TEXT_WIDTHS[width] for width in sorted(widths) if width in TEXT_WIDTHS]
    return known[0] if len(known) == 1 else ""


def _declared(metadata: Mapping[str, str]) -> str:
    """What the maker wrote into the file, where the tensors alone do not tell."""
    return family_named(f"{metadata.get('modelspec.architecture', '')} {metadata.get('ss_base_model_version', '')}")


def family_named(words: str) -> str:
    """The family that people's and trainers' words speak of ("SDXL 1.0", "flux-2-dev"); "" where none is known."""
    said = words.lower()
    for mark, family in (
        ("xl", "sdxl"),
        ("pony", "sdxl"),
        ("illustrious", "sdxl"),
        ("flux2", "flux2"),
        ("flux-2", "flux2"),
        ("flux.2", "flux2"),
        ("flux", "flux"),
        ("z-image", "z-image"),
        ("zimage", "z-image"),
        ("qwen-image", "qwen-image"),
        ("stable-diffusion-v2", "sd2"),
        ("sd_v2", "sd2"),
        ("v1", "sd15"),
        ("sd 1", "sd15"),
        ("wan", "wan"),
    ):
        if mark in said:
            return family
    return ""
