"""What a request may ask, and what a result must hold."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from app.video.models import DEFAULT_SHORTEST, DEFAULT_THRESHOLDS, AnalyzeVideo, Detector, Keyframe, MakeProxy, Quality, Scene

QUALITY = Quality(
    sampled_frames=1, sharpness=10, sharpness_min=10, brightness=100, contrast=30, noise=1, shadows_clipped=0, highlights_clipped=0
)


def scene(**changes: Any) -> Scene:
    fields: dict[str, Any] = {
        "index": 0, "start_frame": 0, "end_frame": 24, "start_s": 0.0, "end_s": 1.0,
        "start_timecode": "00:00:00:00", "end_timecode": "00:00:01:00", "quality": QUALITY,
    }  # fmt: skip
    return Scene(**{**fields, **changes})


@pytest.mark.parametrize(
    ("detector", "threshold"), [("content", 27.0), ("adaptive", 3.0), ("threshold", 12.0), ("histogram", 0.2), ("hash", 0.35)]
)
def test_each_detector_has_its_own_threshold(detector: Any, threshold: float) -> None:
    assert AnalyzeVideo(video="clip", detector=detector).threshold == threshold
    assert AnalyzeVideo(video="clip", detector=detector, scene_threshold=0.5).threshold == 0.5
    assert DEFAULT_THRESHOLDS[detector] == threshold


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("detector", "magic"),
        ("scene_threshold", 0),
        ("scene_threshold", 300),
        ("scene_threshold", float("nan")),
        ("min_scene_frames", 0),
        ("min_scene_frames", 10_001),
        ("frames_per_scene", 0),
        ("frames_per_scene", 13),
        ("frames_per_scene", "many"),
        ("colour", "red"),
    ],
)
def test_wrong_settings_are_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        AnalyzeVideo.model_validate({"video": "clip", field: value})
    assert caught.value.errors()[0]["loc"] == (field,)


@pytest.mark.parametrize("detector", ["histogram", "hash"])
def test_a_share_is_one_at_most(detector: Any) -> None:
    with pytest.raises(ValidationError, match=f"the {detector} detector compares shares, so its threshold is 1 at most") as caught:
        AnalyzeVideo(video="clip", detector=detector, scene_threshold=27)
    assert caught.value.errors()[0]["loc"] == ("scene_threshold",)


def test_the_schema_lists_the_detectors_with_their_usual_settings() -> None:
    choices = AnalyzeVideo.model_json_schema()["properties"]["detector"]["choices"]
    assert [c["value"] for c in choices] == list(get_args(Detector)) == list(DEFAULT_SHORTEST)
    assert {c["value"]: c["scene_threshold"] for c in choices} == DEFAULT_THRESHOLDS
    assert {c["value"]: c["min_scene_frames"] for c in choices} == DEFAULT_SHORTEST
    assert all(c["title"] and c["most"] >= c["scene_threshold"] for c in choices)


def test_a_video_must_be_named() -> None:
    with pytest.raises(ValidationError):
        AnalyzeVideo.model_validate({})


@pytest.mark.parametrize("height", [0, 100, 5000])
def test_proxies_have_sensible_heights(height: int) -> None:
    with pytest.raises(ValidationError):
        MakeProxy(video="clip", height=height)


def test_a_scene_has_frames() -> None:
    assert scene().frame_count == 24
    with pytest.raises(ValidationError, match="ends at frame 3, before it starts at 5"):
        scene(start_frame=5, end_frame=3)


def test_the_sharpest_keyframe_stands_for_the_scene() -> None:
    def keyframe(frame: int, sharpness: float) -> Keyframe:
        return Keyframe(
            frame=frame, time_s=0, timecode="00:00:00:00", name=f"k{frame}", artifact_id="a", width=1, height=1, sharpness=sharpness
        )

    assert scene().keyframe is None
    best = scene(keyframes=[keyframe(1, 5), keyframe(2, 9), keyframe(3, 7)]).keyframe
    assert best is not None
    assert best.frame == 2


def test_every_field_of_a_request_explains_itself() -> None:
    for model in (AnalyzeVideo, MakeProxy):
        assert all(field.description for field in model.model_fields.values())
