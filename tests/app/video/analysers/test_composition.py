"""Where a planted subject stands is described as it was planted."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest

from app.video.analysers.base import Findings
from app.video.analysers.composition import (
    ANALYSER,
    CompositionSampler,
    FilmComposition,
    balance,
    decide,
    of_sample,
    power_point_distance,
    remarks,
    shot_size,
    thirds_score,
)
from app.video.analysers.saliency import Subject
from app.video.curves import Curves, Shot
from app.video.frame import Frame
from app.video.models import MediaInfo, Rational, VideoStream


def film() -> MediaInfo:
    video = VideoStream(
        codec="h264", pix_fmt="yuv420p", width=1280, height=720, coded_width=1280, coded_height=720,
        sample_aspect_ratio=Rational(num=1, den=1), rotation_deg=0, fps=24, fps_rational=Rational(num=24, den=1), avg_fps=24,
        vfr=False, frame_count=48, frame_count_estimated=False, keyframe_interval_s=1, start_time_s=0, bit_depth=8,
    )  # fmt: skip
    return MediaInfo(container="mp4", duration_s=2, size_bytes=1, video=video)


def frame(x: float, y: float, index: int = 0, half_width: int = 18, half_height: int = 36) -> Frame:
    """A reddish figure before a plain wall; its centre in shares."""
    rng = np.random.default_rng(index)
    planes = np.stack([np.full((180, 320), v, np.float32) for v in (190, 135, 122)], axis=2)
    cv2.ellipse(planes, (round(x * 320), round(y * 180)), (half_width, half_height), 0, 0, 360, (70.0, 110.0, 175.0), -1)
    noisy = np.clip(planes + rng.normal(0, 1, planes.shape), 0, 255).astype(np.uint8)
    half = cv2.resize(noisy, (160, 90), interpolation=cv2.INTER_AREA)
    return Frame(index, index / 24, noisy[..., 0].copy(), half[..., 1].copy(), half[..., 2].copy())


def findings(frames: list[Frame], shots: list[Shot]) -> Findings:
    sampler = CompositionSampler()
    rows = np.array([(f.index, *sampler.sample(f)) for f in frames], np.float32).reshape(len(frames), 1 + len(sampler.columns))
    samples = Curves(24, np.array([f.time_s for f in frames]), dict(zip(("frame", *sampler.columns), rows.T, strict=True)))
    return Findings(Curves(24, np.arange(48) / 24), samples, shots, film())


def composition(*args: Any, **named: Any) -> Any:
    sampler = CompositionSampler()
    return of_sample(dict(zip(sampler.columns, sampler.sample(frame(*args, **named)), strict=True)))


@pytest.mark.parametrize(("x", "y"), [(1 / 3, 1 / 3), (0.5, 0.5), (0.7, 0.6), (0.2, 0.4)])
def test_the_subject_is_where_it_was_put(x: float, y: float) -> None:
    found = composition(x, y)
    assert found.subject.centre_x == pytest.approx(x, abs=0.03)
    assert found.subject.centre_y == pytest.approx(y, abs=0.05)
    assert found.subject.h == pytest.approx(0.4, abs=0.15)
    assert found.headroom == pytest.approx(y - 0.2, abs=0.08)


def test_thirds_and_power_points() -> None:
    assert thirds_score(1 / 3, 0.5) == 1
    assert thirds_score(0.5, 0.5) == pytest.approx(0)
    assert thirds_score(0.4, 0.5) == pytest.approx(0.6)
    assert power_point_distance(2 / 3, 1 / 3, 16 / 9) == 0
    assert power_point_distance(0.5, 0.5, 2.0) == pytest.approx(math.hypot(1 / 6, 1 / 12))
    assert composition(1 / 3, 1 / 3).power_point_distance < 0.05 < composition(0.5, 0.5).power_point_distance


def test_balance() -> None:
    weight = np.ones((9, 16))
    assert balance(weight) == (0, 0)
    weight[:, 8:] = 3
    assert balance(weight) == (0.5, 0)
    weight[:] = 0
    assert balance(weight) == (0, 0)
    weight[8, 0] = 1
    assert balance(weight) == (-1, 1)
    assert composition(0.2, 0.5).balance_left_right < -0.2
    assert composition(0.8, 0.5).balance_left_right > 0.2


@pytest.mark.parametrize(
    ("top", "height", "expected"),
    [(0.02, 0.92, "close-up"), (0.3, 0.7, "medium close-up"), (0.2, 0.6, "medium shot"), (0.3, 0.4, "full shot"),
     (0.4, 0.15, "wide shot"), (0.5, 0.05, "extreme wide shot")],
)  # fmt: skip
def test_shot_size(top: float, height: float, expected: str) -> None:
    size, sure = shot_size(Subject(0.3, top, 0.3, height, 0.45, top + height / 2, 0.9))
    assert size == expected
    assert 0 < sure <= 0.9


def test_nothing_stands_out() -> None:
    found = composition(0.5, 0.5, half_width=0, half_height=0)
    assert (found.subject, found.headroom, found.shot_size, found.shot_size_confidence) == (None, None, None, 0)
    assert remarks(found)[0] == "no clear subject"


def test_decide_gives_the_middle_of_a_shot_and_a_frame_that_shows_it() -> None:
    frames = [frame(x, 0.4, i) for i, x in ((0, 0.3), (12, 0.34), (24, 0.36), (36, 0.75))]
    result = decide(findings(frames, [Shot(0, 36), Shot(36, 46), Shot(46, 48)]))
    first, second, third = result.shots
    assert first.frame == 12
    assert first.sampled_frames == 3
    assert first.subject is not None
    assert first.subject.centre_x == pytest.approx(0.34, abs=0.03)
    assert second.subject is not None
    assert second.subject.centre_x > 0.7
    assert any("right" in word for word in second.remarks)
    assert third.remarks == ["too short to be sampled"]
    assert FilmComposition.model_validate_json(result.model_dump_json()) == result


def test_same_result_again() -> None:
    frames = [frame(0.4, 0.5, i) for i in (0, 12)]
    assert decide(findings(frames, [Shot(0, 24)])) == decide(findings(frames, [Shot(0, 24)]))
    assert ANALYSER.measure is None


def test_a_tilted_film_has_a_word_for_its_sizes() -> None:
    frames = [frame(0.4, 0.5, i) for i in (0, 12, 24)]
    result = decide(findings(frames, [Shot(0, 12), Shot(12, 24), Shot(24, 36)]))
    assert result.remarks == ["mostly full shots"]
    assert decide(findings([], [Shot(0, 12)])).remarks == []
