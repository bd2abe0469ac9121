"""InvokeAI through its ages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.imaging.infotext.invokeai import parted_prompt, read_invokeai
from tests.app.imaging.infotext.files import INVOKE


def read(**texts: Any) -> Any:
    return read_invokeai({name.replace("__", "-"): value if isinstance(value, str) else json.dumps(value) for name, value in texts.items()})


def test_version_4_and_later() -> None:
    found = read(invokeai_metadata=INVOKE)
    assert found.source == "InvokeAI"
    assert found.settings == {
        "prompt": "a lighthouse", "negative": "people", "width": 1152, "height": 896, "seed": 42, "guidance": 7.5, "steps": 30,
        "sampler": "dpmpp_2m", "schedule": "karras",
    }  # fmt: skip
    assert found.model == "Juggernaut XL v9"
    assert found.loras == [{"name": "sea-salt", "weight": 0.65, "text_weight": None}]
    assert len(found.notes) == 2
    assert "ControlNets" in found.notes[0]


def test_version_3_names_models_otherwise() -> None:
    old = {
        "positive_prompt": "x", "model": {"model_name": "dream", "base_model": "sd-1", "model_type": "main"}, "clip_skip": 1,
        "loras": [{"lora": {"model_name": "ink", "base_model": "sd-1"}, "weight": 0.5}], "generation_mode": "img2img", "strength": 0.4,
        "scheduler": "euler_a",
    }  # fmt: skip
    found = read(invokeai_metadata=old)
    assert found.model == "dream"
    assert found.loras[0]["name"] == "ink"
    assert found.settings["clip_skip"] == 2
    assert found.settings["strength"] == 0.4
    assert "another picture" in found.notes[0]


def test_version_2() -> None:
    found = read(sd__metadata={
        "model": "stable diffusion", "model_weights": "sd-1.5", "model_hash": "cc6c",
        "image": {"prompt": [{"prompt": "a barn [people] at dusk", "weight": 1}], "steps": 50, "cfg_scale": 7.5,
        "height": 512, "width": 640,
                  "seed": 9, "sampler": "k_euler_a", "type": "txt2img"},
    })  # fmt: skip
    assert found.settings == {
        "prompt": "a barn at dusk", "negative": "people", "width": 640, "height": 512, "steps": 50, "guidance": 7.5, "seed": 9,
        "sampler": "k_euler_a",
    }  # fmt: skip
    assert (found.model, found.model_hash) == ("sd-1.5", "cc6c")


def test_version_1_is_a_command_line() -> None:
    found = read(Dream='"a barn, [blur]" -s 50 -S 3221 -W512 -H 448 -C7.5 -A k_lms')
    assert found.settings == {
        "prompt": "a barn,", "negative": "blur", "steps": 50, "seed": 3221, "width": 512, "height": 448, "guidance": 7.5,
        "sampler": "k_lms",
    }  # fmt: skip


@pytest.mark.parametrize(
    "texts",
    [
        {}, {"invokeai_metadata": "not json"}, {"invokeai_metadata": "[]"}, {"sd__metadata": "{}"}, {"sd__metadata": '{"image": []}'},
        {"Dream": '"unclosed'}, {"Dream": ""}, {"Dream": "only words here"},
    ],
)  # fmt: skip
def test_what_is_not_of_it(texts: dict[str, str]) -> None:
    assert read(**texts) is None


def test_shapes_that_nobody_writes_are_survived() -> None:
    found = read(
        invokeai_metadata={"positive_prompt": ["x"], "model": 3, "loras": [1, {"model": []}], "scheduler": {}, "seed": "?", "steps": [1]}
    )
    assert found.model == ""
    assert found.loras == []
    assert "seed" not in found.settings


def test_square_brackets_are_what_is_not_wanted() -> None:
    assert parted_prompt("a [b] c [d, e]") == ("a c", "b, d, e")
    assert parted_prompt("nothing") == ("nothing", "")
