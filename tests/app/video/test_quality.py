"""Quality figures against pictures whose quality is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.video.decode import Decoder, bgr_upright
from app.video.models import Quality
from app.video.quality import FrameQuality, immerkaer, measure, measure_frame, overall, remarks, sampling_step, stretched, summarize


def scene(width: int = 640, height: int = 360) -> Any:
    """A picture with edges at all scales."""
    image = np.full((height, width, 3), 120, np.uint8)
    for n in range(40):
        colour = tuple(int(c) for c in ((n * 37) % 200 + 30, (n * 71) % 200 + 30, (n * 13) % 200 + 30))
        x, y = (n * 97) % width, (n * 53) % height
        cv2.rectangle(image, (x, y), (x + width // 8, y + height // 7), colour, -1)
    return image


def grey(level: int, size: tuple[int, int] = (90, 160)) -> Any:
    return np.full((*size, 3), level, np.uint8)


def test_more_blur_is_less_sharp() -> None:
    values = [measure(cv2.GaussianBlur(scene(), (0, 0), sigma)).sharpness for sigma in (0.4, 0.7, 1.0, 1.6, 2.4)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0] / 20


def test_sharpness_depends_little_on_resolution() -> None:
    large = scene(1280, 720)
    small = cv2.resize(large, (640, 360), interpolation=cv2.INTER_AREA)
    assert measure(large).sharpness == pytest.approx(measure(small).sharpness, rel=0.02)


@pytest.mark.parametrize("sigma", [2.0, 5.0, 10.0])
def test_noise_is_found_within_a_tenth(sigma: float) -> None:
    rng = np.random.default_rng(1)
    noisy = np.clip(128 + rng.normal(0, sigma, (480, 640)), 0, 255).astype(np.uint8)
    assert immerkaer(noisy) == pytest.approx(sigma, rel=0.1)


def test_a_clean_ramp_has_no_noise() -> None:
    assert immerkaer(np.tile(np.arange(256, dtype=np.uint8), (64, 1))) < 0.05


@pytest.mark.parametrize("size", [(1, 1), (2, 90), (90, 2), (3, 3)])
def test_tiny_pictures_are_measured_too(size: tuple[int, int]) -> None:
    quality = measure(grey(100, size))
    assert quality.brightness == pytest.approx(100, abs=1)
    assert quality.noise == 0.0


@pytest.mark.parametrize("level", [0, 16, 128, 235, 255])
def test_brightness_is_within_one_level(level: int) -> None:
    quality = measure(grey(level))
    assert quality.brightness == pytest.approx(level, abs=1)
    assert quality.contrast == pytest.approx(0, abs=0.01)


def test_contrast_is_the_standard_deviation() -> None:
    image = grey(50)
    image[:, :80] = 150
    assert measure(image).contrast == pytest.approx(50, abs=0.5)


def test_clipping_counts_pixels() -> None:
    image = grey(128)
    image[:, :40] = 0
    image[:, 120:] = 255
    quality = measure(image)
    assert quality.shadows_clipped == pytest.approx(0.25)
    assert quality.highlights_clipped == pytest.approx(0.25)


def test_a_summary_is_the_mean_and_remembers_the_worst() -> None:
    summary = summarize([FrameQuality(100, 80, 30, 1, 0, 0), FrameQuality(300, 120, 50, 3, 0.5, 0.1)])
    assert (summary.sampled_frames, summary.sharpness, summary.sharpness_min) == (2, 200, 100)
    assert (summary.brightness, summary.contrast, summary.noise) == (100, 40, 2)
    assert (summary.shadows_clipped, summary.highlights_clipped) == (0.25, 0.05)


def test_the_whole_weighs_scenes_by_their_samples() -> None:
    long = summarize([FrameQuality(100, 100, 30, 1, 0, 0)] * 9)
    short = summarize([FrameQuality(200, 200, 40, 2, 0, 0)])
    whole = overall([long, short])
    assert (whole.sampled_frames, whole.sharpness, whole.brightness) == (10, 110, 110)
    assert whole.sharpness_min == 100


def plain(**changes: float) -> Quality:
    fields = {"sharpness": 200.0, "sharpness_min": 100.0, "brightness": 120.0, "contrast": 45.0, "noise": 1.0}
    return Quality(sampled_frames=4, **{**fields, "shadows_clipped": 0.0, "highlights_clipped": 0.0, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"sharpness": 3.0}, ["soft or blurred"]),
        ({"brightness": 20.0}, ["dark"]),
        ({"brightness": 240.0}, ["bright"]),
        ({"contrast": 9.0}, ["low contrast"]),
        ({"noise": 14.0}, ["noisy"]),
        ({"shadows_clipped": 0.4}, ["crushed blacks"]),
        ({"highlights_clipped": 0.4}, ["blown-out whites"]),
        ({"brightness": 20.0, "noise": 14.0}, ["dark", "noisy"]),
        ({"brightness": 0.0, "contrast": 0.0, "sharpness": 0.0}, ["black"]),
        ({"brightness": 128.0, "contrast": 0.2, "sharpness": 0.0}, ["one flat tone"]),
    ],
)
def test_remarks_name_what_stands_out(changes: dict[str, float], words: list[str]) -> None:
    assert remarks(plain(**changes)) == words


def test_measuring_leaves_the_picture_alone() -> None:
    image = scene()
    before = image.copy()
    first = measure(image)
    assert np.array_equal(image, before)
    assert astuple(first) == astuple(measure(image))


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "yuv444p", "yuv420p10le", "gbrp", "gray"])
@pytest.mark.parametrize("size", ["160x90", "960x540"])
def test_a_decoded_frame_is_judged_as_its_picture_is(clips: Callable[..., Path], pixels: str, size: str) -> None:
    graph = f"testsrc2=s={size}:r=24:d=0.2,format=gray,noise=alls=6:allf=t[out0]"
    raw = next(Decoder(clips("one.mkv", "-c:v", "ffv1", "-pix_fmt", pixels, graph=graph), 1 / 24).pictures()).raw
    direct, drawn = measure_frame(raw), measure(bgr_upright(raw))
    assert direct.brightness == pytest.approx(drawn.brightness, abs=2 if "10" in pixels else 1)  # colours of ten bits come out darker
    assert direct.contrast == pytest.approx(drawn.contrast, abs=1)
    assert direct.sharpness == pytest.approx(drawn.sharpness, rel=0.05)
    assert direct.noise == pytest.approx(drawn.noise, rel=0.1)
    assert direct.shadows_clipped == pytest.approx(drawn.shadows_clipped, abs=0.02)
    assert direct.highlights_clipped == pytest.approx(drawn.highlights_clipped, abs=0.02)


def test_six_frames_a_second_are_sampled() -> None:
    assert [sampling_step(fps) for fps in (24.0, 29.97, 60.0, 5.0, 1.0)] == [4, 5, 10, 1, 1]


def test_studio_range_is_stretched_to_the_nearest_level() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    wanted = np.clip(np.round((levels.astype(float) - 16) * 255 / 219), 0, 255)
    assert (stretched(levels) == wanted).all()
