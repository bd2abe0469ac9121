"""Small pictures of a source, and what is measured in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.editing.operations.samples import mean_and_spread, small_pictures
from configs.errors import BadMedia


def steps(frames: int = 12) -> Any:
    pictures = np.zeros((frames, 90, 160, 3), np.uint8)
    pictures[..., 0] = np.arange(frames)[:, None, None] * 20
    return pictures


def test_the_frames_of_the_moments_asked_for(studio: Any) -> None:
    source = studio.add("steps", steps())
    found = small_pictures(source, [0, 5 / 24, 9 / 24])
    assert [round(float(picture[..., 0].mean()) / 20) for picture in found] == [0, 5, 9]
    assert found[0].shape == (90, 160, 3)


def test_beyond_the_end_there_is_the_last_one_and_a_still_is_a_still(studio: Any) -> None:
    assert len(small_pictures(studio.add("steps", steps()), [99.0])) <= 1
    still = studio.add("still", np.full((1, 300, 200, 3), 77, np.uint8), still=True)
    (picture,) = small_pictures(still, [3.0])
    assert picture.shape == (240, 160, 3)
    assert picture.mean() == pytest.approx(77, abs=1)


def test_a_file_that_has_gone_or_holds_nothing(studio: Any) -> None:
    source = studio.add("steps", steps())
    source.path.unlink()
    with pytest.raises(BadMedia):
        small_pictures(source, [0.0])


def test_means_and_spreads_are_those_of_video_levels() -> None:
    white, black = np.full((4, 4, 3), 255, np.uint8), np.zeros((4, 4, 3), np.uint8)
    luma, blue, red = mean_and_spread([white, black])
    assert luma == pytest.approx((16 + 219 / 2, 219 / 2))
    assert blue == pytest.approx((128, 1), abs=0.01)
    assert red == pytest.approx((128, 1), abs=0.01)
    pure = np.zeros((4, 4, 3), np.uint8)
    pure[..., 2] = 255
    assert mean_and_spread([pure])[1][0] == pytest.approx(240, abs=0.1)
