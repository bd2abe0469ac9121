"""The whole way with a real model process and a tiny SDXL: LoRA, ControlNet, reference pictures, masks, outpaint, cut-outs, cancelling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.studio import JobDetail, Studio
from configs.errors import BadInput, NotFound
from configs.settings import Settings

pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytestmark = pytest.mark.slow
SMALL = {"prompt": "a fox", "model": "tiny", "width": 64, "height": 64, "steps": 2, "seed": 1}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    from tests.backends.tiny import pictures

    folder = tmp_path_factory.mktemp("models")
    settings = Settings(data_dir=folder / "data", headless=True, cpu_workers=1, device="cpu")
    shelf = settings.models / "adapters"
    pictures.save_lora(shelf / "lora" / "ink.safetensors", text=True)
    pictures.save_controlnet(shelf / "controlnet" / "tiny-union", union=True)
    pictures.save_ip_adapter(shelf / "ip")
    model = pictures.save_sdxl(folder / "tiny")
    with Studio.open(settings, keep_spare=False) as opened:
        taken = opened.wait(opened.submit("model.import", {"path": str(model)}, allow_paths=True).job.id, 60)
        assert taken.job.state == "succeeded", taken.job.error
        yield opened


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "scene.png"
    image = Image.fromarray(np.random.default_rng(5).integers(0, 255, (80, 100, 3), dtype=np.uint8))
    ImageDraw.Draw(image).rectangle((20, 20, 60, 60), fill="red")
    image.save(path)
    return path


def make(studio: Studio, **fields: Any) -> JobDetail:
    detail = studio.wait(studio.submit("image.generate", {**SMALL, **fields}, allow_paths=True).job.id, 300)
    assert detail.job.state == "succeeded", detail.job.error
    return detail


def picture(studio: Studio, detail: JobDetail, number: int = 0) -> Image.Image:
    with Image.open(studio.artifact(detail.result["images"][number]["artifact_id"]).path) as image:
        image.load()
        return image


def plain(studio: Studio) -> bytes:
    return picture(studio, make(studio)).tobytes()


def test_the_same_seed_gives_the_same_bits_and_adapters_leave_no_trace(studio: Studio, scene: Path) -> None:
    before = plain(studio)
    changed = [
        picture(studio, make(studio, prompt="a fox <lora:ink:0.4>")).tobytes(),
        picture(studio, make(studio, controls=[{"kind": "canny", "image": str(scene)}])).tobytes(),
        picture(studio, make(studio, references=[{"image": str(scene)}])).tobytes(),
        picture(studio, make(studio, sampler="DPM++ 2M Karras")).tobytes(),
    ]
    assert len({before, *changed}) == 1 + len(changed)
    assert plain(studio) == before


def test_the_row_says_what_was_done(studio: Studio, scene: Path) -> None:
    control = {"kind": "depth", "image": str(scene), "preprocess": False}
    detail = make(studio, controls=[control], references=[{"image": str(scene)}], loras=[{"name": "ink"}], guidance=None)
    request = detail.job.request
    assert (request["controls"][0]["model"], request["references"][0]["model"]) == ("tiny-union", "ip-adapter_sdxl")
    assert request["guidance"] == 6.0
    kept = studio.artifact(detail.result["images"][0]["artifact_id"])
    assert kept.meta["picture"]["loras"][0]["name"] == "ink"
    assert kept.inputs == (request["controls"][0]["image"],)


def test_black_of_a_mask_stays_bit_by_bit(studio: Studio, scene: Path, tmp_path: Path) -> None:
    mask = Image.new("L", (100, 80))
    mask.paste(255, (30, 30, 70, 60))
    mask.save(tmp_path / "mask.png")
    made = picture(studio, make(studio, width=None, height=None, image=str(scene), mask=str(tmp_path / "mask.png"), strength=1.0))
    original = np.asarray(Image.open(scene))
    assert made.size == (100, 80)
    black = np.asarray(mask) == 0
    assert (np.asarray(made)[black] == original[black]).all()
    assert (np.asarray(made)[~black] != original[~black]).any()


def test_a_picture_goes_on_beyond_its_edges(studio: Studio, scene: Path) -> None:
    detail = make(studio, width=None, height=None, image=str(scene), outpaint={"left": 32})
    made = picture(studio, detail)
    assert made.size == (132, 80)
    assert (np.asarray(made)[:, 32:] == np.asarray(Image.open(scene))).all()
    assert detail.job.request["strength"] == 0.95


def test_a_picture_to_start_from_and_a_background_taken_away(studio: Studio, scene: Path) -> None:
    made = make(studio, width=None, height=None, image=str(scene), strength=0.4, steps=4, transparent=True)
    assert picture(studio, made).mode == "RGBA"
    assert picture(studio, made).size == (96, 80)
    assert made.result["images"][0]["steps_run"] < 4
    assert any("background was taken away by" in note for note in made.result["notes"])


def test_previews_come_with_every_step_and_cancelling_ends_within_one(studio: Studio) -> None:
    steps: list[int] = []
    with studio.events.subscribe() as events:
        job = studio.submit("image.generate", {**SMALL, "width": 192, "height": 192, "steps": 100}).job
        cancelled_at = 0
        while True:
            event = events.get(120)
            assert event is not None
            if event.job_id != job.id:
                continue
            if event.kind == "emit":
                steps.append(event.data["data"]["step"])
                assert event.data["data"]["steps"] == 100
                if len(steps) == 4:
                    studio.cancel(job.id)
                    cancelled_at = steps[-1]
            elif event.kind == "job" and event.data["state"] == "cancelled":
                break
    assert cancelled_at == 4
    assert steps == list(range(1, len(steps) + 1))
    assert steps[-1] < 60  # events wait for this test now and then; the step itself is tested beside the engine
    assert studio.job(job.id).artifacts == ()


def test_what_does_not_fit_is_refused_before_there_is_a_job(studio: Studio, scene: Path) -> None:
    before = studio.counts()
    for fields, error in (
        ({"loras": [{"name": "inc"}]}, NotFound), ({"controls": [{"kind": "pose", "image": str(scene)}]}, Exception),
        ({"sampler": "magic"}, BadInput), ({"references": [{"image": str(scene), "model": "gone"}]}, NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            studio.submit("image.generate", {**SMALL, **fields}, allow_paths=True)
    assert studio.counts() == before
