"""Fooocus, NovelAI, and texts in unusual places."""

from __future__ import annotations

import json
from typing import Any

from app.imaging.infotext.others import read_fooocus, read_novelai, read_plain
from tests.app.imaging.infotext.files import A1111


def test_fooocus() -> None:
    data = {
        "prompt": "a cat", "negative_prompt": "dog", "styles": "['Fooocus V2']", "steps": 30, "resolution": "(1152, 896)",
        "guidance_scale": 4,
        "base_model": "juggernautXL_v8", "base_model_hash": "aeb7", "lora_combined_1": "offset_lora : 0.1", "sampler": "dpmpp_2m_sde_gpu",
        "scheduler": "karras", "seed": "876", "metadata_scheme": "fooocus",
    }  # fmt: skip
    found: Any = read_fooocus({"parameters": json.dumps(data)})
    assert found.settings == {
        "prompt": "a cat", "negative": "dog", "steps": 30, "guidance": 4, "seed": 876, "sampler": "dpmpp_2m_sde_gpu", "schedule": "karras",
        "width": 1152, "height": 896,
    }  # fmt: skip
    assert (found.model, found.loras) == ("juggernautXL_v8", [{"name": "offset_lora", "weight": 0.1, "text_weight": None}])
    assert "styles" in found.notes[0]
    assert read_fooocus({"parameters": '{"other": 1}'}) is None
    assert read_fooocus({"parameters": A1111}) is None


def test_novelai() -> None:
    comment = {
        "prompt": "a fox",
        "uc": "lowres",
        "steps": 28,
        "scale": 5,
        "seed": 99,
        "width": 832,
        "height": 1216,
        "sampler": "k_euler_ancestral",
    }
    found: Any = read_novelai({"Software": "NovelAI", "Source": "NovelAI Diffusion V4", "Comment": json.dumps(comment)})
    assert found.settings["sampler"] == "k_euler_ancestral"
    assert found.settings["negative"] == "lowres"
    assert found.model == "NovelAI Diffusion V4"
    assert read_novelai({"Comment": "made with love"}) is None


def test_a_text_of_a1111_s_form_elsewhere() -> None:
    found: Any = read_plain({"Comment": A1111})
    assert found.settings["steps"] == 28
    assert read_plain({"Comment": "Steps: to success"}) is None
    assert read_plain({}) is None
