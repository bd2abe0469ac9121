"""What analysers see of a frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.video.decode import Decoder, small_frame
from app.video.frame import Frame


def a_frame() -> Frame:
    return Frame(0, 0.0, np.zeros((18, 32), np.uint8), np.zeros((9, 16), np.uint8), np.zeros((9, 16), np.uint8))


def test_shared_work_is_done_once() -> None:
    frame, calls = a_frame(), []
    for _ in range(3):
        assert frame.once("x", lambda: calls.append(1) or 7) == 7
    assert len(calls) == 1


def test_half_is_half() -> None:
    assert a_frame().half().shape == (9, 16)


@pytest.mark.parametrize(
    ("colour", "luma"), [("black", 0), ("white", 255), ("gray", 128)]
)  # limited-range video is stretched to the full range
def test_luma_is_full_range(clips: Callable[..., Path], colour: str, luma: int) -> None:
    path = clips(f"{colour}.mp4", "-pix_fmt", "yuv420p", graph=f"color={colour}:s=64x48:r=24:d=0.2[out0]")
    frame = small_frame(next(Decoder(path, 1 / 24).pictures()))
    assert abs(float(frame.y.mean()) - luma) <= 1
    assert abs(float(frame.u.mean()) - 128) <= 1


@pytest.mark.parametrize(
    ("size", "expected"), [("1280x720", (180, 320)), ("720x1280", (320, 180)), ("64x48", (48, 64)), ("1000x30", (10, 320))]
)
def test_the_long_side_is_320_and_small_pictures_stay(clips: Callable[..., Path], size: str, expected: tuple[int, int]) -> None:
    path = clips(f"{size}.mp4", "-pix_fmt", "yuv420p", graph=f"testsrc2=s={size}:r=24:d=0.1[out0]")
    frame = small_frame(next(Decoder(path, 1 / 24).pictures()))
    assert frame.y.shape == expected
    assert frame.u.shape == frame.v.shape == (expected[0] // 2, expected[1] // 2)


def test_a_frame_outlives_its_decoder(clips: Callable[..., Path]) -> None:
    path = clips("alive.mp4", "-pix_fmt", "yuv420p", graph="testsrc2=s=320x180:r=24:d=1[out0]")
    kept = [small_frame(picture) for picture in Decoder(path, 1 / 24).pictures()]
    sums = [int(frame.y.sum()) for frame in kept]
    again = [int(small_frame(picture).y.sum()) for picture in Decoder(path, 1 / 24).pictures()]
    assert sums == again
