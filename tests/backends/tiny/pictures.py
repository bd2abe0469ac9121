"""Tiny models for pictures with random weights, laid out as a download lies on the disk; what they paint is noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backends.families import END, START, byte_letters
from tests.backends.tiny import words
from tests.backends.tiny.models import QWEN_TEXT

TEXTS = (32, 48)  # widths of the two CLIPs
WIDE = sum(TEXTS)  # SDXL reads both, one beside the other
WIDTHS = (16, 32, 32)
GROUPS = 8
# As SDXL's in everything but its widths: adapters of other programs name its blocks.
UNET = {
    "sample_size": 8, "in_channels": 4, "out_channels": 4, "block_out_channels": WIDTHS, "layers_per_block": 2, "norm_num_groups": GROUPS,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"), "transformer_layers_per_block": [1, 1, 2],
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), "attention_head_dim": [2, 2, 4],
    "use_linear_projection": True, "cross_attention_dim": WIDE, "addition_embed_type": "text_time", "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 6 * 8 + TEXTS[1],
}  # fmt: skip
VAE = {
    "block_out_channels": [8, 8, 16, 16], "down_block_types": ["DownEncoderBlock2D"] * 4, "up_block_types": ["UpDecoderBlock2D"] * 4,
    "norm_num_groups": 4, "layers_per_block": 1, "sample_size": 64,
}  # fmt: skip
SCHEDULE = {
    "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "timestep_spacing": "leading", "steps_offset": 1,
}  # fmt: skip


def save_sdxl(folder: Path, **unet: Any) -> Path:
    """Stable Diffusion XL as a folder of the hub: 0.9 million parameters, pictures of 64 x 64 in milliseconds a step."""
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

    _seed(30)
    pipe = StableDiffusionXLPipeline(
        vae=_spread(AutoencoderKL(**VAE, latent_channels=4, scaling_factor=0.13025)),
        text_encoder=_clip(projected=False),
        text_encoder_2=_clip(projected=True),
        tokenizer=_clip_tokenizer(folder / "tokenizer", END),
        tokenizer_2=_clip_tokenizer(folder / "tokenizer_2", "!"),
        unet=_spread(UNet2DConditionModel(**{**UNET, **unet})),
        scheduler=EulerDiscreteScheduler(**SCHEDULE),
        force_zeros_for_empty_prompt=True,
    )
    pipe.save_pretrained(folder)
    return folder


def save_flux2(folder: Path) -> Path:
    """FLUX.2 klein: reads the 9th, 18th and 27th layer of a small Qwen 3."""
    from diffusers import AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux2KleinPipeline, Flux2Transformer2DModel

    _seed(31)
    tokenizer = words.tokenizer()
    transformer = Flux2Transformer2DModel(
        in_channels=16, num_layers=2, num_single_layers=2, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=3 * 16,
        timestep_guidance_channels=32, axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False,
    )  # fmt: skip
    pipe = Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True),
        vae=_spread(AutoencoderKLFlux2(**VAE, latent_channels=4)),
        text_encoder=_qwen3(tokenizer, layers=28, width=16),
        tokenizer=tokenizer,
        transformer=_spread(transformer),
        is_distilled=True,
    )
    pipe.save_pretrained(folder)
    return folder


def save_zimage(folder: Path) -> Path:
    """Z-Image: one stream of words and picture, after two refiners."""
    from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, ZImagePipeline, ZImageTransformer2DModel

    _seed(32)
    tokenizer = words.tokenizer()
    transformer = ZImageTransformer2DModel(
        in_channels=4, dim=64, n_layers=2, n_refiner_layers=1, n_heads=4, n_kv_heads=4, cap_feat_dim=64, axes_dims=[4, 6, 6],
        axes_lens=[1024, 64, 64],
    )  # fmt: skip
    pipe = ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=_spread(AutoencoderKL(**VAE, latent_channels=4, scaling_factor=0.3611, shift_factor=0.1159)),
        text_encoder=_qwen3(tokenizer, layers=3, width=64),
        tokenizer=tokenizer,
        transformer=_spread(transformer),
    )
    pipe.save_pretrained(folder)
    return folder


def save_controlnet(path: Path, union: bool = False) -> Path:
    """A ControlNet for `save_sdxl`: a folder as of the hub, or one file where ``path`` ends in .safetensors."""
    from diffusers import ControlNetModel, ControlNetUnionModel

    _seed(33)
    shared = {key: value for key, value in UNET.items() if key not in ("sample_size", "out_channels", "up_block_types")}
    shared["conditioning_embedding_out_channels"] = (4, 4, 8, 8)
    net = (
        ControlNetUnionModel(**shared, num_control_type=6, num_trans_channel=WIDTHS[0], num_proj_channel=WIDTHS[0], num_trans_head=2)
        if union
        else None
    )
    _save_module(_spread(net if net is not None else ControlNetModel(**shared)), path)
    return path


def save_ip_adapter(folder: Path) -> Path:
    """An IP-Adapter for `save_sdxl` with the eye that it needs: ``ip-adapter_sdxl.safetensors`` and ``image_encoder/``."""
    import torch
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    _seed(34)
    eye = CLIPVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8, projection_dim=24
    )
    CLIPVisionModelWithProjection(eye).save_pretrained(folder / "image_encoder")
    tokens, width = 4, WIDE
    tensors = {
        "image_proj.proj.weight": torch.randn(tokens * width, eye.projection_dim) * 0.3,
        "image_proj.proj.bias": torch.zeros(tokens * width),
        "image_proj.norm.weight": torch.ones(width),
        "image_proj.norm.bias": torch.zeros(width),
    }
    unet = UNet2DConditionModel(**UNET)
    crossed = [name.removesuffix(".processor") for name in unet.attn_processors if "attn2" in name]
    for place, name in enumerate(crossed):
        inner = unet.get_submodule(name).to_k.out_features
        for part in ("k", "v"):
            tensors[f"ip_adapter.{2 * place + 1}.to_{part}_ip.weight"] = torch.randn(inner, width) * 0.3
    save_file(tensors, folder / "ip-adapter_sdxl.safetensors")
    return folder


# kohya's names of linear layers, and the sizes that go in and out
LORA_BLOCKS = {"input_blocks_4_1": WIDTHS[1], "input_blocks_7_1": WIDTHS[2], "middle_block_1": WIDTHS[2], "output_blocks_3_1": WIDTHS[1]}
LORA_UNET = {
    f"lora_unet_{block}_transformer_blocks_0_{part}": (inward or width, width)
    for block, width in LORA_BLOCKS.items()
    for part, inward in (("attn1_to_q", 0), ("attn1_to_out_0", 0), ("attn2_to_k", WIDE), ("attn2_to_v", WIDE))
}
LORA_TEXT = {
    f"lora_te{number}_text_model_encoder_layers_{layer}_{part}": size
    for number, width in enumerate(TEXTS, 1)
    for layer in (0, 1)
    for part, size in (("self_attn_q_proj", (width, width)), ("self_attn_v_proj", (width, width)), ("mlp_fc1", (width, 2 * width)))
}


def save_lora(path: Path, text: bool = False, *, rank: int = 4, seed: int = 35, strength: float = 0.5) -> Path:
    """A LoRA for `save_sdxl` in kohya's names, as A1111 and its training scripts write them; with ``text`` for the CLIPs as well."""
    import torch
    from safetensors.torch import save_file

    _seed(seed)
    tensors = {}
    for name, (inward, outward) in {**LORA_UNET, **(LORA_TEXT if text else {})}.items():
        tensors[f"{name}.lora_down.weight"] = torch.randn(rank, inward) * strength
        tensors[f"{name}.lora_up.weight"] = torch.randn(outward, rank) * strength
        tensors[f"{name}.alpha"] = torch.tensor(float(rank) / 2)
    tags = {"10_luca": {"luca boy": 20, "red scarf": 12, "smiling": 3}}
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {
        "ss_base_model_version": "sdxl_base_v1-0", "ss_output_name": path.stem, "ss_network_dim": str(rank),
        "ss_network_alpha": str(rank / 2), "ss_tag_frequency": json.dumps(tags),
        "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
    }  # fmt: skip
    save_file(tensors, path, metadata)
    return path


