"""Rows and samples of frames, and how much of the past they need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.video.analysers import ANALYSERS
from app.video.decode import Decoder, small_frame
from app.video.frame import Frame
from app.video.measures import Measures

GRAPH = "testsrc2=s=160x90:r=24:d=4,rotate=0.05*t,noise=alls=4:allf=t[out0]"


@pytest.fixture
def frames(clips: Callable[..., Path]) -> list[Frame]:
    return [small_frame(picture) for picture in Decoder(clips("moving.mp4", "-pix_fmt", "yuv420p", graph=GRAPH), 1 / 24).pictures()]


def fresh(frame: Frame) -> Frame:
    return Frame(frame.index, frame.time_s, frame.y, frame.u, frame.v)


def test_there_is_one_number_per_name(frames: list[Frame]) -> None:
    measures = Measures(ANALYSERS, 24.0)
    assert len(measures.row(frames[0])) == len(measures.names)
    sample = measures.sample(frames[0])
    assert sample is not None
    assert len(sample) == len(measures.sample_names)
    assert sample[0] == 0


def test_two_frames_a_second_are_sampled(frames: list[Frame]) -> None:
    measures = Measures(ANALYSERS, 24.0)
    sampled = [frame.index for frame in frames if (measures.row(frame), measures.sample(frame))[1] is not None]
    assert sampled == list(range(0, len(frames), 12))


@pytest.mark.parametrize("start", [40, 41, 47, 53])
def test_whoever_starts_in_the_middle_has_forgotten_nothing_that_counts(frames: list[Frame], start: int) -> None:
    """What segments and resumed passes rely on: all numbers are those of the pass from the beginning."""
    whole, part = Measures(ANALYSERS, 24.0), Measures(ANALYSERS, 24.0)
    rows = [whole.row(fresh(frame)) for frame in frames]
    late = [part.row(fresh(frame)) for frame in frames[start - part.memory :]]
    assert late[part.memory :] == rows[start:]


def test_no_two_numbers_may_share_a_name() -> None:
    with pytest.raises(ValueError, match="same column"):
        Measures([ANALYSERS[0], ANALYSERS[0]], 24.0)
