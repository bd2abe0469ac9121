"""Our cuts are PySceneDetect's cuts, on every kind of file and with every detector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FADES = (
    "testsrc2=s=160x90:r=24:d=2,fade=out:30:18[a];mandelbrot=s=160x90:r=24:end_pts=48,trim=duration=2,fade=in:0:18,fade=out:30:18[b];"
    "smptebars=s=160x90:r=24:d=2,fade=in:0:12[c];[a][b][c]concat=n=3:v=1[out0]"
)


def reference(path: Path, detector: str, threshold: float, min_scene_frames: int) -> list[int]:
    """Cuts as PySceneDetect itself finds them with its default reader."""
    import scenedetect

    makers = {
        "content": lambda: scenedetect.ContentDetector(threshold=threshold, min_scene_len=min_scene_frames),
        "adaptive": lambda: scenedetect.AdaptiveDetector(adaptive_threshold=threshold, min_scene_len=min_scene_frames),
        "threshold": lambda: scenedetect.ThresholdDetector(threshold=threshold, min_scene_len=min_scene_frames),
        "histogram": lambda: scenedetect.HistogramDetector(threshold=threshold, min_scene_len=min_scene_frames),
        "hash": lambda: scenedetect.HashDetector(threshold=threshold, min_scene_len=min_scene_frames),
    }
    scenes = scenedetect.detect(str(path), makers[detector](), start_in_scene=True)
    return [start.frame_num for start, _ in scenes][1:]


def cuts(analysis: Any) -> list[int]:
    return [scene.start_frame for scene in analysis.scenes][1:]


@pytest.mark.parametrize(
    ("detector", "threshold"),
    [("content", 27.0), ("content", 9.0), ("adaptive", 3.0), ("threshold", 12.0), ("histogram", 0.2), ("histogram", 0.05),
     ("hash", 0.35), ("hash", 0.1)],
)  # fmt: skip
@pytest.mark.parametrize("min_scene_frames", [1, 15])
def test_cuts_equal_those_of_pyscenedetect(
    clips: Callable[..., Path], analyse: Callable[..., Any], detector: str, threshold: float, min_scene_frames: int
) -> None:
    path = clips("fades.mp4", "-pix_fmt", "yuv420p", graph=FADES)
    analysis, _ = analyse(path, detector=detector, scene_threshold=threshold, min_scene_frames=min_scene_frames)
    assert cuts(analysis) == reference(path, detector, threshold, min_scene_frames)


@pytest.mark.parametrize(
    ("name", "arguments", "options"),
    [
        ("hd.mp4", ["-vf", "setparams=colorspace=bt709:range=tv", "-pix_fmt", "yuv420p"], {"size": "1280x720"}),
        ("odd.mkv", ["-vf", "format=bgr0,crop=333:187", "-c:v", "ffv1"], {"size": "334x188"}),
        ("tall.mp4", ["-pix_fmt", "yuv420p"], {"size": "180x480"}),
        ("ten.mkv", ["-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none"], {"size": "320x180"}),
        ("ntsc.mov", ["-pix_fmt", "yuv420p"], {"rate": "30000/1001"}),
        ("full.mp4", ["-vf", "scale=out_range=full", "-color_range", "pc", "-pix_fmt", "yuvj420p"], {"size": "320x180"}),
        ("packed.avi", ["-c:v", "mpeg4", "-bf", "0"], {}),
    ],
)
def test_cuts_are_equal_whatever_the_pixels(
    clips: Callable[..., Path], analyse: Callable[..., Any], name: str, arguments: list[str], options: dict[str, str]
) -> None:
    path = clips(name, *arguments, **options)
    analysis, _ = analyse(path)
    assert cuts(analysis) == reference(path, "content", 27.0, 15)
    assert len(analysis.scenes) == 4


@pytest.mark.parametrize("detector", ["content", "adaptive", "threshold", "histogram", "hash"])
def test_left_to_themselves_the_detectors_cut_as_the_librarys_do(
    clips: Callable[..., Path], analyse: Callable[..., Any], detector: str
) -> None:
    import scenedetect

    kinds = {
        "content": scenedetect.ContentDetector,
        "adaptive": scenedetect.AdaptiveDetector,
        "threshold": scenedetect.ThresholdDetector,
        "histogram": scenedetect.HistogramDetector,
        "hash": scenedetect.HashDetector,
    }
    for path in (clips("fades.mp4", "-pix_fmt", "yuv420p", graph=FADES), clips("hd.mp4", "-pix_fmt", "yuv420p", size="1280x720")):
        scenes = scenedetect.detect(str(path), kinds[detector](), start_in_scene=True)  # type: ignore[abstract]
        analysis, _ = analyse(path, detector=detector)
        assert cuts(analysis) == [start.frame_num for start, _ in scenes][1:]


def test_of_several_picture_tracks_the_same_one_is_taken(
    clips: Callable[..., Path], run_ffmpeg: Callable[..., None], analyse: Callable[..., Any], tmp_path: Path
) -> None:
    small, other = clips("s.mp4", "-pix_fmt", "yuv420p"), clips("fades.mp4", "-pix_fmt", "yuv420p", graph=FADES)
    out = tmp_path / "two.mp4"
    run_ffmpeg("-i", str(small), "-i", str(other), "-map", "0", "-map", "1", "-c", "copy", str(out))
    analysis, _ = analyse(out)
    assert cuts(analysis) == reference(out, "content", 27.0, 15)


def test_files_without_time_stamps_are_cut_at_the_right_picture(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    """AVI keeps no presentation times; with B-frames PySceneDetect's own reader counts one frame too many there."""
    analysis, _ = analyse(clips("packed.avi", "-c:v", "mpeg4", "-bf", "2"))
    assert cuts(analysis) == [24, 48, 72]


