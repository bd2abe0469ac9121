"""Pixels of decoded frames."""

from __future__ import annotations

import av
import numpy as np
import pytest

from app.video.planes import plane_of, scaled, turn


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_turning_is_clockwise(degrees: int) -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(turn(image, degrees), np.rot90(image, -degrees // 90))


def test_a_plane_has_no_padding() -> None:
    luma = np.arange(50 * 30, dtype=np.uint32).astype(np.uint8).reshape(30, 50)
    frame = av.VideoFrame.from_ndarray(luma, format="gray")
    assert np.array_equal(plane_of(frame.planes[0]), luma)


def test_scaling_gives_the_size_asked_for() -> None:
    frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")
    assert scaled(frame, width=32, height=24, format="bgr24").to_ndarray().shape == (24, 32, 3)
