"""Requests are filled in, or refused in one sentence, before they become jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.cast import CastMember, LoraUse
from app.imaging.prepare import OUTPAINT_STRENGTH, check, completed, native_size, prepare, size_of
from app.imaging.requests import ControlUse, GenerateImage, Outpaint, ReferenceUse, Styling
from configs.errors import BadInput, NotFound, StudioError
from storage.records import Artifact
from tests.app.imaging.easel import Surrounded, adapter, artifact, installed

SDXL = installed()
LUCA = CastMember(name="luca", loras=[LoraUse(name="luca-v1")], references=["a-1", "a-2", "a-3"])


def ask(**fields: Any) -> GenerateImage:
    return GenerateImage(**{"prompt": "a fox", **fields})


def test_the_models_own_settings_fill_what_was_left_out() -> None:
    found = prepare(ask(), Surrounded(SDXL))
    assert (found.model, found.width, found.height, found.steps, found.guidance, found.sampler) == ("tiny-sdxl", 128, 128, 20, 6.0, "")
    assert found.seed is None


def test_what_was_said_stays() -> None:
    found = prepare(ask(width=64, height=192, steps=3, guidance=0, sampler="Euler a", seed=9), Surrounded(SDXL))
    assert (found.width, found.height, found.steps, found.guidance, found.sampler, found.seed) == (64, 192, 3, 0, "euler_a", 9)


def test_preparing_twice_changes_nothing() -> None:
    around = Surrounded(SDXL, adapters=[adapter("lora", "luca-v1"), adapter("ip-adapter", "ip"), adapter("lora", "ink")])
    once = prepare(ask(prompt="@luca <lora:ink:0.5>", style="ink", cast=[LUCA]), around)
    again = prepare(GenerateImage.model_validate(once.model_dump(mode="json")), around)
    assert again == once
    assert [lora.name for lora in once.loras] == ["ink", "luca-v1"]
    assert [reference.image for reference in once.references] == ["a-1", "a-2"]
    assert once.prompt == "@luca"


def test_the_side_that_is_left_out_follows_the_usual_shape() -> None:
    assert completed(None, None, (128, 96)) == (128, 96)
    assert completed(256, None, (128, 96)) == (256, 192)
    assert completed(None, 72, (1280, 720)) == (128, 72)
    assert completed(4096, None, (128, 1280)) == (4096, 4096)
    assert completed(64, None, (1280, 64)) == (64, 64)


def test_a_models_size_comes_from_its_card_or_its_pixels() -> None:
    assert native_size(installed(defaults={})) == (256, 256)
    assert native_size(installed(defaults={"width": 640, "height": 360})) == (640, 360)


def test_a_style_goes_into_the_request_and_sets_steps_of_a_full_model() -> None:
    found = prepare(ask(style="Ink"), Surrounded(SDXL))
    assert found.style == "ink"
    assert found.styling == Styling(title="Ink", prompt="ink drawing of {prompt}", negative="colour")
    assert (found.steps, found.guidance) == (40, 9.0)
    quick = installed("turbo", defaults={"steps": 2, "guidance": 0.0})
    assert (prepare(ask(style="ink"), Surrounded(quick)).steps, prepare(ask(style="ink"), Surrounded(quick)).guidance) == (2, 0.0)


def test_the_words_of_a_rerun_stay_and_those_of_another_style_go() -> None:
    around = Surrounded(SDXL)
    old = Styling(title="Gone", prompt="old {prompt}")
    assert prepare(ask(style="gone", styling=old), around).styling == old
    assert prepare(ask(style="ink", styling=old), around).styling == Styling(
        title="Ink", prompt="ink drawing of {prompt}", negative="colour"
    )
    assert prepare(ask(styling=old), around).styling is None
    with pytest.raises(NotFound, match="no style 'inc'"):
        prepare(ask(style="inc"), around)


def test_a_cards_schedule_is_for_its_own_sampler() -> None:
    quick = installed("quick", defaults={"steps": 4, "sampler": "euler", "timestep_spacing": "trailing"})
    assert prepare(ask(), Surrounded(quick)).schedule == "trailing"
    other = prepare(ask(sampler="dpmpp_2m"), Surrounded(quick))
    assert (other.sampler, other.schedule) == ("dpmpp_2m", "")
    with pytest.raises(BadInput, match="no sampler 'eulr'"):
        prepare(ask(sampler="eulr"), Surrounded(SDXL))
    with pytest.raises(BadInput, match="no schedule 'wavy'"):
        prepare(ask(schedule="wavy"), Surrounded(SDXL))


def test_without_a_model_that_fits_it_is_the_storyboard() -> None:
    for around in (Surrounded(), Surrounded(SDXL, too_large=["tiny-sdxl"]), Surrounded(installed("talker", task="chat"))):
        found = prepare(ask(width=640, steps=30), around)
        assert (found.model, found.width, found.height, found.steps) == ("storyboard", 640, 360, None)
    assert prepare(ask(model="storyboard"), Surrounded(SDXL)).model == "storyboard"


@pytest.mark.parametrize(
    ("fields", "cannot"),
    [
        ({"image": "x", "mask": "y"}, "make a part of a picture anew"),
        ({"image": "x", "outpaint": Outpaint(left=8)}, "make a part of a picture anew"),
        ({"controls": [ControlUse(kind="canny", image="x")]}, "ControlNet"),
        ({"references": [ReferenceUse(image="x")]}, "reference pictures"),
        ({"loras": [LoraUse(name="ink")]}, "use LoRAs"),
        ({"prompt": "fox <lora:ink>"}, "use LoRAs"),
        ({"transparent": True}, "be cut out"),
    ],
)
def test_the_storyboard_says_what_it_cannot_do(fields: dict[str, Any], cannot: str) -> None:
    with pytest.raises(BadInput, match=cannot) as caught:
        prepare(ask(**fields), Surrounded())
    assert "Install an image model" in caught.value.remedy


def test_a_character_with_a_lora_is_drawn_on_a_storyboard_all_the_same() -> None:
    assert prepare(ask(prompt="@luca", cast=[LUCA]), Surrounded()).model == "storyboard"


@pytest.mark.parametrize("prompt", ["", "  \n\t"])
def test_an_empty_prompt_needs_a_picture(prompt: str) -> None:
    with pytest.raises(BadInput, match="The prompt is empty"):
        prepare(ask(prompt=prompt), Surrounded(SDXL))
    assert prepare(ask(prompt=prompt, image="x"), Surrounded(SDXL)).width is None


def test_beyond_the_edges_nearly_everything_is_made_anew_unless_said() -> None:
    around = Surrounded(SDXL)
    assert prepare(ask(image="x", outpaint=Outpaint(left=64)), around).strength == OUTPAINT_STRENGTH
    assert prepare(ask(image="x", outpaint=Outpaint(left=64), strength=0.3), around).strength == 0.3
    assert prepare(ask(image="x"), around).strength == 0.6


def test_missing_and_unfit_adapters_are_refused() -> None:
    around = Surrounded(SDXL, adapters=[adapter("lora", "flux", "flux2")])
    for fields in (
        {"loras": [LoraUse(name="gone")]}, {"loras": [LoraUse(name="flux")]}, {"prompt": "fox <lora:gone>"},
        {"controls": [ControlUse(kind="canny", image="x")]}, {"references": [ReferenceUse(image="x")]}, {"model": "gone"},
    ):  # fmt: skip
        with pytest.raises(StudioError) as caught:
            prepare(ask(**fields), around)
        assert caught.value.http_status in (404, 422)
        assert caught.value.remedy


def media(tmp_path: Path, **sizes: tuple[int, int]) -> dict[str, Artifact]:
    path = tmp_path / "x.png"
    path.write_bytes(b"x")
    return {name: artifact(name, path, meta={"probe": {"width": w, "height": h}}) for name, (w, h) in sizes.items()}


def test_a_mask_of_another_shape_is_refused(tmp_path: Path) -> None:
    request = ask(image="x", mask="y")
    check(request, media(tmp_path, image=(640, 360), mask=(320, 180)))
    check(request, {})
    with pytest.raises(BadInput, match="The mask is 512x512 and the picture 640x360"):
        check(request, media(tmp_path, image=(640, 360), mask=(512, 512)))


def test_a_picture_is_not_carried_on_without_end(tmp_path: Path) -> None:
    request = ask(image="x", outpaint=Outpaint(left=2048, right=2048))
    check(request, media(tmp_path, image=(0, 0)) and {})
    with pytest.raises(BadInput, match="the picture is 4736x360"):
        check(request, media(tmp_path, image=(640, 360)))


def test_sizes_of_pictures_are_found_where_they_were_measured(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    assert size_of(artifact("a", path, meta={"width": 3, "height": 4})) == (3, 4)
    assert size_of(artifact("a", path, meta={})) is None
    assert size_of(None) is None
