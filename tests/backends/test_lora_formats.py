"""Formats of LoRAs by their tensors' names."""

from __future__ import annotations

import pytest

from backends.lora_formats import format_of, has_text_parts, rank_of


@pytest.mark.parametrize(
    ("names", "name", "usable"),
    [
        (["x.lora_down.weight", "x.lora_up.weight", "x.alpha"], "LoRA", True),
        (["x.lora_A.default.weight"], "LoRA", True),
        (["x.lora_down.weight", "x.lora_mid.weight"], "LoCon", True),
        (["x.lora_down.weight", "y.hada_w1_a"], "LoHa", True),
        (["x.lokr_w1", "x.lokr_w2_a"], "LoKr", True),
        (["x.diff", "x.diff_b"], "full difference", True),
        (["x.lora_down.weight", "x.dora_scale"], "DoRA", False),
        (["x.lora_magnitude_vector.weight", "x.lora_A.weight"], "DoRA", False),
        (["x.oft_blocks", "y.lora_down.weight"], "OFT", False),
        (["x.weight", "x.on_input"], "IA3", False),
        (["x.a1.weight", "x.b2.weight"], "GLoRA", False),
        (["x.weight"], "unknown", False),
        ([], "unknown", False),
    ],
)
def test_formats(names: list[str], name: str, usable: bool) -> None:
    found = format_of(names)
    assert (found.name, not found.trouble) == (name, usable)


def test_the_largest_rank() -> None:
    shapes = {"x.lora_down.weight": (8, 320), "y.lora_A.weight": (16, 64, 3, 3), "y.lora_B.weight": (64, 16), "x.alpha": ()}
    assert rank_of(shapes) == 16
    assert rank_of({"x.lokr_w1": (4, 4)}) is None
    assert rank_of({"x.hada_w1_a": (320, 4), "x.hada_w1_b": (4, 640)}) == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [("lora_te1_x", True), ("lora_te_x", True), ("text_encoder_2.x", True), ("lora_unet_text_x", False), ("unet.text_encoder", False)],
)
def test_text_parts(name: str, text: bool) -> None:
    assert has_text_parts(["lora_unet_x", name]) is text
