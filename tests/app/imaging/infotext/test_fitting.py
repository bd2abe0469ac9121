"""What was found becomes a request that can be carried out; the difference is told; our own comes back as it was."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.imaging.infotext.a1111 import read_infotext
from app.imaging.infotext.comfyui import read_comfyui
from app.imaging.infotext.fitting import fitted
from app.imaging.infotext.found import Found
from app.imaging.infotext.ours import found_in
from app.imaging.infotext.reading import read_settings
from app.imaging.infotext.saving import save_png
from app.imaging.infotext.wording import infotext
from app.imaging.requests import GenerateImage
from tests.app.imaging.easel import Surrounded, adapter, installed
from tests.app.imaging.infotext.files import A1111, COMFY, dumped

HERE = Surrounded(
    installed("sd-xl-base-1.0"), installed("juggernaut-xl"),
    adapters=[adapter("lora", "ink_v2"), adapter("lora", "sea-salt"), adapter("lora", "first"), adapter("lora",
    "bad", trouble="It is damaged.")],
)  # fmt: skip
TEXTS = st.text(
    st.one_of(st.sampled_from("\"',:\n\\<>()[]{}@#;=\t 🦊狐é—"), st.characters(exclude_categories=("Cs", "Cc"))), max_size=120,
)  # fmt: skip


def fit(found: Found | None, here: tuple[str, ...] = ()) -> Any:
    assert found is not None
    return fitted(found, HERE, lambda artifact: artifact in here)


def test_of_a1111() -> None:
    done = fit(read_infotext(A1111))
    assert done.settings == {
        "prompt": "masterpiece, a cat in (a hat:1.2), by \\@someone\nsecond line", "negative": "ugly, bad: hands\nworst", "steps": 28,
        "sampler": "dpmpp_2m", "schedule": "karras", "guidance": 6.5, "seed": 1234567890, "width": 512, "height": 768, "clip_skip": 2,
        "loras": [{"name": "ink_v2", "weight": 0.8, "text_weight": None}],
    }  # fmt: skip
    assert done.notes[0].startswith("Not taken over")
    assert done.notes[1].startswith("The model 'v1-5-pruned-emaonly' is not installed")
    GenerateImage.model_validate(done.settings)


def test_of_comfyui() -> None:
    done = fit(read_comfyui({"prompt": dumped(COMFY)}))
    assert done.settings["model"] == "sd-xl-base-1.0"
    assert done.settings["loras"] == [{"name": "first", "weight": 0.7, "text_weight": 0.5}]
    assert done.settings["seed"] == 156680208700286 % 2**32
    assert any("'second'" in note for note in done.notes)
    assert any("The seed 156680208700286" in note for note in done.notes)


@pytest.mark.parametrize("name", ["sd_xl_base_1.0.safetensors", "SD XL Base 1.0", "models\\sd-xl-base-1.0.ckpt", "Sd-Xl-Base-1.0"])
def test_a_model_by_any_of_its_names(name: str) -> None:
    assert fit(Found("X", {"prompt": "x"}, model=name)).settings["model"] == "sd-xl-base-1.0"


def test_the_nearest_model_is_named() -> None:
    done = fit(Found("X", {"prompt": "x"}, model="juggernautXL_v9Rundiffusion.safetensors"))
    assert "model" not in done.settings
    assert done.notes == ["The model 'juggernautXL_v9Rundiffusion' is not installed; the nearest is 'juggernaut-xl'."]


def test_a_lora_that_cannot_be_used_says_why() -> None:
    done = fit(Found("X", {"prompt": "x"}, loras=[{"name": "bad"}, {"name": "sea-salt", "weight": 9.0}, {"name": ""}]))
    assert done.settings["loras"] == [{"name": "sea-salt", "weight": 4.0, "text_weight": None}]
    assert done.notes[0] == "The LoRA 'bad' cannot be used: It is damaged."


@pytest.mark.parametrize(
    ("name", "value", "kept", "said"),
    [
        ("steps", 400, 150, "Steps is 400"), ("guidance", 45.0, 30, "Guidance is 45"), ("clip_skip", 0, 1, "Clip skip is 0"),
        ("seed", -1, 2**32 - 1, "The seed -1"), ("prompt", "x" * 9000, "x" * 8000, "9,000 characters"),
    ],
)  # fmt: skip
def test_values_beyond_ours_are_brought_in_and_told(name: str, value: Any, kept: Any, said: str) -> None:
    done = fit(Found("X", {"prompt": "x", name: value}))
    assert done.settings[name] == kept
    assert said in done.notes[0]


@pytest.mark.parametrize(
    ("size", "kept"), [((513, 770), (512, 768)), ((8192, 4096), (4096, 2048)), ((10, 640), (64, 640)), ((0, 5), None), ((512, None), None)]
)
def test_sizes(size: tuple[Any, Any], kept: tuple[int, int] | None) -> None:
    done = fit(Found("X", {"prompt": "x", "width": size[0], "height": size[1]}))
    assert (done.settings.get("width"), done.settings.get("height")) == (kept or (None, None))
    assert bool(done.notes) == (kept is not None)


def test_samplers_are_translated_and_told() -> None:
    assert fit(Found("X", {"prompt": "x", "sampler": "dpmpp_3m_sde", "schedule": "karras"})).settings["sampler"] == "dpmpp_3m"
    done = fit(Found("X", {"prompt": "x", "sampler": "LCM", "schedule": "karras"}))
    assert (done.settings["sampler"], done.settings.get("schedule")) == ("lcm", None)
    assert "does not take" in done.notes[0]
    unknown = fit(Found("X", {"prompt": "x", "sampler": "Wobble", "schedule": "odd"}))
    assert [note.split(" like ")[0] for note in unknown.notes] == ["There is no sampler", "There is no schedule"]


def ours(**request: Any) -> dict[str, Any]:
    typed = GenerateImage.model_validate({"prompt": "a", "model": "juggernaut-xl", **request})
    return {"request": typed.model_dump(mode="json"), "seed": 5}


def test_pictures_that_are_gone_are_told() -> None:
    member = {"name": "luca", "references": ["a-1", "a-9"]}
    picture = ours(
        image="a-1", mask="a-9", controls=[{"kind": "canny", "image": "a-9"}, {"kind": "pose", "image": "a-1"}],
        references=[{"image": "a-9"}], cast=[member],
    )  # fmt: skip
    done = fit(found_in(picture), ("a-1",))
    assert done.settings["image"] == "a-1"
    assert "mask" not in done.settings
    assert [row["kind"] for row in done.settings["controls"]] == ["pose"]
    assert done.settings["cast"][0]["references"] == ["a-1"]
    assert len(done.notes) == 3
    nothing = fit(found_in(picture))
    assert "image" not in nothing.settings
    GenerateImage.model_validate(nothing.settings)


def test_a_field_of_a_later_version_is_left_out() -> None:
    picture = ours()
    picture["request"] |= {"holograms": 3, "steps": "many"}
    done = fit(found_in(picture))
    assert "holograms" not in done.settings
    assert "steps" not in done.settings
    assert len(done.notes) == 2


def test_where_it_stood_in_a_batch_is_not_taken_over() -> None:
    done = fit(found_in(ours(batch={"index": 3, "of": 9})))
    assert "batch" not in done.settings
    assert done.notes == []


def test_the_storyboard_is_a_model_too() -> None:
    assert fit(found_in(ours(model="storyboard"))).settings["model"] == "storyboard"


def test_nothing_understood_is_still_a_request() -> None:
    done = fit(Found("", notes=["Nothing."]))
    assert (done.settings, done.source, done.notes) == ({"prompt": "", "loras": []}, "", ["Nothing."])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(prompt=TEXTS, negative=TEXTS, seed=st.integers(0, 2**32 - 1), guidance=st.floats(0, 30), steps=st.integers(1, 150))
def test_our_picture_gives_the_same_request(prompt: str, negative: str, seed: int, guidance: float, steps: int) -> None:
    request = GenerateImage(
        prompt=prompt, negative=negative, seed=seed, guidance=guidance, steps=steps, width=64, height=72, model="juggernaut-xl",
        sampler="euler_a", style="anime", loras=[{"name": "sea-salt", "weight": 0.25}], clip_skip=2,
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.png"
        save_png(Image.new("RGB", (64, 72)), path, {"request": request.model_dump(mode="json"), "seed": seed})
        done = fit(read_settings(path))
    assert done.notes == []
    assert GenerateImage.model_validate(done.settings) == request


PLAIN = st.text(st.sampled_from("abc XYZ,.()-éßж狐🦊'\"@"), min_size=1, max_size=60).map(lambda text: " ".join(text.split()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    prompt=PLAIN.filter(bool), negative=PLAIN.filter(bool), seed=st.integers(0, 2**32 - 1), model=PLAIN.filter(lambda text: len(text) > 1)
)
def test_our_text_is_what_a1111_would_read(prompt: str, negative: str, seed: int, model: str) -> None:
    text = infotext({"prompt": prompt, "negative": negative, "seed": seed, "model": model, "request": {"steps": 8, "sampler": "euler"}})
    found = read_infotext(text)
    assert found is not None
    assert found.settings["prompt"] == prompt
    assert found.settings["negative"] == negative
    assert found.settings["seed"] == seed
    assert found.model == model
