"""`image.evaluate`: verdicts with reasons, repeats, drift, engines, and what is refused before it is a job."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from app.cast import CastMember
from app.imaging.consistency.likeness import BUILT_IN
from app.imaging.consistency.models import Evaluated, EvaluateImages
from app.imaging.evaluate import NOBODY, evaluate_images, prepare
from backends.base import Vectors
from configs.errors import BadInput, NotFound
from tests.app.imaging.consistency.views import families, sheet
from tests.app.imaging.damages import clean
from tests.app.imaging.easel import EaselJob, Surrounded, installed

DINO = installed("dinov2-small", task="image-features", family="dinov2")


@lru_cache
def pictures() -> dict[str, Image.Image]:
    """Somebody's sheet, and somebody else."""
    mine, other = families(1, 300)[0].figure, families(1, 305)[0].figure
    front, left, right, back = sheet(mine)
    return {"front": front, "left": left, "right": right, "back": back, "other": sheet(other)[0]}


@pytest.fixture
def job(tmp_path: Path) -> Any:
    made = EaselJob(tmp_path)
    for name, picture in pictures().items():
        made.give(f"{name}.png", picture)
    return made


def evaluated(job: Any, **request: Any) -> Evaluated:
    return evaluate_images(EvaluateImages.model_validate(request), job)


def luca(**more: Any) -> CastMember:
    return CastMember(name="luca", references=["front.png", "back.png"], **more)


def test_the_character_passes_and_a_stranger_is_named_with_his_figure(job: Any) -> None:
    found = evaluated(job, images=["left.png", "other.png"], cast=[luca().model_dump()])
    same, stranger = found.images
    assert (same.artifact_id, same.passed, same.reasons) == ("a-left.png", True, [])
    assert same.likeness[0].similarity > 0.65
    assert not stranger.passed
    assert stranger.reasons == [f"Unlike luca: similarity {stranger.likeness[0].similarity:.2f}, at least 0.65 is wanted."]
    assert (found.passed, found.engine) == (1, BUILT_IN)
    assert job.published["image-1"] == stranger.model_dump(mode="json")


def test_references_may_be_given_without_a_character(job: Any) -> None:
    found = evaluated(job, images=["left.png"], references=["front.png"], threshold=0.5)
    assert found.images[0].likeness[0].character == "references"
    assert found.images[0].likeness[0].threshold == 0.5


def test_the_characters_own_threshold_counts_unless_another_is_asked(job: Any) -> None:
    lenient = luca(threshold=0.0).model_dump()
    assert evaluated(job, images=["other.png"], cast=[lenient]).images[0].passed
    assert not evaluated(job, images=["other.png"], cast=[lenient], threshold=0.99).images[0].passed


def test_everybody_must_be_seen(job: Any) -> None:
    cast = [luca().model_dump(), CastMember(name="mia", references=["other.png"]).model_dump()]
    found = evaluated(job, images=["left.png"], cast=cast)
    assert [one.character for one in found.images[0].likeness] == ["luca", "mia"]
    assert [reason.split(":")[0] for reason in found.images[0].reasons] == ["Unlike mia"]
    assert [one.character for one in found.drift] == ["luca", "mia"]


def test_quality_and_repeats_have_their_reasons(job: Any) -> None:
    good = clean(201)
    job.give("good.png", good)
    job.give("soft.png", good.filter(ImageFilter.GaussianBlur(4)))
    job.give("turned.png", ImageOps.mirror(good))
    job.give("blank.png", Image.new("RGB", (64, 64), "white"))
    job.give("blank2.png", Image.new("RGB", (64, 64), "white"))
    found = evaluated(job, images=["good.png", "soft.png", "turned.png", "blank.png", "blank2.png"])
    good_, soft, turned, blank, blank2 = found.images
    assert good_.passed
    assert soft.reasons[0].startswith("Blurred: the sharpest edges are ")
    assert turned.duplicate_of is not None
    assert turned.duplicate_of.mirrored
    assert turned.reasons == ["Mirrors a-good.png: their hashes differ in 0 of 64 bits."]
    assert [reason.split(":")[0] for reason in blank.reasons] == ["Empty"]
    assert [reason.split(":")[0] for reason in blank2.reasons] == ["Empty"]  # two blank pictures repeat nothing worth saying
    assert (found.engine, found.drift) == (NOBODY, [])


