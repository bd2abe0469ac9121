"""What a single file is for, from the names and shapes of its tensors as the makers of such files write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.checkpoint import read_header
from backends.checkpoint_kinds import CheckpointKind, recognise
from tests.backends.weights import encode, header_of, safetensors

Shape = tuple[int, ...]
E: Shape = (0,)

FILES: list[tuple[str, str, dict[str, Shape]]] = [
    ("checkpoint", "sdxl", {"model.diffusion_model.input_blocks.0.0.weight": E, "conditioner.embedders.1.model.ln_final.weight": E,
                            "first_stage_model.decoder.conv_in.weight": (1, 4, 0)}),
    ("checkpoint", "sd15", {"model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (1, 768),
                            "cond_stage_model.transformer.text_model.x": E, "first_stage_model.decoder.conv_in.weight": E}),
    ("checkpoint", "sd2", {"model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (1, 1024),
                           "cond_stage_model.model.transformer.resblocks.0.x": E}),
    ("checkpoint", "flux", {"model.diffusion_model.double_blocks.0.img_attn.qkv.weight": E, "vae.decoder.conv_in.weight": E,
                            "model.diffusion_model.single_blocks.0.linear1.weight": E}),
    ("checkpoint", "sd3", {"model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight": E, "first_stage_model.x": E}),
    ("diffusion-model", "flux", {"double_blocks.0.img_attn.qkv.weight": E, "single_blocks.0.linear1.weight": E}),
    ("diffusion-model", "flux", {"single_transformer_blocks.0.proj_mlp.weight": E,
                                 "time_text_embed.timestep_embedder.linear_1.weight": E}),
    ("diffusion-model", "flux2", {"model.diffusion_model.double_stream_modulation_img.lin.weight": E,
                                  "model.diffusion_model.double_blocks.0.img_attn.qkv.weight": E}),
    ("diffusion-model", "z-image", {"noise_refiner.0.attention.qkv.weight": E, "cap_embedder.1.weight": (3840, 1)}),
    ("diffusion-model", "lumina2", {"diffusion_model.noise_refiner.0.x": E, "diffusion_model.cap_embedder.1.weight": (2304, 1)}),
    ("diffusion-model", "qwen-image", {"transformer_blocks.0.img_mlp.net.0.proj.weight": E, "txt_norm.weight": E}),
    ("diffusion-model", "wan", {"blocks.0.cross_attn.q.weight": E, "patch_embedding.weight": E, "head.modulation": E}),
    ("diffusion-model", "ltx", {"patchify_proj.weight": E, "transformer_blocks.0.scale_shift_table": E}),
    ("diffusion-model", "sdxl", {"down_blocks.0.resnets.0.norm1.weight": E, "conv_in.weight": E,
                                 "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight": (1, 2048)}),
    ("lora", "sdxl", {"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": E}),
    ("lora", "sdxl", {"lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight": (1, 2048)}),
    ("lora", "sd15", {"lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight": (1, 768)}),
    ("lora", "flux", {"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": E}),
    ("lora", "flux", {"lora_unet_double_blocks_0_img_attn_proj.lora_down.weight": E}),
    ("lora", "wan", {"diffusion_model.blocks.0.cross_attn.q.lora_A.weight": E}),
    ("lora", "", {"lora_unet_x.hada_w1_a": E}),
    ("controlnet", "sdxl", {"controlnet_cond_embedding.conv_in.weight": E,
                            "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight": (1, 2048)}),
    ("controlnet", "sd15", {"control_model.input_blocks.0.0.weight": E,
                            "control_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (1, 768)}),
    ("controlnet", "flux", {"controlnet_x_embedder.weight": E, "transformer_blocks.0.x": E}),
    ("ip-adapter", "sdxl", {"ip_adapter.1.to_k_ip.weight": (1, 2048), "image_proj.proj.weight": E}),
    ("vae", "sd", {"decoder.conv_in.weight": (1, 4, 0), "decoder.conv_out.weight": E, "encoder.conv_in.weight": E}),
    ("vae", "flux", {"decoder.conv_in.weight": (1, 16, 0), "decoder.conv_out.weight": E}),
    ("vae", "sd", {"first_stage_model.decoder.conv_in.weight": (1, 4, 0), "first_stage_model.decoder.conv_out.weight": E}),
    ("text-encoder", "clip", {"text_model.encoder.layers.0.mlp.fc1.weight": E}),
    ("text-encoder", "t5", {"encoder.block.0.layer.0.SelfAttention.q.weight": E}),
    ("language-model", "", {"model.layers.0.self_attn.q_proj.weight": E}),
    ("embedding", "sdxl", {"clip_l": (1, 768), "clip_g": (1, 1280)}),
    ("embedding", "sd15", {"emb_params": (4, 768)}),
    ("upscaler", "", {"conv_first.weight": E}),
    ("upscaler", "", {"body.0.weight": E, "body.1.weight": E}),
    ("upscaler", "", {"conv_1.sk.weight": E, "conv_cat.weight": E}),
    ("upscaler", "", {"feats.0.weight": E, "feats.1.refine.weight": E}),
    ("unknown", "", {"body.0.weight": E}),
    ("matting", "birefnet", {"bb.patch_embed.proj.weight": E, "squeeze_module.0.conv_in.weight": E, "decoder.conv_out1.0.weight": E}),
    ("shot-detector", "transnet", {"SDDCNN.0.DDCNN.0.Conv3D_1.layers.0.weight": E, "frame_sim_layer.fc.weight": E, "cls_layer1.weight": E}),
    ("unknown", "", {"something.else": E}),
    ("unknown", "", {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "family", "tensors"), FILES, ids=[f"{n}-{kind}-{family}" for n, (kind, family, _) in enumerate(FILES)])
def test_a_file_is_recognised(tmp_path: Path, kind: str, family: str, tensors: dict[str, Shape]) -> None:
    header = read_header(safetensors(tmp_path / "x.safetensors", tensors))
    assert recognise(header) == CheckpointKind(kind, family)


@pytest.mark.parametrize(
    ("metadata", "family"),
    [
        ({"modelspec.architecture": "stable-diffusion-xl-v1-base/lora"}, "sdxl"),
        ({"ss_base_model_version": "sdxl_base_v1-0"}, "sdxl"),
        ({"modelspec.architecture": "flux-1-dev/lora"}, "flux"),
        ({"ss_base_model_version": "sd_v1"}, "sd15"),
        ({"ss_base_model_version": "sd_v2"}, "sd2"),
        ({}, ""),
    ],
)
def test_what_the_maker_wrote_helps_where_the_tensors_do_not_tell(tmp_path: Path, metadata: dict[str, str], family: str) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(encode({"__metadata__": metadata, **header_of({"lora_unet_x.lokr_w1": (0,)})}, 0))
    assert recognise(read_header(path)) == CheckpointKind("lora", family)


def test_an_adapter_is_not_taken_for_the_model_it_adapts(tmp_path: Path) -> None:
    names = {f"model.layers.{n}.self_attn.q_proj.lora_A.weight": E for n in range(3)}
    assert recognise(read_header(safetensors(tmp_path / "x.safetensors", names))).kind == "lora"
