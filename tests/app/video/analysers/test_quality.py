"""Per-frame quality against pictures whose light, blur and banding are known."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from app.video.analysers.base import Findings
from app.video.analysers.quality import ANALYSER, FilmQuality, QualityMeasure, QualitySampler, best_frames, decide, remarks
from app.video.curves import Curves, Shot
from app.video.frame import Frame
from app.video.models import MediaInfo, Rational, VideoStream


def film() -> MediaInfo:
    rate = Rational(num=24, den=1)
    video = VideoStream(
        codec="h264", pix_fmt="yuv420p", width=1280, height=720, coded_width=1280, coded_height=720,
        sample_aspect_ratio=Rational(num=1, den=1), rotation_deg=0, fps=24, fps_rational=rate, avg_fps=24, vfr=False,
        frame_count=48, frame_count_estimated=False, keyframe_interval_s=1, start_time_s=0, bit_depth=8,
    )  # fmt: skip
    return MediaInfo(container="mp4", duration_s=2, size_bytes=1, video=video)


def picture(seed: int = 1, height: int = 720, width: int = 1280) -> Any:
    """Luma with edges at all scales."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width), 120, np.uint8)
    for _ in range(150):
        x, y, w, h = rng.integers(0, width), rng.integers(0, height), rng.integers(4, width // 4), rng.integers(4, height // 4)
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), 20 * int(rng.integers(1, 12)), -1)
    return image


def frame(luma: Any, index: int = 0) -> Frame:
    """As the engine makes it: 320 px, scaled by area."""
    factor = 320 / max(luma.shape)
    size = (round(luma.shape[1] * factor), round(luma.shape[0] * factor))
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA) if factor < 1 else luma
    grey = np.full((small.shape[0] // 2, small.shape[1] // 2), 128, np.uint8)
    return Frame(index, index / 24, small, grey, grey)


def measured(luma: Any) -> dict[str, float]:
    return dict(zip(QualityMeasure.columns, QualityMeasure().measure(frame(luma)), strict=True))


def findings(pictures: list[Any], shots: list[Shot]) -> Findings:
    measure, sampler = QualityMeasure(), QualitySampler()
    frames = [frame(p, i) for i, p in enumerate(pictures)]
    rows = np.array([measure.measure(f) for f in frames], np.float32)
    times = np.arange(len(frames)) / 24
    curves = Curves(24, times, dict(zip(measure.columns, rows.T, strict=True)))
    taken = frames[::12]
    samples = np.array([(f.index, *sampler.sample(f)) for f in taken], np.float32)
    return Findings(curves, Curves(24, times[::12], dict(zip(("frame", *sampler.columns), samples.T, strict=True))), shots, film())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_graded_blur_is_ranked(seed: int) -> None:
    sharp = picture(seed)
    values = [measured(cv2.GaussianBlur(sharp, (0, 0), sigma))["sharpness"] for sigma in np.geomspace(0.6, 16, 16)]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("level", [0, 3, 90, 200, 255])
def test_a_flat_tone(level: int) -> None:
    values = measured(np.full((360, 640), level, np.uint8))
    assert values["luma_mean"] == level
    assert values["luma_std"] == values["sharpness"] == 0
    assert values["shadows_clipped"] == (level <= 2)
    assert values["highlights_clipped"] == (level >= 253)


@pytest.mark.parametrize("seed", [4, 5])
def test_light_and_contrast_are_those_of_the_full_size(seed: int) -> None:
    full = picture(seed)
    values = measured(full)
    assert values["luma_mean"] == pytest.approx(full.mean(), abs=1)
    assert values["luma_std"] == pytest.approx(full.std(), abs=3)


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    small = picture(6, 180, 320)
    assert measured(small)["sharpness"] == pytest.approx(cv2.Laplacian(small, cv2.CV_64F).var(), rel=1e-6)


def test_clipped_shares() -> None:
    luma = np.full((180, 320), 128, np.uint8)
    luma[:45], luma[45:90] = 1, 254
    values = measured(luma)
    assert (values["shadows_clipped"], values["highlights_clipped"]) == (0.25, 0.25)


def test_the_same_numbers_again() -> None:
    used = QualityMeasure()
    used.measure(frame(picture(8)))
    assert used.measure(frame(picture(9))) == QualityMeasure().measure(frame(picture(9)))


def test_strong_banding_has_its_word() -> None:
    line = np.linspace(40, 120, 1280)
    banded, smooth = (np.tile((np.round(line / step) * step).astype(np.uint8), (720, 1)) for step in (5, 1))
    first, second = decide(findings([banded] * 12 + [smooth] * 12, [Shot(0, 12), Shot(12, 24)])).shots
    assert first.banding_levels == pytest.approx(4.7, abs=0.3)
    assert "banding" in first.remarks
    assert (second.banding, second.banding_levels) == (0, 0)
    assert "banding" not in second.remarks


def test_decide_sums_up_each_shot_and_the_film() -> None:
    sharp, dark = picture(1), np.full((720, 1280), 10, np.uint8)
    dark[200:500, 300:900] = 60
    soft = cv2.GaussianBlur(sharp, (0, 0), 14)
    result = decide(findings([sharp] * 24 + [soft] * 12 + [dark] * 12, [Shot(0, 24), Shot(24, 36), Shot(36, 48)]))
    first, second, third = result.shots
    assert first.remarks == []
    assert second.remarks == ["soft or blurred"]
    assert third.remarks == ["dark"]
    assert first.sharpness_320px > 20 * second.sharpness_320px
    assert result.overall.brightness_min == third.brightness
    assert (third.start_frame, third.end_frame) == (36, 48)
    assert first.banding is not None
    assert FilmQuality.model_validate_json(result.model_dump_json()) == result


def test_a_shot_without_a_sample_has_no_noise_figure() -> None:
    shot = decide(findings([picture(1)] * 12, [Shot(0, 3), Shot(3, 12)])).shots[1]
    assert shot.noise_320px is None
    assert shot.banding is None
    assert shot.banding_levels is None


def test_best_frames_are_sharp_spread_and_away_from_the_edges() -> None:
    sharp = picture(1)
    soft = cv2.GaussianBlur(sharp, (0, 0), 4)
    pictures = [sharp if i in (0, 7, 20, 33, 47) else soft for i in range(48)]
    best = best_frames(findings(pictures, []).curves, Shot(0, 48))
    assert sorted(best) == [7, 20, 33]


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 7])
def test_short_shots_have_best_frames_too(length: int) -> None:
    best = best_frames(findings([picture(1)] * 12, []).curves, Shot(2, 2 + length))
    assert 1 <= len(best) <= 3
    assert len(set(best)) == len(best)
    assert all(2 <= frame < 2 + length for frame in best)


def test_remarks_on_black_and_flat() -> None:
    overall = decide(findings([np.zeros((180, 320), np.uint8)] * 2, [Shot(0, 2)])).overall
    assert overall.remarks == remarks(overall) == ["black"]
    assert decide(findings([np.full((180, 320), 140, np.uint8)] * 2, [Shot(0, 2)])).overall.remarks == ["one flat tone"]


def test_its_row_in_the_table() -> None:
    assert ANALYSER.name == "picture"
    assert ANALYSER.measure is not None
    assert ANALYSER.measure().memory == 0
