"""Which files a variant needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backends.patterns import choose, holds, matches, missing_shards, unmet


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("model.safetensors", "*.safetensors", True),
        ("unet/model.safetensors", "*.safetensors", False),
        ("unet/model.safetensors", "*/*.safetensors", True),
        ("a/b/model.safetensors", "**.safetensors", True),
        ("unet/config.json", "unet/*", True),
        ("unet/deep/config.json", "unet/*", False),
        ("modelXsafetensors", "model.safetensors", False),
        ("unet/model.fp16.safetensors", "*/*.fp16.safetensors", True),
    ],
)
def test_a_star_stays_within_a_folder(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, [pattern]) is expected


def test_what_is_meant_is_chosen_in_order() -> None:
    assert choose(["b.json", "a.json", "c.bin", "onnx/a.json"], ["*.json"]) == ["a.json", "b.json"]


def test_weights_and_folders_must_be_met_and_words_need_not() -> None:
    patterns = ["*.json", "*.safetensors", "*.jinja", "vae/*"]
    assert unmet(["config.json"], patterns) == ["*.safetensors", "vae/*"]
    assert unmet(["model.safetensors", "vae/x"], patterns) == []


def test_an_index_names_its_shards(tmp_path: Path) -> None:
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "model-1.safetensors").write_bytes(b"x")
    assert missing_shards(tmp_path) == ["model-2.safetensors"]
    assert not holds(tmp_path, ["*.safetensors"])
    (tmp_path / "model-2.safetensors").write_bytes(b"x")
    assert holds(tmp_path, ["*.safetensors"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weight_map": 3}', "not json"])
def test_a_strange_index_names_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(text)
    assert missing_shards(tmp_path) == []


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert not holds(tmp_path, ["*.json"])
