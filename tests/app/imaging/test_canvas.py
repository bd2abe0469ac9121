"""What a picture is made upon, and what must stay exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.imaging.canvas import feathered, fitted, lay_out
from app.imaging.requests import GenerateImage, Outpaint


def ask(**fields: Any) -> GenerateImage:
    return GenerateImage(**{"prompt": "a fox", "image": "x", **fields})


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def disc(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[:height, :width]
    inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 4) ** 2
    return Image.fromarray((inside * 255).astype(np.uint8))


def test_from_nothing_it_is_as_large_as_asked() -> None:
    canvas = lay_out(GenerateImage(prompt="a", width=96, height=64), None, None, 64 * 64)
    assert (canvas.full, canvas.work, canvas.for_engine()) == ((96, 64), (96, 64), (None, None))
    made = noise(96, 64)
    assert canvas.finished(made, 4) is made


@pytest.mark.parametrize(
    ("size", "most", "expected"),
    [
        ((640, 360), 640 * 360, (640, 360)), ((641, 363), 10**6, (640, 360)), ((4000, 2000), 1024 * 1024, (1448, 728)),
        ((20, 10), 10**6, (128, 64)), ((5000, 100), 10**7, (4096, 80)),
    ],
)  # fmt: skip
def test_a_pictures_size_becomes_one_that_can_be_made(size: tuple[int, int], most: int, expected: tuple[int, int]) -> None:
    assert fitted(size, most) == expected


def test_what_the_mask_leaves_black_stays_bit_by_bit_at_any_size() -> None:
    for size in ((96, 64), (131, 77)):
        image, mask = noise(*size), disc(*size)
        canvas = lay_out(ask(mask="y"), image, mask, 48 * 48)
        assert canvas.full == size
        given, hole = canvas.for_engine()
        assert given is not None
        assert hole is not None
        assert given.size == hole.size == canvas.work
        result = np.asarray(canvas.finished(Image.new("RGB", canvas.work, (255, 0, 0)), 6))
        black = np.asarray(mask) == 0
        assert (result[black] == np.asarray(image)[black]).all()
        assert tuple(result[size[1] // 2, size[0] // 2]) == (255, 0, 0)


def test_the_soft_edge_rises_within_the_white_and_never_vanishes() -> None:
    mask = disc(64, 64)
    soft = np.asarray(feathered(mask, 6), int)
    assert (soft[np.asarray(mask) == 0] == 0).all()
    assert soft[32, 32] == 255
    edge = soft[32, np.flatnonzero(np.asarray(mask)[32])]
    assert (np.diff(edge[: len(edge) // 2]) >= 0).all()
    assert 0 < edge[0] < 128
    speck = Image.new("L", (32, 32))
    speck.putpixel((16, 16), 255)
    assert np.asarray(feathered(speck, 20))[16, 16] == 255
    assert feathered(mask, 0) is mask
    assert feathered(Image.new("L", (8, 8), 255), 4).getextrema() == (255, 255)


def test_grey_in_a_mask_mixes() -> None:
    image, mask = Image.new("RGB", (64, 64), (0, 0, 0)), Image.new("L", (64, 64), 128)
    result = lay_out(ask(mask="y"), image, mask, 10**6).finished(Image.new("RGB", (64, 64), (200, 200, 200)), 0)
    assert abs(result.getpixel((5, 5))[0] - 100) <= 1  # type: ignore[index]


def test_carried_on_beyond_its_edges_the_old_stays() -> None:
    image = noise(64, 48)
    canvas = lay_out(ask(outpaint=Outpaint(left=32, bottom=16)), image, None, 10**6)
    assert canvas.full == canvas.work == (96, 64)
    assert canvas.mask is not None
    assert np.asarray(canvas.mask)[:48, 32:].max() == 0
    assert np.asarray(canvas.mask)[:, :32].min() == 255
    result = np.asarray(canvas.finished(Image.new("RGB", (96, 64), (0, 255, 0)), 4))
    assert (result[:48, 32:] == np.asarray(image)).all()
    assert tuple(result[60, 4]) == (0, 255, 0)


def test_the_canvas_begins_with_the_pictures_own_colours() -> None:
    image = Image.new("RGB", (64, 64), (10, 120, 200))
    given, _ = lay_out(ask(outpaint=Outpaint(top=64)), image, None, 10**6).for_engine()
    assert given is not None
    assert np.abs(np.asarray(given, int) - (10, 120, 200)).max() <= 1


def test_a_mask_and_an_outpaint_go_together() -> None:
    image, mask = noise(64, 64), disc(64, 64)
    canvas = lay_out(ask(mask="y", outpaint=Outpaint(right=64)), image, mask, 10**6)
    assert canvas.mask is not None
    whites = np.asarray(canvas.mask)
    assert whites[32, 32] == 255
    assert whites[0, 0] == 0
    assert whites[0, 100] == 255


def test_an_asked_size_crops_evenly_and_one_side_follows_the_shape() -> None:
    image = noise(128, 64)
    assert lay_out(ask(width=64, height=64), image, None, 10**6).full == (64, 64)
    assert lay_out(ask(width=256), image, None, 10**6).full == (256, 128)
    assert lay_out(ask(height=96), image, None, 10**6).full == (192, 96)
    assert lay_out(ask(), noise(301, 149), None, 10**6).full == (304, 152)


def test_of_a_large_picture_the_model_sees_the_masked_part_at_its_own_size() -> None:
    image, mask = noise(800, 600), Image.new("L", (800, 600))
    mask.paste(255, (500, 300, 600, 380))
    canvas = lay_out(ask(mask="y"), image, mask, 256 * 256)
    assert canvas.box is not None
    left, top, right, bottom = canvas.box
    assert left < 500 < 600 < right
    assert top < 300 < 380 < bottom
    assert abs(canvas.work[0] - canvas.seen[0]) <= 8
    assert abs(canvas.work[1] - canvas.seen[1]) <= 8
    given, hole = canvas.for_engine()
    assert given is not None
    assert hole is not None
    assert given.size == hole.size == canvas.work
    result = np.asarray(canvas.finished(Image.new("RGB", canvas.work, (255, 0, 0)), 4))
    black = np.asarray(mask) == 0
    assert (result[black] == np.asarray(image)[black]).all()
    assert tuple(result[340, 550]) == (255, 0, 0)


def test_a_mask_as_wide_as_a_large_picture_is_made_smaller() -> None:
    image, mask = noise(800, 600), Image.new("L", (800, 600), 255)
    canvas = lay_out(ask(mask="y"), image, mask, 256 * 256)
    assert (canvas.box, canvas.seen) == (None, (800, 600))
    assert canvas.work[0] * canvas.work[1] <= 256 * 256 * 1.05


def test_with_control_maps_the_whole_picture_is_seen() -> None:
    request = ask(mask="y", controls=[{"kind": "canny", "image": "x"}])
    mask = Image.new("L", (800, 600))
    mask.paste(255, (500, 300, 600, 380))
    assert lay_out(request, noise(800, 600), mask, 256 * 256).box is None
    assert lay_out(ask(mask="y"), noise(800, 600), Image.new("L", (800, 600)), 256 * 256).box is None
