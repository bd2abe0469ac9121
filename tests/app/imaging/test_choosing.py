"""Which model, which adapters."""

from __future__ import annotations

from typing import Any

import pytest

from app.cast import LoraUse
from app.imaging.choosing import best_model, fitting_loras, fitting_references, likeness_model, named_model, with_adapter, with_net
from app.imaging.requests import ControlUse, ReferenceUse
from configs.errors import BadInput, NotFound, StudioError
from tests.app.imaging.easel import Surrounded, adapter, installed

MODEL = installed()


def sized(name: str, weights: int, **card: Any) -> Any:
    return installed(name, variants=[{"name": "a", "download_bytes": 0, "weights_bytes": weights, "working_bytes": 0}], **card)


def test_the_largest_that_fits_and_may_be_sold_is_taken() -> None:
    not_for_sale = {"licences": [{"component": "weights", "name": "NC", "commercial": False}]}
    models = [sized("small", 10), sized("big", 1000), sized("huge", 9000), sized("closed", 5000, **not_for_sale)]
    found = best_model(models, lambda model: model.card.name != "huge")
    assert found is not None
    assert found.card.name == "big"
    assert best_model([models[3]], lambda _: True) is models[3]
    assert best_model(models, lambda _: False) is None


def test_of_two_alike_the_one_with_more_steps_then_the_first_by_name() -> None:
    models = [sized("b-quick", 10, defaults={"steps": 4}), sized("c-careful", 10), sized("d-careful", 10)]
    found = best_model(models, lambda _: True)
    assert found is not None
    assert found.card.name == "c-careful"


def test_a_model_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(NotFound, match="tiny-sdxl, storyboard"):
        named_model("other", Surrounded(MODEL))
    with pytest.raises(BadInput, match="is for chat"):
        named_model("talker", Surrounded(installed("talker", task="chat")))


def test_a_lora_asked_for_must_be_there_and_fit() -> None:
    around = Surrounded(adapters=[adapter("lora", "ink"), adapter("lora", "other", "flux2"), adapter("lora", "unknown", "")])
    found = fitting_loras([LoraUse(name="ink"), LoraUse(name="unknown")], [], MODEL, around)
    assert [lora.name for lora in found] == ["ink", "unknown"]
    with pytest.raises(NotFound):
        fitting_loras([LoraUse(name="gone")], [], MODEL, around)
    with pytest.raises(BadInput, match="other is for flux2 models, and Tiny-Sdxl is sdxl"):
        fitting_loras([LoraUse(name="other")], [], MODEL, around)


def test_a_lora_that_a_character_brings_is_left_out_where_it_does_not_fit() -> None:
    around = Surrounded(adapters=[adapter("lora", "ink"), adapter("lora", "other", "flux2")])
    found = fitting_loras([], [LoraUse(name="gone"), LoraUse(name="other"), LoraUse(name="ink")], MODEL, around)
    assert [lora.name for lora in found] == ["ink"]


def test_the_controlnet_of_the_kind_goes_before_one_for_all_kinds() -> None:
    union = adapter("controlnet", "a-union", controls=("canny", "depth", "tile"))
    around = Surrounded(adapters=[union, adapter("controlnet", "z-canny", controls=("canny",)), adapter("controlnet", "flux", "flux2")])
    assert with_net(ControlUse(kind="canny", image="x"), MODEL, around).model == "z-canny"
    assert with_net(ControlUse(kind="tile", image="x"), MODEL, around).model == "a-union"
    assert with_net(ControlUse(kind="tile", image="x", model="z-canny"), MODEL, around).model == "z-canny"
    with pytest.raises(BadInput, match="flux is for flux2"):
        with_net(ControlUse(kind="canny", image="x", model="flux"), MODEL, around)
    with pytest.raises(NotFound, match="no ControlNet for canny that fits Tiny-Sdxl"):
        with_net(ControlUse(kind="canny", image="x"), MODEL, Surrounded())


def test_maps_that_only_a_model_can_draw_are_refused_before_there_is_a_job() -> None:
    net = adapter("controlnet", "net", controls=("pose", "depth"))
    for kind, around in (("pose", Surrounded(adapters=[net])), ("depth", Surrounded(adapters=[net]))):
        with pytest.raises(StudioError):
            with_net(ControlUse(kind=kind, image="x"), MODEL, around)  # type: ignore[arg-type]
        assert with_net(ControlUse(kind=kind, image="x", preprocess=False), MODEL, around).model == "net"  # type: ignore[arg-type]
    seeing = Surrounded(installed("depth", task="depth"), adapters=[net])
    assert with_net(ControlUse(kind="depth", image="x"), MODEL, seeing).model == "net"


def test_references_go_through_an_adapter_or_the_model_itself() -> None:
    around = Surrounded(adapters=[adapter("ip-adapter", "ip")])
    assert with_adapter(ReferenceUse(image="x"), MODEL, around).model == "ip"
    assert with_adapter(ReferenceUse(image="x", model="ip"), installed(family="flux2"), around).model is None
    with pytest.raises(NotFound, match="no IP-Adapter that fits"):
        with_adapter(ReferenceUse(image="x"), MODEL, Surrounded())


def test_references_of_characters_fill_up_what_is_left_and_are_dropped_without_an_adapter() -> None:
    wished = [ReferenceUse(image=name) for name in "abc"]
    given = [ReferenceUse(image="mine")]
    around = Surrounded(adapters=[adapter("ip-adapter", "ip")])
    assert [one.image for one in fitting_references(given, wished, MODEL, around, 3)] == ["mine", "a", "b"]
    assert fitting_references([], wished, MODEL, Surrounded(), 8) == []


def test_the_largest_model_for_features_compares_else_what_is_built_in() -> None:
    small, large = sized("small", 10, task="image-features"), sized("large", 99, task="image-features")
    assert likeness_model(None, Surrounded(MODEL)) == "built-in"
    assert likeness_model(None, Surrounded(small, large)) == "large"
    assert likeness_model("small", Surrounded(small, large)) == "small"
    assert likeness_model("built-in", Surrounded(small, large)) == "built-in"
    with pytest.raises(BadInput, match="compares no pictures"):
        likeness_model("tiny-sdxl", Surrounded(MODEL))


def test_sixteen_loras_are_the_most_and_those_of_characters_fill_up() -> None:
    names = [f"l{number}" for number in range(20)]
    around = Surrounded(adapters=[adapter("lora", name) for name in names])
    uses = [LoraUse(name=name) for name in names]
    with pytest.raises(BadInput, match="17 LoRAs are asked for"):
        fitting_loras(uses[:17], [], MODEL, around)
    assert len(fitting_loras(uses[:3], uses[3:], MODEL, around)) == 16
