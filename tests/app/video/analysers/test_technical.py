"""Black, frozen and barred pictures are found where they were put."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from app.video.analysers.base import Findings
from app.video.analysers.technical import ANALYSER, CropSampler, Technical, TechnicalMeasure, bars, decide
from app.video.curves import Curves, Shot
from app.video.frame import Frame
from app.video.models import MediaInfo, Rational, VideoStream

FPS = 24


def film(vfr: bool = False) -> MediaInfo:
    video = VideoStream(
        codec="h264", pix_fmt="yuv420p", width=1280, height=720, coded_width=1280, coded_height=720,
        sample_aspect_ratio=Rational(num=1, den=1), rotation_deg=0, fps=FPS, fps_rational=Rational(num=FPS, den=1), avg_fps=23.5,
        vfr=vfr, frame_count=48, frame_count_estimated=False, keyframe_interval_s=1, start_time_s=0, bit_depth=8,
    )  # fmt: skip
    return MediaInfo(container="mp4", duration_s=2, size_bytes=1, video=video)


def picture(seed: int) -> Any:
    noise = np.random.default_rng(seed).integers(0, 255, (180, 320)).astype(np.float32)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 6), None, 20, 240, cv2.NORM_MINMAX).astype(np.uint8)


def barred(luma: Any, top: int = 0, bottom: int = 0, left: int = 0, right: int = 0) -> Any:
    """Dirty black bars, as compression leaves them."""
    out, dirt = luma.copy(), np.random.default_rng(0).integers(0, 9, luma.shape).astype(np.uint8)
    for where in (np.s_[:top], np.s_[180 - bottom :], np.s_[:, :left], np.s_[:, 320 - right :]):
        out[where] = dirt[where]
    return out


def frame(luma: Any, index: int = 0) -> Frame:
    grey = np.full((90, 160), 128, np.uint8)
    return Frame(index, index / FPS, luma, grey, grey)


def findings(pictures: list[Any], shots: list[Shot] | None = None, every: int = 6, vfr: bool = False) -> Findings:
    measure, sampler = TechnicalMeasure(), CropSampler()
    frames = [frame(p, i) for i, p in enumerate(pictures)]
    rows = np.array([measure.measure(f) for f in frames], np.float32)
    times = np.arange(len(frames)) / FPS
    samples = np.array([(f.index, *sampler.sample(f)) for f in frames[::every]], np.float32)
    return Findings(
        Curves(FPS, times, dict(zip(measure.columns, rows.T, strict=True))),
        Curves(FPS, times[::every], dict(zip(("frame", *sampler.columns), samples.T, strict=True))),
        shots or [Shot(0, len(frames))],
        film(vfr),
    )


def spans(found: Any) -> list[tuple[int, int]]:
    return [(s.start_frame, s.end_frame) for s in found]


BLACK = np.full((180, 320), 4, np.uint8)


def test_black_spans() -> None:
    moving = [picture(i) for i in range(40)]
    result = decide(findings([*moving[:10], *[BLACK] * 5, *moving[10:20], BLACK, *moving[20:24], *[BLACK] * 3]))
    assert spans(result.black) == [(10, 15), (30, 33)]
    assert result.black[0].start_s == pytest.approx(10 / FPS, abs=1e-5)
    assert result.black[1].end_s == pytest.approx(33 / FPS, abs=1e-5)
    assert result.frozen == []
    assert "2 black spans, 0.3 s together" in result.remarks


def test_a_freeze_is_the_held_frame_and_its_repeats() -> None:
    moving = [picture(i) for i in range(20)]
    grain = np.random.default_rng(5)
    held = [np.clip(moving[9].astype(int) + grain.normal(0, 0.5, (180, 320)), 0, 255).astype(np.uint8) for _ in range(29)]
    result = decide(findings([*moving[:10], *held, *moving[10:]]))
    assert spans(result.frozen) == [(9, 39)]


def test_holds_and_small_movements_are_no_freeze() -> None:
    threes = [picture(i // 3) for i in range(60)]
    blinking = [picture(1) for _ in range(48)]
    for i, luma in enumerate(blinking):
        luma[80:86, 150 : 152 + 6 * (i % 2)] = 0
        luma[80:86, 160 : 166 - 5 * (i % 2)] = 255
    assert decide(findings(threes)).frozen == []
    assert decide(findings(blinking)).frozen == []


def test_numbers_depend_on_one_frame_before_only() -> None:
    long, short = TechnicalMeasure(), TechnicalMeasure()
    rows = [list(long.measure(frame(picture(i), i))) for i in range(6)]
    again = [list(short.measure(frame(picture(i), i))) for i in range(3, 6)]
    assert again[1:] == rows[4:]


@pytest.mark.parametrize(
    ("sides", "kind", "aspect"),
    [
        ({"top": 23, "bottom": 23}, "letterbox", 2.39),
        ({"left": 40, "right": 40}, "pillarbox", 1.333),
        ({"top": 20, "bottom": 20, "left": 36, "right": 36}, "windowbox", 1.771),
        ({}, "none", 1.778),
        ({"top": 30}, "none", 1.778),
    ],
)
def test_bars(sides: dict[str, int], kind: str, aspect: float) -> None:
    crop = decide(findings([barred(picture(i), **sides) for i in range(24)])).crop
    assert crop.kind == kind
    assert crop.picture_aspect == pytest.approx(aspect, abs=0.02)
    if kind == "letterbox":
        assert crop.top == pytest.approx(23 / 180, abs=1 / 180)


def test_dark_frames_say_nothing_about_bars() -> None:
    assert bars(BLACK) == (-1, -1, -1, -1)
    pictures = [barred(picture(i), top=23, bottom=23) for i in range(24)]
    assert decide(findings([*[BLACK] * 20, *pictures])).crop.kind == "letterbox"
    assert decide(findings([BLACK] * 24)).crop.kind == "none"


def test_a_shot_with_other_bars() -> None:
    wide = [barred(picture(i), top=23, bottom=23) for i in range(24)]
    plain = [picture(i) for i in range(60)]
    result = decide(findings([*plain, *wide], [Shot(0, 60), Shot(60, 84)]))
    assert result.crop.kind == "none"
    assert [(c.start_frame, c.kind) for c in result.shot_crops] == [(60, "letterbox")]
    assert result.remarks == ["1 shot with other bars than the film"]


def test_frame_times_and_what_is_absent() -> None:
    result = decide(findings([picture(i) for i in range(12)], vfr=True))
    assert result.frame_times.vfr
    assert result.frame_times.longest_frame_s == pytest.approx(1 / FPS, abs=1e-5)
    assert result.remarks == ["uneven frame times, 23.50 frames per second on average"]
    assert result.faces.available is False
    assert "installed" in result.faces.reason
    assert Technical.model_validate_json(result.model_dump_json()) == result


def test_one_frame() -> None:
    result = decide(findings([picture(1)]))
    assert (result.black, result.frozen, result.frame_times.longest_frame_s) == ([], [], None)
    assert ANALYSER.name == "technical"
