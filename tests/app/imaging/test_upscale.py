"""The capability: refused before there is a job, or done with everything kept."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from pydantic import ValidationError

from app.imaging.enlarging import BUILT_IN
from app.imaging.opening import png_texts, settings_texts
from app.imaging.upscale import UpscaleImage, upscale_image, wanted_size
from configs.errors import BadInput, NotFound
from jobs.context import JobCancelled
from tests.app.imaging.around import Around
from tests.app.imaging.made import FakeRoom, disc, job_for, source
from tests.app.imaging.test_enlarging import Doubler


@pytest.mark.parametrize("scale", [1.0, 1.4, 8.5, float("nan")])
def test_scales_beyond_the_range_are_refused(scale: float) -> None:
    with pytest.raises(ValidationError):
        UpscaleImage(image="a", scale=scale)


def test_it_enlarges_and_says_who_did(tmp_path: Path) -> None:
    artifact = source(tmp_path / "fox.png", disc(clear=True), pnginfo=png_texts({"parameters": "a fox"}))
    job, link = job_for(tmp_path, artifact)
    made = upscale_image(UpscaleImage(image="a-1", scale=1.5), job)
    assert (made.width, made.height, made.engine) == (144, 96, BUILT_IN)
    path = Path(link.saved[0]["staged"])
    assert link.saved[0]["name"] == "fox-1.5x.png"
    assert settings_texts(path) == {"parameters": "a fox"}
    with Image.open(path) as kept:
        assert (kept.size, kept.mode) == ((144, 96), "RGBA")
        assert kept.getchannel("A").getextrema() == (0, 255)


def test_a_model_is_lent_for_the_call_alone(tmp_path: Path) -> None:
    artifact = source(tmp_path / "fox.png", disc())
    engine = Doubler(4)
    lending = FakeRoom({"sharp": (SimpleNamespace(card=SimpleNamespace(title="Sharp x4")), engine)})
    job, link = job_for(tmp_path, artifact, lending)
    made = upscale_image(UpscaleImage(image="a-1", scale=2, model="sharp"), job)
    assert (made.width, made.height, made.engine) == (192, 128, "Sharp x4")
    assert lending.calls == [("sharp", "upscale", {"width": 96, "height": 64})]
    assert [fields["held"] for verb, fields in link.told if verb == "holding"] == [True, False]
    assert link.saved[0]["meta"]["picture"]["derived"][0]["engine"] == "Sharp x4"


def test_cancelling_ends_it(tmp_path: Path) -> None:
    artifact = source(tmp_path / "fox.png", disc())
    job, link = job_for(tmp_path, artifact, is_cancelled=lambda: True)
    with pytest.raises(JobCancelled):
        upscale_image(UpscaleImage(image="a-1"), job)
    assert link.saved == []


def test_results_that_no_machine_holds_are_refused_before_there_is_a_job(tmp_path: Path) -> None:
    artifact = source(tmp_path / "fox.png", disc())
    assert upscale_image.checks is not None
    upscale_image.checks(UpscaleImage(image="a-1", scale=8), {"image": artifact})
    artifact.meta["probe"] |= {"width": 5000, "height": 4000}
    with pytest.raises(BadInput, match="5000x4000 times 8 is 40000x32000, more than 96 megapixels") as refused:
        upscale_image.checks(UpscaleImage(image="a-1", scale=8), {"image": artifact})
    assert refused.value.remedy == "Ask for a smaller scale."


def test_the_model_is_found_among_cards_and_files() -> None:
    assert upscale_image.prepares is not None
    around = Around({"sdxl": "image"}, {"4x-Sharp": "", "real-esrgan": "real-esrgan"})
    for given, taken in (("4x-sharp", "4x-Sharp"), ("real-esrgan", "real-esrgan"), (None, None)):
        assert upscale_image.prepares(UpscaleImage(image="a", model=given), around).model == taken
    with pytest.raises(BadInput, match="Sdxl is for image and does not enlarge"):
        upscale_image.prepares(UpscaleImage(image="a", model="sdxl"), around)
    with pytest.raises(NotFound, match="There is no upscaler named 'none'"):
        upscale_image.prepares(UpscaleImage(image="a", model="none"), around)


def test_sizes_are_whole_and_never_nothing() -> None:
    assert wanted_size(101, 51, 1.5) == (152, 76)
    assert wanted_size(1, 1, 1.5) == (2, 2)
