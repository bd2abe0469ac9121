"""The arithmetic of light."""

from __future__ import annotations

import pytest

from app.editing.operations import grading


def test_the_light_of_6500_kelvin_is_neutral_and_lower_is_redder() -> None:
    assert grading.colour_of_light(6500) == pytest.approx((1, 1, 1))
    reds = [grading.colour_of_light(kelvin)[0] for kelvin in (2000, 3000, 4500, 6500, 9000, 20_000)]
    blues = [grading.colour_of_light(kelvin)[2] for kelvin in (2000, 3000, 4500, 6500, 9000, 20_000)]
    assert reds == sorted(reds, reverse=True)
    assert blues == sorted(blues)
    assert min(blues) >= 0


@pytest.mark.parametrize("kelvin", [2000, 3999, 4001, 20_000])
def test_its_brightness_stays(kelvin: int) -> None:
    red, green, blue = grading.colour_of_light(kelvin)
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue == pytest.approx(1)


def test_the_cubics_meet_where_they_change() -> None:
    for kelvin in (2222, 4000):
        assert grading.colour_of_light(kelvin - 1) == pytest.approx(grading.colour_of_light(kelvin + 1), abs=0.01)


def test_stops() -> None:
    assert grading.exposure_gain(0) == 1
    assert grading.exposure_gain(2.2) == pytest.approx(2)


def test_the_vignette_is_even_and_grows_outwards() -> None:
    mask = grading.vignette_mask(160, 90, 1.0)
    assert mask.shape == (90, 160)
    assert mask[45, 80] == 0
    assert mask[0, 0] == mask[-1, -1] == mask[0, -1] >= 225
    assert (mask == mask[::-1, ::-1]).all()
    assert grading.vignette_mask(16, 16, 0.5).max() <= 115
