"""Frames between frames: as bright as they should be between two that grow brighter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.editing.facts import SourceFacts
from app.editing.render.smooth import slow_of, slow_parts, smoothing_of, stretches_within
from app.editing.timeline import Stretch
from app.video.ffmpeg import run
from tests.app.editing.barcode import facts
from tests.app.editing.render.conftest import Studio, segment, timeline_of


@pytest.fixture(scope="module")
def brightening(tmp_path_factory: pytest.TempPathFactory) -> SourceFacts:
    """96 frames, each two levels brighter than the one before."""

    def pictures() -> Iterator[bytes]:
        for number in range(96):
            yield bytes([20 + 2 * number]) * (64 * 48)

    path = tmp_path_factory.mktemp("brightening") / "a.mp4"
    arguments = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x48", "-r", "24", "-i", "pipe:0"]
    return facts(run([*arguments, "-c:v", "libx264", "-crf", "1", "-pix_fmt", "yuv420p", "-g", "24"], path, frames=pictures()))


def brightness(path: Path) -> np.ndarray[Any, Any]:
    """Of every frame, in source frames."""
    import av

    with av.open(str(path)) as container:
        return np.array([(frame.to_ndarray(format="gray").mean() - 20) / 2 for frame in container.decode(video=0)])


@pytest.mark.parametrize("smooth", ["blend", "motion"])
@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "speed", "factor": 0.3}], [{"op": "speed", "factor": 0.5}, {"op": "reverse"}],
        [{"op": "ramp", "from_factor": 0.2, "to_factor": 0.9}], [{"op": "ramp", "from_factor": 0.25, "to_factor": 3}],
        [{"op": "speed", "factor": 3}],
    ],
    ids=["slow", "slow back", "slow ramp", "through", "fast"],
)  # fmt: skip
def test_brightness_grows_evenly(brightening: SourceFacts, studio: Studio, smooth: str, operations: list[dict[str, Any]]) -> None:
    operations = [{**operations[0], "smooth": smooth}, *operations[1:]]
    timeline = timeline_of(brightening, segment(1, 3, *operations))
    found = brightness(studio.render(timeline).path)
    places = [float(24 + one.start + number * one.step) for one in timeline.clips[0].stretches for number in range(one.frames)]
    assert len(found) == len(places)
    wanted = np.array(places)
    assert np.abs(found - wanted).max() < 1.6, "within the shutter of a fast frame"
    slow = np.abs(np.diff(wanted, append=wanted[-1])) < 0.95
    slow[-4:] = False
    if slow.any():
        assert np.abs(found - wanted)[slow].mean() < 0.3


def test_stretches_of_a_part() -> None:
    class Clip:
        stretches = (Stretch(Fraction(0), Fraction(1, 2), 10), Stretch(Fraction(5), Fraction(2), 4))

    found = list(stretches_within(Clip(), 4, 12))  # type: ignore[arg-type]
    assert found == [Stretch(Fraction(2), Fraction(1, 2), 6), Stretch(Fraction(5), Fraction(2), 2)]
    assert [slow for slow, _ in slow_parts(found)] == [True, False]


def test_every_source_frame_has_its_own_moment(brightening: SourceFacts) -> None:
    (clip,) = timeline_of(brightening, segment(0, 2, {"op": "speed", "factor": 0.07, "smooth": "blend"})).clips
    assert smoothing_of(clip) == "blend"
    found = slow_of(clip, clip.stretches)
    assert list(found.ticks) == sorted(set(found.ticks))
    assert (found.ticks[0], found.frames, found.first) == (0, clip.frames, 0)
