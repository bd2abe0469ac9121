"""Shapes, told by pixels; a window that follows keeps its subject and does not jerk."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, get_args

import numpy as np
import pytest

from app.editing.operations.shape import Aspect, Crop, PathPoint, Reframe, Upscale


def test_a_crop_is_the_rectangle_to_the_even_pixel(studio: Any, dots: Any) -> None:
    out = studio.render(Crop(x=0.25, y=0.2, w=0.5, h=0.6), dots.draw((60, 40), frames=2))
    assert out.shape == (2, 54, 80, 3)
    assert dots.find(out[1]) == pytest.approx((20, 22), abs=0.05)


def test_a_crop_of_all_or_of_next_to_nothing(studio: Any, dots: Any) -> None:
    pictures = dots.draw((60, 40), frames=2)
    assert studio.render(Crop(x=0, y=0, w=1, h=1), pictures).shape == pictures.shape
    assert studio.render(Crop(x=0.99, y=0.97, w=0.01, h=0.03), pictures, source=None).shape[1:3] == (2, 2)


@pytest.mark.parametrize("aspect", get_args(Aspect))
def test_the_largest_window_of_each_shape(studio: Any, dots: Any, aspect: Any) -> None:
    out = studio.render(Reframe(aspect=aspect), dots.draw((79.5, 44.5), frames=2))
    height, width = out.shape[1:3]
    assert width % 2 == height % 2 == 0
    shape = Fraction(aspect.replace(":", "/"))
    assert abs(width - height * shape) <= 2 * max(1, shape)
    assert width == 160 or height == 90
    assert dots.find(out[1]) == pytest.approx((width / 2 - 0.5, height / 2 - 0.5), abs=1.1)


def way(frames: int, size: int = 160) -> list[float]:
    """A subject that rests, walks across, and comes half back."""
    across = [min(max(k - 20, 0), 50) / 50 for k in range(frames)]
    back = [math.sin(min(max(k - 90, 0), 30) / 30 * math.pi / 2) for k in range(frames)]
    return [size * (0.2 + 0.55 * a - 0.2 * b) for a, b in zip(across, back, strict=True)]


def test_the_subject_stays_in_the_window_without_jerks(studio: Any, dots: Any) -> None:
    subject = way(140)
    pictures = np.concatenate([dots.draw((x, 45)) for x in subject])
    path = tuple(PathPoint(at_s=k / 24, x=(subject[k] + 0.5) / 160, y=0.5) for k in range(0, 140, 4))
    out = studio.render(Reframe(aspect="9:16", path=path), pictures)
    assert out.shape == (140, 90, 50, 3)
    seen = dots.path(out)[:, 0]
    assert np.mean((seen > 3) & (seen < 46)) >= 0.95
    window = np.array(subject) - seen
    steps = np.diff(window)
    assert np.ptp(window[:10]) < 2.5, "it rests, but for setting out gently, while the subject does"
    assert np.abs(np.diff(steps)).max() < 0.4, "no steps of whole pixels"
    assert window.min() >= -0.1
    assert window.max() <= 110.1


def test_a_small_stir_is_not_followed(studio: Any, dots: Any) -> None:
    subject = [80 + 3 * math.sin(k / 3) for k in range(48)]
    path = tuple(PathPoint(at_s=k / 24, x=x / 160, y=0.5) for k, x in enumerate(subject))
    seen = dots.path(studio.render(Reframe(path=path), np.concatenate([dots.draw((x, 45)) for x in subject])))[:, 0]
    assert np.std(np.array(subject) - seen) < 0.1


def test_down_as_well_as_across(studio: Any) -> None:
    """Two ways at once in a tall picture are only downwards; a part of the place is what the whole is there."""
    rng = np.random.default_rng(0)
    pictures = np.repeat(rng.integers(0, 255, (1, 160, 90, 3), dtype=np.uint8), 40, axis=0)
    path = (PathPoint(at_s=0, x=0.1, y=0.1), PathPoint(at_s=1.6, x=0.9, y=0.9))
    reframe = Reframe(aspect="1:1", path=path)
    out = studio.render(reframe, pictures)
    assert out.shape == (40, 90, 90, 3)
    assert np.abs(out[0].astype(int) - pictures[0, :90]).mean() < np.abs(out[-1].astype(int) - pictures[0, :90]).mean()
    assert np.array_equal(studio.render(reframe, pictures, begins=17), out[17:])


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_upscaling_keeps_what_is_where(studio: Any, dots: Any, factor: Any) -> None:
    out = studio.render(Upscale(factor=factor), dots.draw((60, 40), frames=2))
    assert out.shape == (2, 90 * factor, 160 * factor, 3)
    assert dots.find(out[1]) == pytest.approx((60.5 * factor - 0.5, 40.5 * factor - 0.5), abs=0.3)


def test_a_model_that_is_not_there_is_refused_in_one_sentence(studio: Any, dots: Any) -> None:
    (problem,) = Upscale(model="swin").problems(studio.place(dots.draw((1, 1))))
    assert problem.code == "no_upscaling_model"
    assert "'swin'" in problem.message
