"""Every kind of the request has its row; maps are of the picture's size, and a depth model is asked where there is one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.imaging.control.base import MapSettings
from app.imaging.control.table import PREPROCESSORS, make_map, over_contrast, preprocessor
from app.imaging.requests import CONTROLS
from configs.errors import BadInput, NotFound
from tests.app.imaging.made import FakeRoom, disc, job_for, source

BUILT_IN = ("canny", "softedge", "lineart", "scribble", "normal", "segmentation", "tile")


@dataclass
class Ramp:
    """A depth engine that says that everything rises to the right."""

    seen: list[tuple[int, int]]

    def depth(self, image: Image.Image) -> Image.Image:
        self.seen.append(image.size)
        return Image.fromarray(np.linspace(0, 1, image.width, dtype=np.float32)[None].repeat(image.height, 0))


def room(name: str = "depth-anything-v2-small") -> tuple[FakeRoom, Ramp]:
    engine = Ramp([])
    return FakeRoom({name: (SimpleNamespace(card=SimpleNamespace(title="Ramp", task="depth")), engine)}), engine


def context(folder: Path, lending: Any = None) -> Any:
    return job_for(folder, source(folder / "a.png", disc()), lending)[0]


def test_the_rows_are_the_kinds_of_the_request() -> None:
    assert {row.kind for row in PREPROCESSORS} == set(CONTROLS)
    known = {field.name for field in fields(MapSettings)}
    assert all(set(row.options) <= known for row in PREPROCESSORS)
    with pytest.raises(BadInput, match="no control map of kind 'mood'"):
        preprocessor("mood")


@pytest.mark.parametrize("kind", BUILT_IN)
@pytest.mark.parametrize("size", [(97, 61), (3, 2), (1, 1)])
def test_maps_are_rgb_and_of_the_pictures_size(kind: str, size: tuple[int, int]) -> None:
    made, words = make_map(kind, disc().resize(size), None)
    assert (made.size, made.mode) == (size, "RGB")
    assert words


@pytest.mark.parametrize("kind", BUILT_IN)
def test_the_same_picture_has_the_same_map(kind: str) -> None:
    assert make_map(kind, disc(), None)[0].tobytes() == make_map(kind, disc(), None)[0].tobytes()


@pytest.mark.parametrize("kind", ["canny", "softedge", "lineart"])
def test_the_outline_of_a_cut_out_subject_is_an_edge(kind: str) -> None:
    found = np.asarray(make_map(kind, disc(clear=True), None)[0]).max(2)
    assert found.max() > 150
    assert found[:4].max() == 0


@pytest.mark.parametrize(("kind", "blank"), [("normal", (128, 128, 255)), ("segmentation", (0, 0, 0)), ("tile", (0, 0, 0))])
def test_where_nothing_is_the_map_is_blank(kind: str, blank: tuple[int, int, int]) -> None:
    assert make_map(kind, disc(clear=True), None)[0].getpixel((1, 1)) == blank


def test_a_dark_subject_is_laid_over_white_and_a_bright_one_over_black() -> None:
    for value, ground in ((20, 255), (230, 0)):
        image = Image.new("RGBA", (8, 8), (value, value, value, 0))
        image.paste((value, value, value, 255), (2, 2, 6, 6))
        assert over_contrast(image).getpixel((0, 0)) == (ground,) * 3
        assert over_contrast(image).getpixel((4, 4)) == (value,) * 3


def test_an_installed_depth_model_is_asked(tmp_path: Path) -> None:
    lending, engine = room()
    made, words = make_map("depth", disc(), context(tmp_path, lending))
    assert words == "Ramp"
    assert engine.seen == [(96, 64)]
    assert np.asarray(made)[0, :, 0].tolist() == sorted(np.asarray(made)[0, :, 0].tolist())
    normal, words = make_map("normal", disc(), context(tmp_path, lending))
    assert words == "slopes of Ramp"
    assert normal.getpixel((48, 32))[0] < 125  # type: ignore[index]
    assert [call[1] for call in lending.calls] == ["depth", "depth"]
    make_map("canny", disc(), context(tmp_path, lending))
    assert len(lending.calls) == 2


def test_a_model_that_was_named_is_taken_or_missed(tmp_path: Path) -> None:
    lending, _ = room("my-depth")
    assert make_map("depth", disc(), context(tmp_path, lending), MapSettings(model="my-depth"))[1] == "Ramp"
    with pytest.raises(NotFound, match="no model 'other'"):
        make_map("depth", disc(), context(tmp_path, lending), MapSettings(model="other"))
    with pytest.raises(BadInput, match="none is installed"):
        make_map("depth", disc(), context(tmp_path, lending))


def test_in_a_lane_without_models_there_is_no_depth(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none is installed"):
        make_map("depth", disc(), context(tmp_path))
    assert "brightness" in make_map("normal", disc(), context(tmp_path))[1]
    with pytest.raises(BadInput, match="knows bodies"):
        make_map("pose", disc(), context(tmp_path))
