"""Smooth noise and what it leaves to be shown."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.editing.operations.noise import envelope, shaken, smooth_noise
from app.editing.operations.views import Canvas


def test_noise_is_bounded_smooth_and_the_same_for_a_seed() -> None:
    values = smooth_noise(7, 400, 0.1)
    assert values == smooth_noise(7, 400, 0.1)
    assert values != smooth_noise(8, 400, 0.1)
    assert 0.5 < max(map(abs, values)) <= 1
    assert max(abs(after - before) for before, after in pairwise(values)) < 0.35
    turns = sum((b - a) * (c - b) < 0 for a, b, c in zip(values, values[1:], values[2:], strict=False))
    assert turns == pytest.approx(40, abs=3)


def test_noise_quicker_than_frames_still_works() -> None:
    assert len(smooth_noise(0, 10, 30.0)) == 10
    assert len(smooth_noise(0, 1, 0.001)) == 1


def test_a_blow_dies_away() -> None:
    strengths = envelope(48, 24.0, decays=True, dies=True)
    assert strengths[0] == 1
    assert strengths[-1] < 0.01
    assert all(after <= before for before, after in pairwise(strengths))


def test_a_shake_comes_up_and_goes_down_where_it_ends_before_the_shot() -> None:
    strengths = envelope(48, 24.0, decays=False, dies=True)
    assert strengths[0] > 0
    assert max(strengths) == 1
    assert strengths[-1] < 0.4
    assert envelope(48, 24.0, decays=False, dies=False)[-1] == 1
    assert 0 < envelope(1, 24.0, decays=False, dies=True)[0] <= 1


@pytest.mark.parametrize("canvas", [Canvas(160, 90), Canvas(90, 160), Canvas(64, 64)])
def test_what_is_shown_lies_within_the_picture(canvas: Canvas) -> None:
    for view in shaken(canvas, envelope(60, 24.0, decays=False, dies=True), 0.1, 0.3, seed=3):
        assert min(view.x, view.y) >= -1e-9
        assert view.x + view.w <= canvas.width + 1e-9
        assert view.y + view.h <= canvas.height + 1e-9
        assert view.w / view.h == pytest.approx(canvas.width / canvas.height)
