"""Every codec and container that people bring: probed, analysed, cut at the right frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.outputs import OUTPUTS
from storage.records import RESULT

SOMETIMES = {"camera.csv", "markers.csv"}  # where the camera moves, where somebody set a marker
RESULTS = sorted(output.name for output in OUTPUTS if output.role == RESULT and output.name not in SOMETIMES)

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast")
VP9_ALPHA = (
    "color=0x204060@0.5:s=160x90:r=24:d=1,format=yuva420p[a];"
    "color=0xE0C040@0.5:s=160x90:r=24:d=1,format=yuva420p[b];[a][b]concat=n=2:v=1[out0]"
)

# name, ffmpeg arguments, container and codec as they are to be told
FORMATS = [
    ("h264.mp4", H264, "mp4", "h264"),
    ("h264.mkv", H264, "mkv", "h264"),
    ("h264.mov", H264, "mov", "h264"),
    ("h264.ts", H264, "ts", "h264"),
    ("h264.avi", H264, "avi", "h264"),
    ("hevc.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"), "mp4", "hevc"),
    ("hevc10.mkv", ("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none"), "mkv", "hevc"),
    ("vp8.webm", ("-c:v", "libvpx", "-deadline", "realtime"), "webm", "vp8"),
    ("vp9.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"), "webm", "vp9"),
    ("av1.mkv", ("-c:v", "libsvtav1", "-preset", "13", "-pix_fmt", "yuv420p"), "mkv", "av1"),
    ("av1.mp4", ("-c:v", "libsvtav1", "-preset", "13", "-pix_fmt", "yuv420p"), "mp4", "av1"),
    ("mpeg4.avi", ("-c:v", "mpeg4", "-bf", "2"), "avi", "mpeg4"),
    ("mpeg4.mp4", ("-c:v", "mpeg4"), "mp4", "mpeg4"),
    ("mpeg2.ts", ("-c:v", "mpeg2video"), "ts", "mpeg2video"),
    ("prores.mov", ("-c:v", "prores_ks"), "mov", "prores"),
    ("prores4444.mov", ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"), "mov", "prores"),
    ("ffv1.mkv", ("-c:v", "ffv1"), "mkv", "ffv1"),
    ("mjpeg.avi", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"), "avi", "mjpeg"),
    ("stream.h264", H264, "h264", "h264"),
    ("flash.flv", H264, "flv", "h264"),
    ("theora.ogv", ("-c:v", "libtheora", "-q:v", "7"), "ogg", "theora"),
    ("old.mpg", ("-c:v", "mpeg2video"), "mpeg", "mpeg2video"),
    ("raw.avi", ("-c:v", "rawvideo", "-pix_fmt", "bgr24"), "avi", "rawvideo"),
]


@pytest.mark.parametrize(("name", "arguments", "container", "codec"), FORMATS, ids=[f[0] for f in FORMATS])
def test_each_format_is_cut_at_the_same_frames(
    clips: Callable[..., Path], analyse: Callable[..., Any], name: str, arguments: tuple[str, ...], container: str, codec: str
) -> None:
    analysis, studio = analyse(clips(name, *arguments), frames_per_scene=1)
    info = analysis.media.info
    assert (info.container, info.video.codec) == (container, codec)
    assert analysis.frame_count == 96
    assert [s.start_frame for s in analysis.scenes] == [0, 24, 48, 72]
    assert [s.start_s for s in analysis.scenes] == pytest.approx([0, 1, 2, 3], abs=0.05)
    assert [name for name in studio.results() if name not in SOMETIMES] == RESULTS
    assert analysis.warnings == []


@pytest.mark.parametrize("rate", ["12", "25", "30000/1001", "60", "24000/1001"])
def test_each_rate(clips: Callable[..., Path], analyse: Callable[..., Any], rate: str) -> None:
    analysis, _ = analyse(clips("rate.mp4", *H264, rate=rate))
    num, _, den = rate.partition("/")
    fps = analysis.media.info.video.fps_rational
    assert (fps.num, fps.den) == (int(num), int(den or 1))
    frames = analysis.frame_count // 4
    expected = [frames * n for n in range(4)] if frames >= 15 else [0]
    assert [s.start_frame for s in analysis.scenes][: len(expected)] == expected


@pytest.mark.parametrize("sound", [None, ("-c:a", "aac", "-ac", "6"), ("-c:a", "libopus")])
def test_with_and_without_sound(clips: Callable[..., Path], analyse: Callable[..., Any], sound: tuple[str, ...] | None) -> None:
    analysis, _ = analyse(clips("sound.mkv", *H264, *(sound or ()), sound=sound is not None))
    assert [a.channels for a in analysis.media.info.audio] == ([] if sound is None else [6] if "6" in sound else [1])
    assert len(analysis.scenes) == 4


def test_one_frame(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(clips("one.mp4", *H264, "-frames:v", "1"))
    (scene,) = analysis.scenes
    assert (scene.start_frame, scene.end_frame, len(scene.keyframes)) == (0, 1, 1)
    assert analysis.duration_s == pytest.approx(1 / 24, abs=0.01)
    assert [name for name in studio.results() if name not in SOMETIMES] == RESULTS


def test_two_frames(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("two.mp4", *H264, "-frames:v", "2"), min_scene_frames=1)
    assert analysis.frame_count == 2


@pytest.mark.parametrize("crop", ["161:91", "1:1", "3:91", "161:2"])
def test_odd_sizes(clips: Callable[..., Path], analyse: Callable[..., Any], crop: str) -> None:
    width, height = map(int, crop.split(":"))
    analysis, _ = analyse(clips("odd.mkv", "-vf", f"format=bgr0,crop={crop}:0:0:exact=1", "-c:v", "ffv1", size="162x92"))
    video = analysis.media.info.video
    assert (video.width, video.height) == (width, height)
    assert (analysis.scenes[0].keyframes[0].width, analysis.scenes[0].keyframes[0].height) == (width, height)


def test_transparent_films(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("prores4444.mov", "-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"))
    assert analysis.media.info.video.has_alpha
    assert analysis.media.info.video.bit_depth in (10, 12)
    vp9 = clips("alpha.webm", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuva420p", graph=VP9_ALPHA)
    analysis, _ = analyse(vp9)
    assert analysis.media.info.video.has_alpha
    assert [s.start_frame for s in analysis.scenes] == [0, 24]


def test_pictures_that_change_size_on_the_way(clips: Callable[..., Path], analyse: Callable[..., Any], tmp_path: Path) -> None:
    """Broadcast streams do this; each picture is brought to the first one's working size."""
    path = tmp_path / "joined.ts"
    parts = [clips("h264.ts", *H264, size=size).read_bytes() for size in ("160x90", "320x180")]
    path.write_bytes(b"".join(parts))
    analysis, _ = analyse(path)
    assert analysis.frame_count >= 180
    assert len(analysis.scenes) >= 4


def test_several_voices_and_words_do_not_disturb(
    clips: Callable[..., Path], run_ffmpeg: Callable[..., None], analyse: Callable[..., Any], tmp_path: Path
) -> None:
    source, out, words = clips("h264.mp4", *H264), tmp_path / "tracks.mkv", tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    sounds = ("-f", "lavfi", "-t", "4", "-i", "sine", "-f", "lavfi", "-t", "4", "-i", "sine=880")
    maps = ("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-c:v", "copy")
    run_ffmpeg("-i", str(source), *sounds, "-i", str(words), *maps, str(out))
    analysis, _ = analyse(out)
    assert len(analysis.media.info.audio) == 2
    assert len(analysis.scenes) == 4
