"""The capability: kinds that need what is not there are refused before there is a job; maps say who drew them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.imaging.controlling import MakeControl, make_control
from configs.errors import BadInput
from tests.app.imaging.around import Around
from tests.app.imaging.control.test_table import room
from tests.app.imaging.made import disc, job_for, source


def run(folder: Path, image: Image.Image, lending: Any = None, **request: Any) -> tuple[Any, Image.Image, dict[str, Any]]:
    job, link = job_for(folder, source(folder / "fox.png", image), lending)
    made = make_control(MakeControl(image="a-1", **request), job)
    with Image.open(link.saved[0]["staged"]) as kept:
        kept.load()
        return made, kept.copy(), link.saved[0]


def test_a_map_is_a_picture_that_tells_what_it_is(tmp_path: Path) -> None:
    made, kept, saved = run(tmp_path, disc(), kind="canny", low=20, high=60)
    assert (made.width, made.height) == kept.size == (96, 64)
    assert kept.mode == "RGB"
    assert "thresholds 20 and 60" in made.engine
    assert saved["name"] == "fox-canny.png"
    step = saved["meta"]["picture"]["derived"][0]
    assert step["operation"] == "control"
    assert (step["kind"], step["low"], step["high"]) == ("canny", 20, 60)


def test_transparency_stays(tmp_path: Path) -> None:
    image = disc(clear=True)
    _, kept, _ = run(tmp_path, image, kind="softedge")
    assert kept.getchannel("A").tobytes() == image.getchannel("A").tobytes()


def test_it_is_scaled_to_the_size_it_shall_guide(tmp_path: Path) -> None:
    made, kept, _ = run(tmp_path, disc(), kind="lineart", width=128, height=128)
    assert (made.width, made.height) == kept.size == (128, 128)


def test_regions_say_that_they_are_no_objects(tmp_path: Path) -> None:
    made, _, saved = run(tmp_path, disc(), kind="segmentation")
    assert "not objects" in made.notes[0]
    assert saved["meta"]["picture"]["notes"] == made.notes


def test_depth_by_an_installed_model(tmp_path: Path) -> None:
    lending, _ = room("my-depth")
    made, _, saved = run(tmp_path, disc(), lending, kind="depth", model="my-depth")
    assert made.engine == "Ramp"
    assert saved["meta"]["picture"]["derived"][0]["model"] == "my-depth"


def prepared(request: MakeControl, **around: Any) -> MakeControl:
    assert make_control.prepares is not None
    found: MakeControl = make_control.prepares(request, Around(**around))
    return found


def test_the_depth_model_is_named_before_there_is_a_job() -> None:
    asked = MakeControl(image="a", kind="depth")
    assert prepared(asked, models={"depth-x": "depth"}).model == "depth-x"
    assert prepared(MakeControl(image="a", kind="normal")).model is None
    assert prepared(MakeControl(image="a", kind="canny"), models={"depth-x": "depth"}).model is None
    assert prepared(asked.model_copy(update={"model": "depth-x"}), models={"depth-x": "depth"}).model == "depth-x"


@pytest.mark.parametrize(
    ("request_", "error", "said"),
    [
        ({"kind": "depth"}, BadInput, "none is installed"),
        ({"kind": "pose"}, BadInput, "knows bodies"),
        ({"kind": "canny", "width": 64}, BadInput, "both a width and a height"),
        ({"kind": "depth", "model": "sdxl"}, BadInput, "Sdxl is for image and measures no depth"),
    ],
)
def test_refusals_are_one_sentence(request_: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        prepared(MakeControl(image="a", **request_), models={"sdxl": "image"})
