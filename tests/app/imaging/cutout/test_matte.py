"""Alpha and colours of a mixture whose parts are known."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.cutout.matte import boldest, own_colours, soft_alpha, spread_colours
from app.imaging.cutout.subject import INSIDE, OUTSIDE, UNSURE

FRONT, BACK = np.float32([0.8, 0.2, 0.1]), np.float32([0.2, 0.5, 0.9])


def ramp(width: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(picture, true alpha, trimap): background on the left, subject on the right, eight px of mixture between them."""
    alpha = np.clip((np.arange(width) - width / 2 + 4) / 8, 0, 1).astype(np.float32)[None].repeat(20, 0)
    trimap = np.where(alpha == 1, INSIDE, np.where(alpha == 0, OUTSIDE, UNSURE)).astype(np.uint8)
    return alpha[..., None] * FRONT + (1 - alpha[..., None]) * BACK, alpha, trimap


@pytest.mark.parametrize("known", [True, False])
def test_a_linear_mixture_is_solved_exactly(known: bool) -> None:
    picture, alpha, trimap = ramp()
    course = np.broadcast_to(BACK, picture.shape).astype(np.float32) if known else None
    found, front, back = soft_alpha(picture, trimap, course)
    assert np.abs(found - alpha).max() < 1e-3
    own = own_colours(picture, found, front, back)
    assert np.abs(own[alpha > 0] - FRONT).max() < 1e-3, "nothing of the background shines through"


def test_where_both_sides_look_alike_structure_decides() -> None:
    picture, _, trimap = ramp()
    same = np.full_like(picture, 0.5)
    found, _, _ = soft_alpha(same, trimap)
    assert found.min() == 0
    assert found.max() == 1
    assert np.isfinite(found).all()
    assert np.all(np.diff(found[10]) > -0.05)


def test_colours_are_carried_to_the_nearest() -> None:
    colours = np.zeros((10, 40, 3), np.float32)
    known = np.zeros((10, 40), bool)
    colours[:, :5], colours[:, -5:] = (1, 0, 0), (0, 0, 1)
    known[:, :5] = known[:, -5:] = True
    found = spread_colours(colours, known)
    assert found[5, 12].tolist() == pytest.approx([1, 0, 0], abs=1e-3)
    assert found[5, 30].tolist() == pytest.approx([0, 0, 1], abs=1e-3)
    assert spread_colours(colours, np.zeros((10, 40), bool)).shape == colours.shape


def test_a_thin_line_lends_its_own_colour() -> None:
    """One dark column beside nothing: its pixels are mixtures of it, not of the red far away."""
    picture = np.broadcast_to(BACK, (21, 41, 3)).copy()
    picture[:, 20] = 0.05
    picture[:, 19] = picture[:, 21] = 0.5 * 0.05 + 0.5 * BACK
    beside = np.zeros((21, 41), bool)
    beside[10, 19] = True
    assert np.abs(boldest(picture, np.broadcast_to(BACK, picture.shape), beside) - 0.05).max() < 1e-6
    trimap = np.full((21, 41), UNSURE, np.uint8)
    trimap[:, :15], trimap[:, 36:] = OUTSIDE, INSIDE
    picture[:, 36:] = FRONT
    found, _, _ = soft_alpha(picture.astype(np.float32), trimap, np.broadcast_to(BACK, picture.shape).astype(np.float32))
    assert found[10, 20] > 0.97
    assert found[10, 19] == pytest.approx(0.5, abs=0.03)
    assert found[10, 25] < 0.03
