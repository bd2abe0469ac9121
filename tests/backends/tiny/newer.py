"""Tiny models of the newer Qwen lines, which see as well: Qwen 3 VL, and Qwen 3.5 with its linear attention."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.backends.tiny import words
from tests.backends.tiny.models import QWEN_TEXT, _save, _spread

EYE = {
    "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "patch_size": 16, "spatial_merge_size": 2, "temporal_patch_size": 2,
    "out_hidden_size": 64, "num_position_embeddings": 64,
}  # fmt: skip


def save_qwen3_vl(folder: Path) -> Path:
    """Qwen 3 VL: what the eye sees enters several layers."""
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3], "mrope_interleaved": True}
    eye = {**EYE, "depth": 3, "deepstack_visual_indexes": [0, 1]}
    return _build(folder, Qwen3VLConfig, Qwen3VLForConditionalGeneration, {"rope_parameters": rope}, eye)


def save_qwen3_5(folder: Path) -> Path:
    """Qwen 3.5: every other layer remembers in a state of fixed size instead of keys and values."""
    from transformers.models.qwen3_5 import Qwen3_5Config, Qwen3_5ForConditionalGeneration

    rope = {
        "rope_type": "default",
        "rope_theta": 10000.0,
        "mrope_section": [1, 1, 2],
        "mrope_interleaved": True,
        "partial_rotary_factor": 0.5,
    }
    text = {
        "num_hidden_layers": 4, "layer_types": ["linear_attention", "full_attention"] * 2, "linear_key_head_dim": 16,
        "linear_value_head_dim": 16, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "rope_parameters": rope,
    }  # fmt: skip
    return _build(folder, Qwen3_5Config, Qwen3_5ForConditionalGeneration, text, {**EYE, "depth": 2})


def _build(folder: Path, config_class: Any, model_class: Any, text: dict[str, Any], eye: dict[str, Any]) -> Path:
    import torch
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    tokenizer = words.tokenizer(words.SIGHT)
    name = tokenizer.convert_tokens_to_ids
    ends = {"vocab_size": len(tokenizer) + 8, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    config = config_class(
        text_config={**QWEN_TEXT, "head_dim": 16, **ends, **text}, vision_config=eye, image_token_id=name("<|image_pad|>"),
        video_token_id=name("<|video_pad|>"), vision_start_token_id=name("<|vision_start|>"), vision_end_token_id=name("<|vision_end|>"),
        tie_word_embeddings=False,
    )  # fmt: skip
    torch.manual_seed(24)
    _save(_spread(model_class(config)), tokenizer, folder)
    Qwen2VLImageProcessorPil(min_pixels=32 * 32, max_pixels=32 * 32 * 36, patch_size=16).save_pretrained(folder)
    settings = json.loads((folder / "preprocessor_config.json").read_text())
    settings["image_processor_type"] = "Qwen2VLImageProcessorFast"  # as the downloads have it
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return folder