def test_turned_pictures_are_measured_upright(
    clips: Callable[..., Path], run_ffmpeg: Callable[..., None], analyse: Callable[..., Any]
) -> None:
    flat = clips("hd2.mp4", "-pix_fmt", "yuv420p", size="640x360")
    turned = flat.with_name("turned.mp4")
    run_ffmpeg("-display_rotation", "90", "-i", str(flat), "-c", "copy", str(turned))
    analysis, _ = analyse(turned)
    assert cuts(analysis) == reference(turned, "content", 27.0, 15)
    assert (analysis.media.info.video.width, analysis.media.info.video.height) == (360, 640)
    assert (analysis.scenes[0].keyframes[0].width, analysis.scenes[0].keyframes[0].height) == (360, 640)


def test_uneven_frame_rates_are_cut_at_the_same_pictures(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    import scenedetect

    path = clips("vfr.mkv", "-vf", "select='not(mod(n,3))+gt(n,48)'", "-fps_mode", "vfr", "-pix_fmt", "yuv420p")
    analysis, _ = analyse(path)
    found = scenedetect.detect(str(path), scenedetect.ContentDetector(), start_in_scene=True)
    assert analysis.media.info.video.vfr
    assert [s.start_s for s in analysis.scenes] == pytest.approx([start.seconds for start, _ in found], abs=0.002)
    assert [s.start_s for s in analysis.scenes] == pytest.approx([0.0, 1.0, 2.0, 3.0], abs=0.05)


@pytest.mark.parametrize("detector", ["content", "adaptive"])
def test_scores_equal_those_of_pyscenedetect_to_the_last_bit(detector: str) -> None:
    import numpy as np
    import scenedetect
    from scenedetect.common import FrameTimecode

    from app.video.models import AnalyzeVideo
    from app.video.scenes import make_detector

    theirs = scenedetect.ContentDetector() if detector == "content" else scenedetect.AdaptiveDetector()
    ours = make_detector(AnalyzeVideo.model_validate({"video": "clip", "detector": detector}))
    rng = np.random.default_rng(5)
    for n in range(40):
        image = rng.integers(0, 256, (143, 255, 3), dtype=np.uint8)
        theirs.process_frame(FrameTimecode(n, 24.0), image)
        ours.process_frame(FrameTimecode(n, 24.0), image)
        assert ours._frame_score == theirs._frame_score


def test_scenes_cover_every_frame_once(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("plain.mp4", "-pix_fmt", "yuv420p"))
    edges = [(s.start_frame, s.end_frame) for s in analysis.scenes]
    assert edges == [(0, 24), (24, 48), (48, 72), (72, 96)]
    assert analysis.frame_count == 96
    assert analysis.scenes[-1].end_s == pytest.approx(4.0)
