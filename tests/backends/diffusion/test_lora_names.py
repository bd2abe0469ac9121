"""Names of tensors are understood, whoever wrote them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from backends.diffusion.lora_names import components, first_code_paths, layers_by_name, split


@pytest.mark.parametrize(
    ("name", "layer", "part"),
    [
        ("lora_unet_mid_block_x.lora_down.weight", "lora_unet_mid_block_x", "down"),
        ("lora_unet_mid_block_x.alpha", "lora_unet_mid_block_x", "alpha"),
        ("unet.a.b.to_q.lora_A.weight", "unet.a.b.to_q", "down"),
        ("unet.a.b.to_q.lora_B.default.weight", "unet.a.b.to_q", "up"),
        ("unet.a.b.to_q.lora.up.weight", "unet.a.b.to_q", "up"),
        ("text_encoder.x.q_proj.lora_linear_layer.down.weight", "text_encoder.x.q_proj", "down"),
        ("unet.a.attn1.processor.to_q_lora.down.weight", "unet.a.attn1.to_q", "down"),
        ("unet.a.attn1.processor.to_out_lora.up.weight", "unet.a.attn1.to_out.0", "up"),
        ("lora_unet_x.hada_w1_a", "lora_unet_x", "w1_a"),
        ("transformer.x.lokr_w2", "transformer.x", "k2"),
        ("lora_unet_x.lora_mid.weight", "lora_unet_x", "mid"),
        ("lora_unet_x.diff_b", "lora_unet_x", "diff_b"),
        ("model.layers.0.weight", "", ""),
        ("alpha", "", ""),
    ],
)
def test_every_trainers_names(name: str, layer: str, part: str) -> None:
    assert split(name) == (layer, part)


@pytest.mark.parametrize(
    ("path", "old"),
    [
        ("conv_in", ["input_blocks.0.0"]),
        ("time_embedding.linear_2", ["time_embed.2"]),
        ("add_embedding.linear_1", ["label_emb.0.0"]),
        ("down_blocks.0.resnets.0.conv1", ["input_blocks.1.0.in_layers.2"]),
        ("down_blocks.1.attentions.0.proj_in", ["input_blocks.4.1.proj_in"]),
        ("down_blocks.2.attentions.1.transformer_blocks.3.attn2.to_k", ["input_blocks.8.1.transformer_blocks.3.attn2.to_k"]),
        ("down_blocks.0.downsamplers.0.conv", ["input_blocks.3.0.op"]),
        ("mid_block.resnets.1.time_emb_proj", ["middle_block.2.emb_layers.1"]),
        ("mid_block.attentions.0.norm", ["middle_block.1.norm"]),
        ("up_blocks.0.attentions.2.proj_out", ["output_blocks.2.1.proj_out"]),
        ("up_blocks.1.resnets.0.conv_shortcut", ["output_blocks.3.0.skip_connection"]),
        ("up_blocks.0.upsamplers.0.conv", ["output_blocks.2.1.conv", "output_blocks.2.2.conv"]),
        ("encoder_hid_proj", []),
    ],
)
def test_blocks_of_the_first_code(path: str, old: list[str]) -> None:
    assert first_code_paths(path, 2) == old


class Layer:
    weight = 1


class Tree:
    """Modules by path."""

    def __init__(self, *paths: str) -> None:
        self.paths, self.config = paths, SimpleNamespace(layers_per_block=2)

    def named_modules(self) -> list[tuple[str, object]]:
        return [("", object()), *((path, Layer()) for path in self.paths)]


def test_a_layer_has_all_its_names() -> None:
    named = layers_by_name("unet", Tree("down_blocks.1.attentions.0.proj_in"))
    assert set(named) == {
        "lora_unet_down_blocks_1_attentions_0_proj_in", "unet.down_blocks.1.attentions.0.proj_in", "lora_unet_input_blocks_4_1_proj_in",
        "unet.input_blocks.4.1.proj_in",
    }  # fmt: skip
    assert set(named.values()) == {("down_blocks.1.attentions.0.proj_in",)}


@pytest.mark.parametrize("path", ["encoder.layers.0.mlp.fc1", "text_model.encoder.layers.0.mlp.fc1"])
def test_text_encoders_of_older_and_newer_libraries(path: str) -> None:
    named = layers_by_name("text_encoder_2", Tree(path))
    assert named["lora_te2_text_model_encoder_layers_0_mlp_fc1"] == (path,)
    assert named["text_encoder_2.text_model.encoder.layers.0.mlp.fc1"] == (path,)
    assert "lora_te1_text_model_encoder_layers_0_mlp_fc1" not in named


def test_queries_keys_and_values_in_one() -> None:
    named = layers_by_name("transformer", Tree("blocks.0.attn.to_q", "blocks.0.attn.to_k", "blocks.0.attn.add_q_proj"))
    assert named["transformer.blocks.0.attn.to_qkv"] == tuple(f"blocks.0.attn.to_{part}" for part in "qkv")
    assert named["transformer.blocks.0.attn.to_added_qkv"][0] == "blocks.0.attn.add_q_proj"


def test_the_parts_of_a_pipeline() -> None:
    pipe = SimpleNamespace(unet=1, text_encoder=2, text_encoder_2=None, vae=3)
    assert [name for name, _ in components(pipe)] == ["unet", "text_encoder"]
