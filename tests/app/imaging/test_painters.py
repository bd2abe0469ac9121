"""Who paints: from a prepared request to the engine's call, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.cast import CastMember, LoraUse
from app.imaging.painters import BoardPainter, ModelPainter, painter_of
from app.imaging.requests import ControlUse, Outpaint, ReferenceUse
from app.imaging.watch import Watch
from tests.app.imaging.easel import EaselJob, adapter, asked, installed

SDXL = installed()


@pytest.fixture
def job(tmp_path: Path) -> Any:
    files = [adapter("lora", "ink"), adapter("controlnet", "net", controls=("canny",)), adapter("ip-adapter", "ip")]
    return EaselJob(tmp_path, SDXL, adapters=files)


def paint(job: Any, seed: int = 1, **fields: Any) -> Any:
    return painter_of(asked(**fields), job).paint(seed, Watch(job, 0, 1))


def call_of(job: Any) -> Any:
    return job.engine.calls[-1]


def test_the_call_holds_what_was_prepared(job: Any) -> None:
    paint(job, 7, negative="fog", sampler="euler", schedule="karras", clip_skip=2, guidance=0.0, tiling=True, compiled=True)
    call = call_of(job)
    assert (call.prompt, call.negative, call.width, call.height, call.steps, call.guidance, call.seed) == (
        "a fox",
        "fog",
        64,
        64,
        12,
        0.0,
        7,
    )
    assert (call.sampler, call.schedule, call.clip_skip, call.tiling, call.compiled) == ("euler", "karras", 2, True, True)
    assert job.shapes == [("tiny-sdxl", "generate", {"width": 64, "height": 64, "batch": 1})]


def test_the_facts_name_model_revision_and_licence(job: Any) -> None:
    facts = painter_of(asked(), job).facts
    assert (facts.model, facts.engine, facts.revision, facts.licence) == ("tiny-sdxl", "Tiny-Sdxl (fp16)", "abc123", "MIT")
    closed = installed("closed", licences=[{"component": "w", "name": "NC", "commercial": False}])
    job.around = type(job.around)(closed)
    assert painter_of(asked(model="closed"), job).facts.licence == "NC (not for commercial use)"


def test_loras_controls_and_references_are_resolved(job: Any) -> None:
    image = Image.fromarray(np.random.default_rng(1).integers(0, 255, (48, 96, 3), dtype=np.uint8))
    picture = job.give("guide.png", image)
    paint(
        job, loras=[LoraUse(name="ink", weight=0.5, text_weight=0.2)],
        controls=[
            ControlUse(kind="canny", image=picture, model="net", weight=0.7, end=0.5),
            ControlUse(kind="tile", image=picture, model="net", preprocess=False),
        ],
        references=[ReferenceUse(image=picture, model="ip"), ReferenceUse(image=picture)],
    )  # fmt: skip
    call = call_of(job)
    assert [(lora.name, lora.weight, lora.text_weight, lora.path.name) for lora in call.loras] == [("ink", 0.5, 0.2, "ink.safetensors")]
    first, second = call.controls
    assert (first.kind, first.weight, first.end, first.image.size) == ("canny", 0.7, 0.5, (64, 64))
    assert set(np.unique(np.asarray(first.image))) <= {0, 255}
    assert len(np.unique(np.asarray(second.image))) > 50
    assert [reference.path is None for reference in call.references] == [False, True]


def test_a_picture_and_a_mask_reach_the_engine_and_the_rest_stays(job: Any) -> None:
    image = Image.fromarray(np.random.default_rng(2).integers(0, 255, (72, 100, 3), dtype=np.uint8))
    mask = Image.new("L", (100, 72))
    mask.paste(255, (40, 20, 80, 60))
    made = paint(
        job, width=None, height=None, image=job.give("i.png", image), mask=job.give("m.png", mask), strength=0.4, mask_blur_px=0
    )  # fmt: skip
    call = call_of(job)
    assert call.image.size == call.mask.size == (call.width, call.height) == (96, 72)
    assert call.strength == 0.4
    assert made.image.size == (100, 72)
    outside = np.asarray(mask) == 0
    assert (np.asarray(made.image)[outside] == np.asarray(image)[outside]).all()
    assert (np.asarray(made.image)[30, 50] != np.asarray(image)[30, 50]).any()


def test_what_a_transparent_mask_leaves_clear_stays(job: Any) -> None:
    image = Image.new("RGB", (64, 64), "blue")
    mask = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
    mask.paste((0, 0, 0, 255), (0, 0, 32, 64))
    made = paint(job, width=None, height=None, image=job.give("i.png", image), mask=job.give("m.png", mask), mask_blur_px=0)
    assert made.image.getpixel((50, 10)) == (0, 0, 255)
    assert made.image.getpixel((10, 10)) != (0, 0, 255)


def test_transparency_of_a_picture_is_laid_over_white(job: Any) -> None:
    paint(job, width=None, height=None, image=job.give("i.png", Image.new("RGBA", (64, 64), (0, 0, 0, 0))))
    assert call_of(job).image.getpixel((1, 1)) == (255, 255, 255)


def test_outpaint_makes_the_picture_larger(job: Any) -> None:
    picture = job.give("i.png", Image.new("RGB", (64, 64), "green"))
    made = paint(job, width=None, height=None, image=picture, outpaint=Outpaint(right=64))
    assert made.image.size == (128, 64)
    assert made.image.getpixel((10, 10)) == (0, 128, 0)


def test_running_out_of_memory_is_told_and_does_not_begin_anew(job: Any) -> None:
    job.engine.stop_at, job.runs = 7, 1

    def with_ladder(name: str, operation: str, shape: Any, work: Any, *, on_step: Any = None) -> Any:
        try:
            return work(job.engine)
        except MemoryError:
            pass
        return work(job.engine)

    job.engine.stop_with = MemoryError
    job.with_model = with_ladder
    made = paint(job)
    assert job.engine.steps == [1, 2, 3, 4, 5, 6, 7, 6, 7, 8, 9, 10, 11, 12]
    assert any("ran out of memory once" in note for note in made.notes)


def test_the_background_is_taken_away_and_who_did_it_is_said(job: Any) -> None:
    made = paint(job, transparent=True)
    assert made.image.mode == "RGBA"
    assert any("background was taken away by" in note for note in made.notes)


def test_sizes_beyond_the_model_are_noted(job: Any) -> None:
    assert "more than the model was made for" in painter_of(asked(width=512, height=512), job).facts.notes[0]
    picture = job.give("i.png", Image.new("RGB", (600, 600)))
    mask = job.give("m.png", Image.new("L", (600, 600), 255))
    facts = painter_of(asked(width=None, height=None, image=picture, mask=mask), job).facts
    assert "works at 256x256; what it made was enlarged to 600x600" in facts.notes[0]
    assert painter_of(asked(), job).facts.notes == ()


def test_what_a_character_brings_in_vain_is_told(job: Any) -> None:
    luca = CastMember(name="luca", title="Luca", loras=[LoraUse(name="luca-v1")], references=["a-1"])
    notes = painter_of(asked(prompt="@luca", cast=[luca]), job).facts.notes
    assert "Luca's LoRA luca-v1 is not here" in notes[0]
    assert "No IP-Adapter fits the model" in notes[1]


def test_the_storyboard_says_what_it_is_and_repeats_itself(job: Any) -> None:
    request = asked(model="storyboard", prompt="@luca runs", cast=[CastMember(name="luca", title="Luca")])
    painter = painter_of(request, job)
    assert isinstance(painter, BoardPainter)
    assert not isinstance(painter, ModelPainter)
    assert "no AI image" in painter.facts.engine
    assert painter.facts.prompt == "Luca runs"
    first, second, other = (painter.paint(seed, Watch(job, 0, 1)).image for seed in (1, 1, 2))
    assert first.size == (64, 64)
    assert first.tobytes() == second.tobytes() != other.tobytes()


def test_a_storyboard_may_start_from_a_picture(job: Any) -> None:
    picture = job.give("i.png", Image.new("RGB", (64, 64), "green"))
    plain, started = (painter_of(asked(model="storyboard", image=image), job).paint(1, Watch(job, 0, 1)).image for image in (None, picture))
    assert plain.tobytes() != started.tobytes()
