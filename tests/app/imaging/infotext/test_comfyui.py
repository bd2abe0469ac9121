"""ComfyUI's graphs are followed from the sampler back, and never run."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app.imaging.infotext.comfyui import MOST_NODES, read_comfyui
from tests.app.imaging.infotext.files import COMFY, FLUX, WORKFLOW


def read(graph: Any, name: str = "prompt") -> Any:
    return read_comfyui({name: json.dumps(graph)})


def changed(**nodes: Any) -> dict[str, Any]:
    graph = copy.deepcopy(dict(COMFY))
    for name, inputs in nodes.items():
        graph[name.strip("n")]["inputs"] |= inputs
    return graph


def test_a_graph_of_checkpoint_loras_and_a_sampler() -> None:
    found = read(COMFY)
    assert found.source == "ComfyUI"
    assert found.settings == {
        "seed": 156680208700286, "steps": 20, "guidance": 8.0, "sampler": "dpmpp_2m", "schedule": "karras",
        "prompt": "a glass bottle, galaxy",
        "negative": "text, watermark", "width": 896, "height": 1152,
    }  # fmt: skip
    assert found.model == "sdxl/sd_xl_base_1.0.safetensors"
    assert [(row["name"], row["weight"], row["text_weight"]) for row in found.loras] == [
        ("first.safetensors", 0.7, 0.5), ("second.safetensors", 1.0, None),
    ]  # fmt: skip
    assert found.notes == []


def test_a_graph_of_parts() -> None:
    found = read(FLUX)
    assert found.settings == {
        "seed": 219670278747233, "steps": 24, "sampler": "euler", "schedule": "simple", "prompt": "a fennec fox", "width": 1024,
        "height": 1024, "guidance": 3.5,
    }  # fmt: skip
    assert found.model == "flux1-dev.safetensors"


def test_the_drawing_alone() -> None:
    found = read(WORKFLOW, "workflow")
    assert found.settings == {
        "seed": 77, "steps": 25, "guidance": 5.5, "sampler": "euler_ancestral", "schedule": "normal", "prompt": "a red door",
        "negative": "fog", "width": 640, "height": 384,
    }  # fmt: skip
    assert found.model == "dream.safetensors"
    assert "drawn workflow" in found.notes[0]


def test_of_two_samplers_the_first_made_the_picture() -> None:
    graph = changed()
    graph["20"] = {"class_type": "KSampler", "inputs": {**graph["3"]["inputs"], "seed": 1, "steps": 5, "latent_image": ["21", 0]}}
    graph["21"] = {"class_type": "LatentUpscale", "inputs": {"samples": ["3", 0], "width": 2000, "height": 2000}}
    found = read(graph)
    assert found.settings["steps"] == 20
    assert found.settings["width"] == 896
    assert "2 samplers" in found.notes[0]


def test_a_picture_made_from_another() -> None:
    graph = changed(n3={"denoise": 0.5, "latent_image": ["30", 0]})
    graph["30"] = {"class_type": "VAEEncode", "inputs": {"pixels": ["31", 0], "vae": ["4", 2]}}
    graph["31"] = {"class_type": "LoadImage", "inputs": {"image": "x.png"}}
    found = read(graph)
    assert found.settings["strength"] == 0.5
    assert "width" not in found.settings
    assert len([note for note in found.notes if "picture" in note]) == 2


def test_what_guides_it_is_noted() -> None:
    graph = changed(n3={"positive": ["40", 0]})
    graph["40"] = {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["6", 0], "negative": ["7", 0], "strength": 1.0}}
    found = read(graph)
    assert found.settings["prompt"].startswith("a glass bottle")
    assert "ControlNet" in found.notes[-1]


def test_clip_skip_and_stacked_loras() -> None:
    graph = changed(n3={"model": ["50", 0]})
    graph["50"] = {"class_type": "Power Lora Loader (rgthree)", "inputs": {
        "lora_1": {"on": True, "lora": "a.safetensors", "strength": 0.4}, "lora_2": {"on": False, "lora": "b.safetensors", "strength": 1},
        "model": ["4", 0]}}  # fmt: skip
    graph["51"] = {"class_type": "CLIPSetLastLayer", "inputs": {"stop_at_clip_layer": -2, "clip": ["4", 1]}}
    found = read(graph)
    assert found.settings["clip_skip"] == 2
    assert [row["name"] for row in found.loras] == ["a.safetensors"]


def test_a_seed_from_another_node() -> None:
    graph = changed(n3={"seed": ["60", 0]})
    graph["60"] = {"class_type": "PrimitiveInt", "inputs": {"value": 321}}
    assert read(graph).settings["seed"] == 321


def test_a_circle_ends() -> None:
    graph = changed(n10={"model": ["11", 0], "clip": ["11", 1]}, n12={"value": ["12", 0]}, n3={"seed": ["61", 0]})
    graph["61"] = {"class_type": "PrimitiveInt", "inputs": {"value": ["61", 0]}}
    found = read(graph)
    assert "seed" not in found.settings
    assert found.model == ""


def test_no_sampler_is_said() -> None:
    found = read({"1": {"class_type": "LoadImage", "inputs": {}}})
    assert "None of its 1 nodes is a sampler" in found.notes[0]


def test_a_prompt_that_is_put_together_elsewhere_is_said() -> None:
    assert "put together" in read(changed(n12={"value": 3}, n7={"text": ["99", 0]})).notes[-1]


@pytest.mark.parametrize(
    "graph", [{}, [], 3, "x", {"a": 1}, {"1": {"class_type": 3}}, {str(n): {"class_type": "X"} for n in range(MOST_NODES + 1)}]
)
def test_what_is_no_graph(graph: Any) -> None:
    assert read(graph) is None
    assert read_comfyui({"prompt": "not json", "workflow": json.dumps(graph)}) is None


def test_links_to_nothing_are_survived() -> None:
    graph = changed(n3={"model": ["99", 0], "positive": [["x"], 0], "negative": [None, 1], "latent_image": 7})
    assert read(graph).settings["steps"] == 20
