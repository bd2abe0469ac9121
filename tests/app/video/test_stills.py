"""`video.stills`: exactly the frames asked for, upright, each once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.video.stills import MOST_STILLS, TakeStills, take_stills, timecode_of
from configs.errors import BadInput
from storage.records import SUPPORT
from tests.app.video import takes


def stills(path: Path, frames: list[int], studio: Any, media_of: Callable[..., Any]) -> Any:
    return take_stills(TakeStills(video="clip", frames=frames), studio.context(media_of(path)))


def test_the_pictures_are_the_frames(tmp_path: Path, studio: Any, media_of: Callable[..., Any]) -> None:
    import cv2
    import numpy as np

    found = stills(takes.take("clean", tmp_path), [41, 0, 40, 41, 71], studio, media_of).stills
    assert [still.frame for still in found] == [0, 40, 41, 71]
    assert [still.timecode for still in found] == ["00:00:00:00", "00:00:01:16", "00:00:01:17", "00:00:02:23"]
    pictures = takes.damaged("clean")
    for still in found:
        artifact = studio.artifacts[f"stills/frame-{still.frame:06d}.jpg"]
        assert (artifact.id, artifact.role, artifact.inputs) == (still.artifact_id, SUPPORT, ("clip",))
        image = cv2.imread(str(artifact.path))
        assert image is not None
        assert image.shape[:2] == (still.height, still.width) == (180, 320)
        apart = [float(np.abs(image.astype(int) - picture.astype(int)).mean()) for picture in pictures]
        assert int(np.argmin(apart)) == still.frame
        assert still.time_s == pytest.approx(still.frame / 24, abs=1e-3)


def test_a_turned_clip_is_shown_upright(
    studio: Any, media_of: Callable[..., Any], clips: Callable[..., Path], run_ffmpeg: Any, tmp_path: Path
) -> None:
    turned = tmp_path / "turned.mp4"
    run_ffmpeg("-display_rotation", "90", "-i", str(clips("plain.mp4")), "-c", "copy", str(turned))
    still = stills(turned, [3], studio, media_of).stills[0]
    assert (still.width, still.height) == (90, 160)


def test_a_frame_that_is_not_there_is_one_sentence(tmp_path: Path, studio: Any, media_of: Callable[..., Any]) -> None:
    with pytest.raises(BadInput, match=r"clean.mp4 has 72 frames, so there is no frame 72\."):
        stills(takes.take("clean", tmp_path), [5, 72], studio, media_of)


@pytest.mark.parametrize("frames", [[], [-1], list(range(MOST_STILLS + 1))])
def test_nonsense_is_refused(frames: list[int]) -> None:
    with pytest.raises(ValidationError):
        TakeStills(video="clip", frames=frames)


def test_timecode_counts_from_the_files_own(tmp_path: Path, media_of: Callable[..., Any]) -> None:
    from app.video.analyze import media_info

    info = media_info(media_of(takes.take("clean", tmp_path)))
    later = info.model_copy(update={"video": info.video.model_copy(update={"start_timecode": "01:00:00:00"})})
    assert timecode_of(25, later) == "01:00:01:01"
