"""The drawing becomes a graph: values by their places, links through what only passes them on."""

from __future__ import annotations

from typing import Any

import pytest

from app.imaging.infotext.comfyui_workflow import to_prompt
from tests.app.imaging.infotext.files import WORKFLOW


def test_values_get_their_names() -> None:
    found = to_prompt(WORKFLOW)
    assert found["3"]["inputs"]["cfg"] == 5.5
    assert found["3"]["inputs"]["model"] == ["4", 0]
    assert found["5"]["inputs"] == {"width": 640, "height": 384}


def test_a_reroute_is_looked_through() -> None:
    found = to_prompt(WORKFLOW)
    assert found["3"]["inputs"]["positive"] == ["6", 0]
    assert "8" not in found


def test_a_bypassed_node_is_passed_by() -> None:
    lora = {"id": 9, "type": "LoraLoader", "mode": 4, "widgets_values": ["x", 1, 1], "inputs": [{"name": "model", "link": 20}]}
    nodes = [*WORKFLOW["nodes"], lora]
    links = [*WORKFLOW["links"][1:], [1, 9, 0, 3, 0, "MODEL"], [20, 4, 0, 9, 0, "MODEL"]]
    assert to_prompt({"nodes": nodes, "links": links})["3"]["inputs"]["model"] == ["4", 0]


def test_values_by_name_and_links_as_objects() -> None:
    found = to_prompt({
        "nodes": [{"id": 1, "type": "X", "widgets_values": {"a": 1}, "inputs": [{"name": "b", "link": 5}]}, {"id": 2, "type": "Y"}],
        "links": [{"id": 5, "origin_id": 2, "origin_slot": 0}],
    })  # fmt: skip
    assert found["1"]["inputs"] == {"a": 1, "b": ["2", 0]}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"nodes": 3},
        {"nodes": [1, "x", {}]},
        {"nodes": [{"id": 1, "type": "KSampler", "widgets_values": 3, "inputs": [4]}], "links": ["x", [1]]},
    ],
)
def test_shapes_that_nobody_draws(data: dict[str, Any]) -> None:
    assert all(row["inputs"] == {} for row in to_prompt(data).values())


def test_a_circle_of_reroutes_ends() -> None:
    nodes = [
        {"id": 1, "type": "Reroute", "inputs": [{"name": "", "link": 2}]}, {"id": 2, "type": "Reroute",
        "inputs": [{"name": "", "link": 1}]},
        {"id": 3, "type": "KSampler", "inputs": [{"name": "model", "link": 1}]},
    ]  # fmt: skip
    assert to_prompt({"nodes": nodes, "links": [[1, 1, 0, 2, 0, "*"], [2, 2, 0, 1, 0, "*"]]})["3"]["inputs"] == {}
