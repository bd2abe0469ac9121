"""A figure planted in front of a plain, hilly or grainy background is found."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from app.video.analysers.saliency import WIDTH, find_subject, saliency
from app.video.frame import Frame

SIZE = (180, 320)


def backdrop(rng: np.random.Generator, kind: int) -> Any:
    """YUV as three planes stacked, float."""
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]].astype(np.float32)
    luma = 210 - 0.4 * y
    if kind == 1:
        luma = np.where(y > 110 + 14 * np.sin(x / 40 + rng.uniform(0, 6)), 120 + 0.1 * x, luma)
    if kind == 2:
        luma = luma + cv2.GaussianBlur(rng.normal(0, 60, SIZE).astype(np.float32), (0, 0), 3)
    return np.stack([luma, np.full(SIZE, 140.0), np.full(SIZE, 118.0)], axis=2)


def planted(seed: int, kind: int) -> tuple[Frame, float, float]:
    rng = np.random.default_rng(seed)
    picture = backdrop(rng, kind).astype(np.float32)
    cx, cy, size = rng.uniform(60, 260), rng.uniform(50, 130), rng.uniform(20, 40)
    colour = (float(rng.uniform(40, 120)), 105.0, 165.0)
    cv2.ellipse(picture, (int(cx), int(cy)), (int(size * 0.6), int(size)), 0, 0, 360, colour, -1)
    cv2.circle(picture, (int(cx), int(cy - size / 2)), int(size * 0.2), (245.0, 128.0, 128.0), -1)
    planes = np.clip(picture + rng.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8)
    half = cv2.resize(planes, (SIZE[1] // 2, SIZE[0] // 2), interpolation=cv2.INTER_AREA)
    frame = Frame(0, 0, planes[..., 0].copy(), half[..., 1].copy(), half[..., 2].copy())
    return frame, cx / SIZE[1], cy / SIZE[0]


def off(seed: int, kind: int) -> float:
    """Distance of the found from the planted centre, in frame widths."""
    frame, x, y = planted(seed, kind)
    found = find_subject(saliency(frame))
    return float(np.hypot(found.x - x, (found.y - y) * SIZE[0] / SIZE[1]))


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_planted_subject(kind: int) -> None:
    assert np.mean([off(seed, kind) <= 0.05 for seed in range(20)]) >= 0.95


def test_the_box_holds_the_centre() -> None:
    frame, _, _ = planted(3, 0)
    found = find_subject(saliency(frame))
    assert found.left <= found.x <= found.left + found.width <= 1
    assert found.top <= found.y <= found.top + found.height <= 1
    assert found.confidence > 0.6


def test_map_is_between_0_and_1_and_repeatable() -> None:
    frame, _, _ = planted(4, 1)
    one, two = saliency(frame), saliency(frame)
    assert one.shape == (round(WIDTH * 9 / 16), WIDTH)
    assert float(one.min()) >= 0
    assert float(one.max()) == pytest.approx(1)
    assert np.array_equal(one, two)


def test_an_empty_picture_has_no_subject() -> None:
    flat, grey = np.full(SIZE, 90, np.uint8), np.full((90, 160), 128, np.uint8)
    found = find_subject(saliency(Frame(0, 0, flat, grey, grey)))
    assert found.confidence < 0.35
    assert find_subject(np.zeros((54, 96), np.float32)).confidence == 0


def test_tall_and_tiny_pictures() -> None:
    for height, width in ((320, 180), (32, 320), (16, 16)):
        luma = np.full((height, width), 90, np.uint8)
        luma[height // 3 : height // 2, width // 3 : width // 2] = 200
        half = np.full((height // 2, width // 2), 128, np.uint8)
        found = find_subject(saliency(Frame(0, 0, luma, half, half)))
        assert 0 <= found.x <= 1
        assert 0 <= found.y <= 1
