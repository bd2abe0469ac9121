"""Axes: what may differ, and how values are written."""

from __future__ import annotations

from typing import Any

import pytest

from app.cast import LoraUse
from app.imaging.batch.axes import KINDS, read_axis, settings_of
from app.imaging.batch.requests import Axis, BatchImages
from app.imaging.requests import ControlUse
from configs.errors import BadInput


def read(by: str, values: Any) -> Any:
    return read_axis(Axis(by=by, values=values))


@pytest.mark.parametrize(
    ("by", "written", "values"),
    [
        ("seed", "1, 2,7", (1, 2, 7)), ("seed", "1-4", (1, 2, 3, 4)), ("steps", "10-50 (+20)", (10, 30, 50)),
        ("steps", "5-1", (5, 4, 3, 2, 1)),
        ("steps", "10-40 [4]", (10, 20, 30, 40)), ("guidance", "0-1 [5]", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("guidance", "1-2 (+0.5), 7", (1.0, 1.5, 2.0, 7.0)), ("lora:ink", "-1-1 (+1)", (-1.0, 0.0, 1.0)), ("guidance", "4.5", (4.5,)),
        ("sampler", "euler, dpmpp_2m", ("euler", "dpmpp_2m")), ("prompt", '"a fox, red", an owl', ("a fox, red", "an owl")),
        ("style", ["ink", " oil "], ("ink", "oil")), ("seed", ["1-3", "9"], (1, 2, 3, 9)), ("size", "64x64, 128X64", ("64x64", "128X64")),
    ],
)  # fmt: skip
def test_values_as_grids_write_them(by: str, written: Any, values: tuple[Any, ...]) -> None:
    assert read(by, written).values == values


@pytest.mark.parametrize(
    ("by", "written", "said"),
    [
        ("smell", "1", "no axis 'smell'"), ("steps", "", "has no values"), ("steps", "many", "no whole number"),
        ("seed", f"1-{'9' * 400}", "no whole number"), ("guidance", f"0-1 (0.{'0' * 400}1)", "no number"),
        ("steps", "1.5", "no whole number"),
        ("guidance", "x", "no number"), ("steps", "1-1000", "101 values"), ("steps", "1-9 (+0)", "steps of 0"),
        ("lora:", "1", "names no LoRA"),
        ("replace", "fox", "needs the words"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_one_sentence(by: str, written: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read(by, written)


def settings(**fields: Any) -> dict[str, Any]:
    return settings_of(BatchImages(**fields))


def test_each_axis_changes_its_setting() -> None:
    for by in ("seed", "steps", "sampler", "model", "style", "negative", "strength"):
        assert KINDS[by].change(3, settings()) == {by: 3}
    assert read("size", "128x64").change("128x64", settings()) == {"width": 128, "height": 64}
    with pytest.raises(BadInput, match="size is 'big'"):
        read("size", "big").change("big", settings())


def test_a_loras_weight_is_put_among_the_others() -> None:
    base = settings(loras=[LoraUse(name="ink", weight=1), LoraUse(name="other", weight=0.2)])
    found = read("lora:ink", "0.5").change(0.5, base)["loras"]
    assert [(lora.name, lora.weight) for lora in found] == [("other", 0.2), ("ink", 0.5)]
    assert read("lora:new", "1").change(1.0, settings())["loras"] == [LoraUse(name="new", weight=1)]


def test_words_are_replaced_and_must_be_there() -> None:
    axis = read("replace", "fox, owl, a bear")
    assert axis.labels == ("fox", "owl", "a bear")
    assert axis.change("owl", settings(prompt="a fox and a fox", negative="foxglove")) == {
        "prompt": "a owl and a owl",
        "negative": "owlglove",
    }
    with pytest.raises(BadInput, match="does not hold 'fox'"):
        axis.change("owl", settings(prompt="a cat"))


def test_weights_of_controls_need_some() -> None:
    base = settings(controls=[ControlUse(kind="canny", image="x")])
    assert read("controls_weight", "0.5").change(0.5, base)["controls"][0].weight == 0.5
    with pytest.raises(BadInput, match="no references whose weight"):
        read("references_weight", "0.5").change(0.5, base)


def test_labels_are_short() -> None:
    assert read("guidance", "4.50, 7").labels == ("4.5", "7")
