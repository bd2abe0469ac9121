"""What a folder brought by a person is for, from its configs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backends.folder_kinds import LEAST_WORKING, describe
from configs.errors import BadInput, BadMedia
from tests.backends.weights import safetensors


def folder(path: Path, files: dict[str, Any], dtype: str = "F16") -> Path:
    """Configs by name, and weights."""
    safetensors(path / "model.safetensors", {"w": (64, 64)}, dtype)
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("files", "task", "engine"),
    [
        ({"config.json": {"architectures": ["Qwen2ForCausalLM"], "max_position_embeddings": 32768}}, "chat", "transformers-chat"),
        (
            {"config.json": {"architectures": ["Qwen2_5_VLForConditionalGeneration"], "vision_config": {}}},
            "vision-chat", "transformers-vision",
        ),
        ({"config.json": {"architectures": ["XForImageTextToText"], "vision_config": {}}}, "vision-chat", "transformers-vision"),
        ({"modules.json": [], "config.json": {"architectures": ["BertModel"], "hidden_size": 384}}, "embedding", "sentence-embeddings"),
        ({"model_index.json": {"_class_name": "StableDiffusionXLPipeline"}}, "image", "diffusers-image"),
        ({"config.json": {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"]}}, "speech-to-text", "whisper"),
        ({"config.json": {"model_type": "dinov2", "hidden_size": 768}}, "image-features", "dinov2"),
        ({"config.json": {"model_type": "sam2_video"}}, "segmentation", "sam2"),
        ({"config.json": {"model_type": "depth_anything"}}, "depth", "depth-anything"),
        ({"config.json": {"model_type": "vitmatte"}}, "matting", "vitmatte"),
        ({"config.json": {"architectures": ["BiRefNet"], "auto_map": {"AutoConfig": "x.Y"}}}, "matting", "birefnet"),
    ],
)  # fmt: skip
def test_a_folder_is_known_by_its_configs(tmp_path: Path, files: dict[str, Any], task: str, engine: str) -> None:
    found = describe(folder(tmp_path / "m", files))
    assert (found.task, found.engine, found.dtype) == (task, engine, "fp16")
    assert found.weights_bytes == (tmp_path / "m/model.safetensors").stat().st_size
    assert found.working_bytes == LEAST_WORKING


def test_a_matting_network_is_a_model_by_itself(tmp_path: Path) -> None:
    names = ("bb.patch_embed.proj.weight", "squeeze_module.0.conv_in.weight", "decoder.conv_out1.0.weight")
    found = describe(safetensors(tmp_path / "lite.safetensors", dict.fromkeys(names, (2, 2))))
    assert (found.task, found.engine, found.family, found.files) == ("matting", "birefnet", "birefnet", ("lite.safetensors",))


def test_limits_are_read(tmp_path: Path) -> None:
    chat = describe(folder(tmp_path / "a", {"config.json": {"architectures": ["XForCausalLM"], "max_position_embeddings": 4096}}))
    assert chat.context_tokens == 4096
    inner = {"architectures": ["XForConditionalGeneration"], "vision_config": {}, "text_config": {"max_position_embeddings": 99}}
    assert describe(folder(tmp_path / "b", {"config.json": inner})).context_tokens == 99
    vectors = {"modules.json": [], "config.json": {"hidden_size": 384}, "sentence_bert_config.json": {"max_seq_length": 256}}
    found = describe(folder(tmp_path / "c", vectors))
    assert (found.context_tokens, found.dimensions) == (256, 384)
    odd = {"architectures": ["XForCausalLM"], "max_position_embeddings": True, "text_config": []}
    assert describe(folder(tmp_path / "d", {"config.json": odd})).context_tokens is None


def test_the_family_of_a_pipeline_is_told(tmp_path: Path) -> None:
    assert describe(folder(tmp_path / "a", {"model_index.json": {"_class_name": "StableDiffusionXLPipeline"}})).family == "sdxl"
    assert describe(folder(tmp_path / "b", {"model_index.json": {"_class_name": "FluxPipeline"}})).family == ""


def test_only_data_is_kept(tmp_path: Path) -> None:
    path = folder(tmp_path / "m", {"config.json": {"architectures": ["XForCausalLM"]}, ".cache/x.json": {}})
    for name in ("modeling.py", "pytorch_model.bin", "run.sh"):
        (path / name).write_text("x")
    assert describe(path).files == ("config.json", "model.safetensors")


@pytest.mark.parametrize(
    "config", [{}, {"architectures": ["BertForMaskedLM"]}, {"model_type": "odd"}, {"architectures": ["XForConditionalGeneration"]}]
)
def test_a_kind_no_engine_knows_is_said(tmp_path: Path, config: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="of a kind no engine here knows"):
        describe(folder(tmp_path / "m", {"config.json": config}))


def test_a_damaged_config_is_as_none(tmp_path: Path) -> None:
    path = folder(tmp_path / "m", {})
    (path / "config.json").write_text("{")
    with pytest.raises(BadInput, match="nothing that tells"):
        describe(path)


def test_weights_that_are_only_pickles_are_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BadMedia, match=r"only as pytorch_model\.bin, which is a pickle") as refused:
        describe(tmp_path)
    assert refused.value.code == "pickle"


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path / "m", {"model.safetensors.index.json": {"weight_map": {"a": "model-00002.safetensors"}}})
    with pytest.raises(BadMedia, match=r"not complete: model-00002\.safetensors"):
        describe(path)


def test_a_damaged_file_among_them_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path / "m", {"config.json": {"architectures": ["XForCausalLM"]}})
    (path / "other.safetensors").write_bytes(b"nothing")
    with pytest.raises(BadMedia, match=r"other\.safetensors is no whole safetensors file"):
        describe(path)
