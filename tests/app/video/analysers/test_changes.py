"""Distances between frames, and the straight line of a dissolve."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.changes import LAGS, MIDDLES, Changes
from tests.app.video.analysers.films import frames, measured, picture


def test_equal_frames_have_no_distance() -> None:
    curves = measured(Changes(), frames([picture(1)] * 40))
    for lag in LAGS:
        assert curves[f"d{lag}"].max() == 0
        assert curves[f"h{lag}"].max() == pytest.approx(0, abs=1e-6)


def test_distances_to_before_the_film_are_none() -> None:
    curves = measured(Changes(), frames([picture(n) for n in range(40)]))
    for lag in LAGS:
        assert curves[f"d{lag}"][:lag].max() == 0
        assert curves[f"d{lag}"][lag:].min() > 0


def test_the_middle_of_a_dissolve_is_the_mean_of_its_ends() -> None:
    one, other = picture(1).astype(float), picture(2).astype(float)
    film = [np.round(one + (other - one) * min(max((n - 10) / 16, 0), 1)).astype(np.uint8) for n in range(40)]
    curves = measured(Changes(), frames(film))
    assert curves["m16"][26] < 0.05
    assert curves["m8"][20] < 0.05


def test_the_middle_of_a_cut_is_not() -> None:
    curves = measured(Changes(), frames([picture(1)] * 20 + [picture(2)] * 20))
    assert curves["m16"][25] == pytest.approx(0.5, abs=0.05)


def test_a_change_of_light_keeps_the_shape() -> None:
    base = picture(3).astype(float)
    film = [np.round(base * (1 - 0.02 * n)).astype(np.uint8) for n in range(20)]
    curves = measured(Changes(), frames(film))
    assert curves["r16"][17] > 0.97
    assert measured(Changes(), frames([picture(1)] * 17 + [picture(8)] * 3))["r16"][17] < 0.9


def test_a_flat_picture_is_like_nothing() -> None:
    curves = measured(Changes(), frames([np.full((90, 160), 128, np.uint8)] * 4))
    assert [curves[f"r{lag}"][3] for lag in MIDDLES[:1]] == [0.0]


def test_light_and_spread_are_in_levels() -> None:
    checker = np.tile(np.array([[0, 200], [200, 0]], np.uint8), (45, 80))
    curves = measured(Changes(), frames([checker]))
    assert curves["luma"][0] == pytest.approx(100)
    assert curves["spread"][0] == pytest.approx(100)


def test_started_early_enough_the_numbers_are_the_same() -> None:
    film = frames([picture(n // 7) for n in range(90)], [100 + n % 40 for n in range(90)])
    whole = measured(Changes(), film)
    late = Changes()
    start = 50
    for frame in film[start - Changes.memory : start]:
        late.measure(frame)
    rows = [late.measure(frame) for frame in film[start:]]
    assert np.array_equal(np.asarray(rows, np.float32), np.stack([whole[name][start:] for name in Changes.columns], axis=1))


def test_the_changed_share_is_that_of_the_picture_in_light_or_colour() -> None:
    one = np.full((90, 160), 90, np.uint8)
    part = one.copy()
    part[:, :40] = 140
    assert measured(Changes(), frames([one, one, part, part]))["changed"].tolist() == [0.0, 0.0, 0.25, 0.0]
    assert measured(Changes(), frames([one, one], [120, 150]))["changed"].tolist() == [0.0, 1.0]
