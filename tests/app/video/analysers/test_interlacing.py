"""Woven fields are told from whole frames, whatever moves."""

from __future__ import annotations

from typing import Any

import av
import cv2
import numpy as np
import pytest

from app.video.analysers.interlacing import WATCH_EVERY, FieldWatch, judge, looks_interlaced


def pan(count: int, step: float, seed: int = 1) -> list[Any]:
    """Frames of a pan over a textured picture, at twice the frame rate: one per field."""
    noise = np.random.default_rng(seed).integers(0, 255, (180, 640)).astype(np.float32)
    wide = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2.5), None, 0, 255, cv2.NORM_MINMAX)
    moves = [np.array([[1, 0, -20 - step * i], [0, 1, 0]], np.float32) for i in range(count)]
    return [cv2.warpAffine(wide, m, (320, 180)).astype(np.uint8) for m in moves]


def woven(fields: list[Any], top_first: bool) -> list[Any]:
    frames = []
    for first, second in zip(fields[::2], fields[1::2], strict=True):
        frame = first.copy()
        lines = slice(1, None, 2) if top_first else slice(0, None, 2)
        frame[lines] = second[lines]
        frames.append(frame)
    return frames


@pytest.mark.parametrize("step", [0.6, 1.5, 4.0])
@pytest.mark.parametrize("top_first", [True, False])
def test_woven_fields(step: float, top_first: bool) -> None:
    found = looks_interlaced(woven(pan(16, step), top_first))
    assert found.interlaced is True
    assert found.field_order == ("top first" if top_first else "bottom first")
    assert (found.looked_at, found.moving) == (6, 6)


@pytest.mark.parametrize("step", [0.6, 1.5, 4.0])
def test_whole_frames(step: float) -> None:
    found = looks_interlaced(pan(8, step))
    assert found.interlaced is False
    assert found.field_order is None


def test_film_pulled_down_to_video() -> None:
    film = pan(12, 3.0)
    fields = [f for i, picture in enumerate(film) for f in [picture] * (2 if i % 2 == 0 else 3)]
    assert looks_interlaced(woven(fields[:24], True)).interlaced is True


def test_nothing_moves_or_nothing_to_compare() -> None:
    still = pan(1, 0)[0]
    assert looks_interlaced([still] * 5).interlaced is None
    assert looks_interlaced([still, still]).looked_at == 0
    assert looks_interlaced([]).looked_at == 0
    assert looks_interlaced([still, still[:90], still]).interlaced is None


def watched(frames: list[Any], first: int, start: int = 0) -> FieldWatch:
    """A watch that saw the given frames from number ``first`` on, nothing else from number ``start`` on."""
    watch = FieldWatch()
    for offset, luma in enumerate(frames):
        if first + offset >= start:
            watch.look(first + offset, av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p"))
    return watch


def test_the_watch_in_the_pass() -> None:
    frames = woven(pan(24, 1.5), True)
    found = watched(frames, WATCH_EVERY - 2)
    assert list(found.leans) == [WATCH_EVERY + 2]
    assert judge(list(found.leans.values())).field_order == "top first"
    assert judge(list(watched(pan(8, 1.5), 0).leans.values())).interlaced is False


def test_the_watch_does_not_depend_on_where_it_was_started() -> None:
    frames = woven(pan(24, 1.5), False)
    whole = watched(frames, WATCH_EVERY - 2)
    assert watched(frames, WATCH_EVERY - 2, start=WATCH_EVERY).leans == whole.leans
    assert watched(frames, WATCH_EVERY - 2, start=WATCH_EVERY + 1).leans == {}


def test_the_watch_passes_over_what_has_no_plain_luma() -> None:
    watch = FieldWatch()
    for index in range(3):
        watch.look(index, av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24"))
        watch.look(index, av.VideoFrame(64, 64, "yuv420p10le"))
    assert watch.leans == {}
    assert judge([]).interlaced is None
    assert judge([None, None]).looked_at == 2
