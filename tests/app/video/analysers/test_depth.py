"""Parts of a picture that were blurred by known amounts come out in that order."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from app.video.analysers.depth import GRID_WIDTH, layers, softness


def texture(seed: int, contrast: float = 1.0) -> Any:
    rng = np.random.default_rng(seed)
    image = np.full((360, 640), 120, np.uint8)
    for _ in range(260):
        x, y, radius = int(rng.integers(0, 640)), int(rng.integers(0, 360)), int(rng.integers(3, 30))
        cv2.circle(image, (x, y), radius, int(120 + contrast * rng.integers(-100, 115)), -1, cv2.LINE_AA)
    return image


def small(image: Any) -> Any:
    return cv2.resize(image, (320, 180), interpolation=cv2.INTER_AREA)


def planted(seed: int) -> tuple[Any, list[int]]:
    """Three bands, upright or lying, of three blurs; and the order of the bands, 0 sharp to 2 soft."""
    rng = np.random.default_rng(seed)
    source = texture(seed)
    versions = [source, cv2.GaussianBlur(source, (0, 0), rng.uniform(1.5, 2.5)), cv2.GaussianBlur(source, (0, 0), rng.uniform(4.5, 7))]
    order = [int(v) for v in rng.permutation(3)]
    axis = int(rng.integers(0, 2))
    parts = [np.array_split(versions[o], 3, axis=axis)[place] for place, o in enumerate(order)]
    return np.concatenate(parts, axis=axis), [axis, *order]


def in_order(seed: int) -> bool:
    picture, (axis, *order) = planted(seed)
    bands = np.array_split(layers(softness(small(picture)))[0], 3, axis=axis)
    found = [float(np.nanmean(band)) for band in bands]
    return [int(v) for v in np.argsort(np.argsort(found))] == order


def test_depth_bands_come_out_in_order() -> None:
    assert np.mean([in_order(seed) for seed in range(40)]) >= 0.95


def test_softness_is_that_of_the_blur_and_not_of_the_contrast() -> None:
    strong, weak = texture(1), texture(1, 0.3)
    for sigma in (2.0, 4.0):
        full = np.nanmedian(softness(small(cv2.GaussianBlur(strong, (0, 0), sigma))))
        faint = np.nanmedian(softness(small(cv2.GaussianBlur(weak, (0, 0), sigma))))
        assert faint == pytest.approx(full, rel=0.25)


def test_more_blur_is_softer() -> None:
    values = [float(np.nanmedian(softness(small(cv2.GaussianBlur(texture(2), (0, 0), s))))) for s in (0.5, 2, 4, 8)]
    assert values == sorted(values)


def test_an_empty_wall_is_unknown() -> None:
    flat = softness(np.full((180, 320), 100, np.uint8))
    assert flat.shape == (round(GRID_WIDTH * 9 / 16), GRID_WIDTH)
    assert np.isnan(flat).all()
    picture, centres = layers(flat)
    assert np.isnan(picture).all()
    assert centres == (0, 0, 0)


def test_layers_are_ordered_and_repeatable() -> None:
    soft = softness(small(planted(5)[0]))
    one, centres = layers(soft)
    assert list(centres) == sorted(centres)
    assert np.array_equal(one, layers(soft)[0], equal_nan=True)
