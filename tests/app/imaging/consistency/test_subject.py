"""Finding the subject: by transparency, before an even ground, by GrabCut; its crops."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.imaging.consistency.subject import LONG_SIDE_PX, central, crops, find_subject, ring, shrunk, whole
from tests.app.imaging.consistency.figures import Pose, a_figure, built, top_of
from tests.app.imaging.consistency.solids import Camera, Light, cast
from tests.app.imaging.consistency.views import laid


def shared(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union."""
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("ground", ["white", "grey", "gradient"])
def test_before_an_even_ground_the_figure_is_found(ground: str) -> None:
    figure, light = a_figure(4), Light([0.3, 0.6, 0.9], [0.6] * 3, [0.5] * 3)
    tall = top_of(figure)
    camera = Camera(0.3, 0.0, [0, tall / 2, 0], tall * 0.65)
    behind = Image.linear_gradient("L").resize((128, 128)).convert("RGB") if ground == "gradient" else Image.new("RGB", (128, 128), ground)
    _, cover = cast(built(figure, Pose()), camera, light, 128, 128)
    found = find_subject(laid(figure, Pose(), camera, light, behind))
    assert found.sure
    assert shared(found.mask, cover > 0.5) > (0.6 if ground == "gradient" else 0.75)


def test_before_stripes_grabcut_finds_it() -> None:
    picture = Image.new("RGB", (128, 128), (40, 90, 60))
    draw = ImageDraw.Draw(picture)
    for x in range(0, 128, 16):
        draw.rectangle((x, 0, x + 7, 128), fill=(60, 130, 90))
    draw.ellipse((44, 24, 84, 104), fill=(220, 60, 50))
    found = find_subject(picture)
    wanted = np.asarray(picture)[:, :, 0] > 200
    assert found.sure
    assert shared(found.mask, wanted) > 0.9


def test_transparency_says_it_at_once() -> None:
    picture = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((10, 20, 29, 49), fill=(10, 200, 30, 255))
    found = find_subject(picture)
    assert found.box == (10 / 64, 20 / 64, 30 / 64, 50 / 64)
    assert tuple(found.rgb[0, 0]) == (128, 128, 128)


def test_an_empty_picture_has_no_sure_subject() -> None:
    found = find_subject(Image.new("RGB", (64, 48), "navy"))
    assert not found.sure
    assert found.mask.any()
    assert not found.mask.all()


def test_the_same_picture_has_the_same_subject() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    assert (find_subject(noise).mask == find_subject(noise).mask).all()


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (400, 3), (129, 64)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    found = find_subject(Image.new("L", size, 77))
    assert max(found.mask.shape) <= LONG_SIDE_PX
    assert min(found.mask.shape) >= 4


def test_specks_are_dropped_and_small_holes_filled() -> None:
    mask = np.zeros((40, 40), bool)
    mask[10:30, 10:30] = True
    mask[18:21, 18:21] = False
    mask[1:3, 1:3] = True
    found = whole(mask)
    assert found[11:29, 11:29].all()
    assert not found[1:3, 1:3].any()


def test_large_holes_stay() -> None:
    mask = np.zeros((40, 40), bool)
    mask[5:35, 5:35] = True
    mask[10:30, 10:30] = False
    assert not whole(mask)[15:25, 15:25].any()


def test_crops_are_the_picture_its_subject_and_the_upper_half() -> None:
    picture = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(picture).rectangle((80, 40, 119, 159), fill="red")
    whole_, subject, half = crops(picture)
    assert whole_.size == (200, 200)
    assert abs(subject.height - 120) <= 24
    assert abs(subject.width - 40) <= 24
    assert half.height < subject.height
    assert len(crops(Image.new("RGB", (64, 64), "white"))) == 1


def test_the_ring_leaves_the_lower_edge_out() -> None:
    found = ring(40, 20)
    assert found[:2].all()
    assert found[:, :2].all()
    assert not found[-1, 10]


def test_the_middle_counts_most() -> None:
    found = central(41, 41)
    assert found[20, 20] == found.max()
    assert found[20, 0] < found[0, 20]


def test_palettes_and_grey_become_rgb() -> None:
    small, alpha = shrunk(Image.new("P", (300, 100)), 150)
    assert (small.mode, small.size, alpha) == ("RGB", (150, 50), None)