def test_checks_that_are_left_out_do_not_count(job: Any) -> None:
    job.give("blank.png", Image.new("RGB", (64, 64), "white"))
    checks = {"likeness": False, "emptiness": False, "duplicates": False}
    found = evaluated(job, images=["blank.png", "blank.png", "other.png"], cast=[luca().model_dump()], checks=checks)
    assert [one.passed for one in found.images] == [True, True, True]
    assert found.images[1].duplicate_of is not None
    assert not found.images[2].likeness[0].passed


def test_drift_is_told_along_the_series(job: Any) -> None:
    found = evaluated(job, images=["front.png", "left.png", "other.png"], cast=[luca().model_dump()])
    (drift,) = found.drift
    assert drift.to_references == [verdict.likeness[0].similarity for verdict in found.images]
    assert drift.to_first[0] > 0.9
    assert drift.worst == "a-other.png"
    assert drift.words.startswith("It drifts away: -0.")
    assert "from picture 3 on it stays below 0.65" in drift.words


def test_a_sheet_that_does_not_agree_is_said(job: Any) -> None:
    found = evaluated(job, images=["left.png"], references=["front.png", "other.png"])
    assert found.drift[0].references_agree is not None
    assert found.drift[0].references_agree < 0.65
    assert found.notes[0].startswith("The references are only ")


def test_an_installed_model_measures_instead(job: Any) -> None:
    class Eye:
        def features(self, images: Any, is_cancelled: Any) -> Vectors:
            rows = np.array([[*np.asarray(image.resize((1, 1)))[0, 0], 1] for image in images], np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            return Vectors(rows.tobytes(), len(rows), 4, 0)

    job.engine, job.around = Eye(), Surrounded(DINO)
    found = evaluated(job, images=["left.png"], cast=[luca().model_dump()], model="dinov2-small")
    assert found.engine == found.images[0].likeness[0].engine == "Dinov2-Small"
    assert {name for name, _, _ in job.shapes} == {"dinov2-small"}
    built_in = evaluated(job, images=["left.png"], cast=[luca().model_dump()], model="built-in")
    assert built_in.engine == BUILT_IN


def test_the_model_is_filled_in_where_somebody_is_compared() -> None:
    request = EvaluateImages(images=["a"], cast=[luca()])
    large = installed("dinov2-base", task="image-features", family="dinov2",
                      variants=[{"name": "fp32", "download_bytes": 0, "weights_bytes": 9000, "working_bytes": 0}])  # fmt: skip
    assert prepare(request, Surrounded()).model == "built-in"
    assert prepare(request, Surrounded(DINO, large)).model == "dinov2-base"
    assert prepare(EvaluateImages(images=["a"]), Surrounded(DINO)).model is None
    asked = request.model_copy(update={"model": "dinov2-small"})
    assert prepare(asked, Surrounded(DINO, large)).model == "dinov2-small"


def test_what_cannot_be_compared_is_refused_before_it_is_a_job() -> None:
    with pytest.raises(BadInput, match="@luca has no reference pictures"):
        prepare(EvaluateImages(images=["a"], cast=[CastMember(name="luca")]), Surrounded())
    with pytest.raises(BadInput, match="is for image and compares no pictures"):
        prepare(EvaluateImages(images=["a"], model="tiny-sdxl"), Surrounded(installed()))
    with pytest.raises(NotFound):
        prepare(EvaluateImages(images=["a"], model="nobody"), Surrounded())


def test_transparent_pictures_are_compared_by_what_is_drawn(job: Any) -> None:
    layer = Image.new("RGBA", (96, 96), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    draw.ellipse((36, 8, 60, 32), fill=(240, 200, 170, 255))
    draw.rectangle((32, 32, 64, 88), fill=(200, 30, 40, 255))
    ground = Image.new("RGBA", (96, 96), "navy")
    job.give("cut.png", layer)
    job.give("scene.png", Image.alpha_composite(ground, layer).convert("RGB"))
    assert evaluated(job, images=["scene.png"], references=["cut.png"]).images[0].likeness[0].similarity > 0.65
