"""The text of A1111, Forge and SD.Next."""

from __future__ import annotations

import pytest

from app.imaging.infotext.a1111 import LONGEST, read_a1111, read_infotext, without_loras
from app.imaging.infotext.found import Found
from tests.app.imaging.infotext.files import A1111


def test_everything_of_a_real_text() -> None:
    found = read_a1111({"parameters": A1111})
    assert found is not None
    assert found.source == "A1111"
    assert found.settings == {
        "prompt": "masterpiece, a cat in (a hat:1.2), by @someone\nsecond line", "negative": "ugly, bad: hands\nworst", "steps": 28,
        "sampler": "DPM++ 2M", "schedule": "Karras", "guidance": 6.5, "seed": 1234567890, "width": 512, "height": 768, "clip_skip": 2,
    }  # fmt: skip
    assert (found.model, found.model_hash) == ("v1-5-pruned-emaonly", "6ce0161689")
    assert found.loras == [{"name": "ink_v2", "weight": 0.8, "text_weight": None}]
    assert found.notes == ["Not taken over, since there is nothing like it here: ADetailer prompt."]


@pytest.mark.parametrize(
    ("version", "source"),
    [("Version: f2.0.1v1.10.1", "Forge"), ("App: SD.Next, Version: 4d5", "SD.Next"), ("Version: v1.9", "A1111"), ("Foo: bar", "A1111")],
)
def test_the_program_is_named(version: str, source: str) -> None:
    found = read_infotext(f"x\nSteps: 1, Sampler: Euler, Seed: 2, {version}")
    assert found is not None
    assert found.source == source


def test_quoted_values_may_hold_anything() -> None:
    found = read_infotext('x\nSteps: 1, Sampler: Euler, Model: "a, \\"b\\": c\\nd", Seed: 3')
    assert found is not None
    assert found.model == 'a, "b": c\nd'
    assert found.settings["seed"] == 3


def test_a_prompt_without_negative_and_settings_without_prompt() -> None:
    first = read_infotext("just a cat\nSteps: 4, Sampler: Euler a, Seed: 5")
    second = read_infotext("Steps: 4, Sampler: Euler a, Seed: 5")
    assert first is not None
    assert second is not None
    assert "negative" not in first.settings
    assert "prompt" not in second.settings


def test_a_last_line_with_too_few_settings_belongs_to_the_prompt() -> None:
    assert read_infotext("a cat\nstyle: flat, mood: calm") is None
    assert read_a1111({"parameters": '{"prompt": "of another program"}'}) is None
    assert read_a1111({}) is None


def test_what_else_was_done_is_noted() -> None:
    found = read_infotext("x\nSteps: 4, Sampler: Euler, Seed: 1, Denoising strength: 0.4")
    hires = read_infotext("x\nSteps: 4, Sampler: Euler, Seed: 1, Denoising strength: 0.4, Hires upscale: 2, Hires upscaler: Latent")
    flux = read_infotext("x\nSteps: 4, Sampler: Euler, CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 1")
    assert found is not None
    assert hires is not None
    assert flux is not None
    assert "another picture" in found.notes[0]
    assert "enlarged" in hires.notes[0]
    assert flux.settings["guidance"] == 3.5


@pytest.mark.parametrize(
    ("text", "left", "loras"),
    [
        ("a, <lora:x:0.5>, b", "a, b", [("x", 0.5, None)]),
        ("<lora:x>", "", [("x", 1.0, None)]),
        ("a <lora:my lora v2:0.4:0.9>", "a", [("my lora v2", 0.9, 0.4)]),
        ("a <lora:x:te=0.3:unet=0.7>", "a", [("x", 0.7, 0.3)]),
        ("a <lora:x:0.8:0.8>", "a", [("x", 0.8, None)]),
        ("a <lora:x:lots>", "a", [("x", 1.0, None)]),
        ("no tags,, here", "no tags,, here", []),
    ],
)
def test_lora_tags(text: str, left: str, loras: list[tuple[str, float, float | None]]) -> None:
    found = Found("")
    assert without_loras(text, found) == (left, [{"name": name, "weight": weight, "text_weight": te} for name, weight, te in loras])
    assert bool(found.notes) == ("lots" in text)


def test_a_hypernetwork_is_noted() -> None:
    found = Found("")
    assert without_loras("a <hypernet:old:0.5> b", found)[0] == "a b"
    assert "'old'" in found.notes[0]


def test_a_text_without_end_is_cut() -> None:
    found = read_infotext("a: " * LONGEST)
    assert found is None or len(found.settings.get("prompt", "")) <= LONGEST
