"""Whole cut-outs against pictures whose subject is known, and the bounds that each kind of ground is held to."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from app.imaging.cutout.cutting import bounds, cut_out
from tests.app.imaging.cutout.scenes import GROUNDS, errors, scene
from tests.app.imaging.made import disc

# Least IoU, largest mean error of alpha over the picture and over its soft edge, largest error of the edge's colours.
LIMITS = {
    "flat": (0.995, 0.001, 0.02, 0.01),
    "graded": (0.995, 0.001, 0.02, 0.01),
    "noisy": (0.99, 0.003, 0.05, 0.02),
    "textured": (0.98, 0.004, 0.08, 0.03),
    "leaves": (0.97, 0.006, 0.12, 0.04),
}


@pytest.mark.parametrize("kind", sorted(LIMITS))
def test_subjects_come_out_whole_and_soft(kind: str) -> None:
    picture, alpha, colours = scene(kind, 256)
    done = cut_out(picture)
    iou, mean, edge, colour = LIMITS[kind]
    found = errors(done.image, alpha, colours)
    assert found["iou"] >= iou, found
    assert found["alpha"] <= mean, found
    assert found["edge"] <= edge, found
    assert found["colour"] <= colour, found
    assert bool(done.doubts) == (kind in ("textured", "leaves"))


@pytest.mark.parametrize(("blur_px", "edge"), [(1.0, 0.03), (2.0, 0.04), (3.0, 0.08)])
def test_a_subject_out_of_focus_keeps_its_wide_soft_edge(blur_px: float, edge: float) -> None:
    picture, alpha, colours = scene("graded", 320, blur_px)
    found = errors(cut_out(picture).image, alpha, colours)
    assert found["iou"] > 0.97, found
    assert found["edge"] < edge, found
    assert found["colour"] < 0.04, found


def test_on_white_the_enclosed_is_kept_and_said_unless_it_is_to_go() -> None:
    picture, alpha, colours = scene("white", 256)
    kept = cut_out(picture)
    assert "encloses" in kept.doubts[0]
    hole = (int(0.66 * 256), int(0.73 * 256))
    assert np.asarray(kept.image)[hole][3] == 255
    opened = cut_out(picture, holes=True)
    assert np.asarray(opened.image)[hole][3] == 0
    assert errors(opened.image, alpha, colours)["alpha"] < 0.006, "the white of the eyes goes as well"
    assert opened.doubts == ()


@pytest.mark.parametrize("kind", GROUNDS)
def test_nothing_of_the_ground_is_left_far_from_the_subject(kind: str) -> None:
    alpha = np.asarray(cut_out(scene(kind, 192)[0]).image)[..., 3]
    assert alpha[:, :20].max() <= 8
    assert alpha[:, -20:].max() <= 8


def test_what_is_transparent_already_stays_as_it_is() -> None:
    picture = disc(clear=True)
    done = cut_out(picture)
    assert done.image.tobytes() == picture.tobytes()
    assert done.engine == "its own transparency"
    assert done.image is not picture


def test_a_models_matte_is_kept_and_its_edge_cleaned() -> None:
    picture, alpha, colours = scene("leaves", 192)
    matte = Image.fromarray((alpha * 255 + 0.5).astype(np.uint8))
    done = cut_out(picture, matte=matte, engine="BiRefNet")
    found = errors(done.image, alpha, colours)
    assert np.abs(np.asarray(done.image)[..., 3].astype(int) - np.asarray(matte)).max() <= 1
    uncleaned = picture.copy()
    uncleaned.putalpha(matte)
    assert found["colour"] < 0.5 * errors(uncleaned, alpha, colours)["colour"]
    assert (done.engine, done.doubts) == ("BiRefNet", ())
    empty = cut_out(picture, matte=Image.new("L", picture.size, 0), engine="BiRefNet")
    assert empty.doubts == ("The model found no subject.",)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (9, 200), (64, 64)])
def test_every_size_is_answered(size: tuple[int, int]) -> None:
    done = cut_out(Image.new("RGB", size, (90, 120, 200)))
    assert (done.image.size, done.image.mode) == (size, "RGBA")
    assert done.doubts


def test_the_same_picture_is_cut_the_same() -> None:
    picture = scene("leaves", 128)[0]
    assert cut_out(picture).image.tobytes() == cut_out(picture).image.tobytes()


def test_bounds_hold_the_subject_and_its_margin() -> None:
    picture = Image.new("RGBA", (100, 80), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (40, 30, 60, 50))
    picture.putpixel((90, 70), (255, 0, 0, 5))
    assert bounds(picture, 0) == (40, 30, 60, 50)
    assert bounds(picture, 35) == (5, 0, 95, 80)
    assert bounds(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), 4) == (0, 0, 10, 10)