def save_embedding(path: Path, vectors: int = 2) -> Path:
    """A textual inversion for `save_sdxl`."""
    import torch
    from safetensors.torch import save_file

    _seed(36)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: torch.randn(vectors, width) for name, width in zip(("clip_l", "clip_g"), TEXTS, strict=True)}, path)
    return path


def _seed(number: int) -> None:
    import torch

    torch.set_num_threads(1)  # for models this small, threads that wait for one another cost more than they bring
    torch.manual_seed(number)


def _spread(model: Any) -> Any:
    """Weights that let every input show in the picture: some layers begin at nought, others hardly differ from it."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1 and not weight.any():
                weight.normal_(0, 0.2)
            elif "attn" in name and weight.dim() == 2:
                weight.normal_(0, 0.3)
    return model.eval()


def _clip(projected: bool) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    width = TEXTS[projected]
    config = CLIPTextConfig(
        vocab_size=514, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=3, num_attention_heads=2, projection_dim=width,
        hidden_act="gelu" if projected else "quick_gelu", bos_token_id=0, eos_token_id=2, pad_token_id=1,
    )  # fmt: skip
    return _spread((CLIPTextModelWithProjection if projected else CLIPTextModel)(config))


def _clip_tokenizer(folder: Path, fill: str) -> Any:
    """CLIP's tokenizer without its merges: every letter is a token."""
    from transformers import CLIPTokenizer

    letters = byte_letters()
    tokens = [*letters, *(letter + "</w>" for letter in letters), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    settings = {
        "tokenizer_class": "CLIPTokenizer", "bos_token": START, "eos_token": END, "unk_token": END, "pad_token": fill,
        "model_max_length": 77,
        "do_lower_case": True, "add_prefix_space": False, "errors": "replace",
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return CLIPTokenizer.from_pretrained(folder)


def _qwen3(tokenizer: Any, layers: int, width: int) -> Any:
    from transformers import Qwen3Config, Qwen3ForCausalLM

    sizes = {**QWEN_TEXT, "hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": layers, "num_attention_heads": 2}
    config = Qwen3Config(
        **{**sizes, "num_key_value_heads": 1}, head_dim=8, vocab_size=len(tokenizer) + 8, pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id, bos_token_id=None, tie_word_embeddings=True,
    )  # fmt: skip
    return Qwen3ForCausalLM(config).eval()


def _save_module(module: Any, path: Path) -> None:
    from safetensors.torch import save_file

    if path.suffix == ".safetensors":
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.contiguous() for name, tensor in module.state_dict().items()}, path)
    else:
        module.save_pretrained(path)
