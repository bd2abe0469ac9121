"""Proxies: the same frames at the same times, small, and quick to jump in."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.decode import Decoder
from app.video.models import MakeProxy, MediaInfo, ProxyResult
from app.video.probe import probe_video
from app.video.proxy import frame_times, make_proxy, proxy_arguments, proxy_size
from configs.errors import StudioError
from jobs.context import JobCancelled
from storage.records import SUPPORT

H264 = ("-pix_fmt", "yuv420p")
VFR = ("-vf", "select='not(mod(n,3))+gt(n,48)'", "-fps_mode", "vfr", *H264)


@pytest.fixture
def proxied(media_of: Callable[..., Any], new_studio: Callable[[], Any]) -> Callable[..., tuple[ProxyResult, Path, Any]]:
    def make(path: Path, **settings: Any) -> tuple[ProxyResult, Path, Any]:
        studio = new_studio()
        result = make_proxy(MakeProxy(video="clip", **settings), studio.context(media_of(path)))
        return result, studio.artifacts["proxy.mp4"].path, studio

    return make


def gaps(path: Path) -> list[int]:
    """Frames between keyframes."""
    import av

    with av.open(str(path)) as container:
        keys = [n for n, packet in enumerate(p for p in container.demux(video=0) if p.size) if packet.is_keyframe]
    return [b - a for a, b in pairwise(keys)]


@pytest.mark.parametrize(
    ("name", "arguments", "options"),
    [
        ("plain.mp4", (*H264, "-g", "250"), {"sound": True}),
        ("ntsc.mov", H264, {"rate": "30000/1001"}),
        ("vfr.mkv", VFR, {}),
        ("late.ts", H264, {}),
        ("old.avi", ("-c:v", "mpeg4", "-bf", "2"), {}),
        ("deep.mov", ("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le"), {"size": "320x180"}),
        ("odd.mkv", ("-vf", "format=bgr0,crop=161:91", "-c:v", "ffv1"), {"size": "162x92"}),
    ],
)
def test_frames_and_times_are_those_of_the_source(
    clips: Callable[..., Path], proxied: Any, name: str, arguments: tuple[str, ...], options: dict[str, Any]
) -> None:
    source = clips(name, *arguments, **options)
    result, path, _ = proxied(source)
    before = [p.time_s for p in Decoder(source, 1 / 24).pictures()]
    after = [p.time_s for p in Decoder(path, 1 / 24).pictures()]
    assert result.frame_count == len(after) == len(before)
    assert after == pytest.approx(before, abs=0.002)


def test_it_is_what_browsers_play_and_scrub(clips: Callable[..., Path], proxied: Any) -> None:
    _, path, studio = proxied(clips("big.mkv", *H264, "-g", "250", sound=True, size="1280x720"))
    info = probe_video(path)
    assert (info.container, info.video.codec, info.video.pix_fmt) == ("mp4", "h264", "yuv420p")
    assert (info.video.width, info.video.height) == (960, 540)
    assert [(a.codec, a.channels) for a in info.audio] == [("aac", 2)]
    assert not info.needs_proxy
    assert max(gaps(path)) <= 12
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")
    kept = studio.artifacts["proxy.mp4"]
    assert (kept.role, kept.kind, kept.media_type, kept.inputs) == (SUPPORT, "video", "video/mp4", ("clip",))
    assert kept.meta["proxy_of"] == "clip"


def test_no_b_frames(clips: Callable[..., Path], proxied: Any) -> None:
    import av

    _, path, _ = proxied(clips("plain.mp4", *H264, "-bf", "3"))
    with av.open(str(path)) as container:
        assert all(p.pts == p.dts for p in container.demux(video=0) if p.size)


def test_uneven_times_come_along(clips: Callable[..., Path], proxied: Any) -> None:
    source = clips("vfr.mkv", *VFR)
    result, _, studio = proxied(source)
    kept = studio.artifacts["frames.json"]
    assert result.frames_artifact_id == kept.id
    times = json.loads(kept.path.read_text())
    assert (times["schema_version"], times["unit"]) == (1, "s")
    assert times["times"] == pytest.approx([p.time_s for p in Decoder(source, 1 / 24).pictures()], abs=0.002)


def test_even_times_need_no_list(clips: Callable[..., Path], proxied: Any) -> None:
    result, _, studio = proxied(clips("plain.mp4", *H264))
    assert result.frames_artifact_id is None
    assert list(studio.artifacts) == ["proxy.mp4"]


def test_turned_films_are_turned_for_good(clips: Callable[..., Path], run_ffmpeg: Callable[..., None], proxied: Any) -> None:
    flat = clips("plain.mp4", *H264, size="320x180")
    turned = flat.with_name("turned.mp4")
    run_ffmpeg("-display_rotation", "-90", "-i", str(flat), "-c", "copy", str(turned))
    result, path, _ = proxied(turned)
    assert (result.width, result.height) == (180, 320)
    info = probe_video(path)
    assert (info.video.rotation_deg, info.video.width, info.video.height) == (0, 180, 320)
    last = [[p.image for p in Decoder(file, 1 / 24).pictures()][-1].astype(int) for file in (turned, path)]
    assert np.abs(last[0] - last[1]).mean() < 6


def test_only_the_first_of_several_voices(
    clips: Callable[..., Path], run_ffmpeg: Callable[..., None], proxied: Any, tmp_path: Path
) -> None:
    source, out = clips("plain.mp4", *H264), tmp_path / "voices.mkv"
    surround = ("-f", "lavfi", "-t", "4", "-i", "anoisesrc=r=48000", "-f", "lavfi", "-t", "4", "-i", "sine")
    run_ffmpeg(
        "-i", str(source), *surround, "-map", "0:v", "-map", "1", "-map", "2", "-c:v", "copy", "-c:a", "ac3", "-ac:a:0", "6", str(out)
    )
    _, path, _ = proxied(out)
    assert [(a.codec, a.channels) for a in probe_video(path).audio] == [("aac", 2)]


def test_names_are_not_read_as_options(clips: Callable[..., Path], proxied: Any, tmp_path: Path) -> None:
    for name in ("-i evil.mp4", "pipe:1", "http:x.mp4", "100%d [a];b'c.mp4"):
        path = tmp_path / name
        path.write_bytes(clips("plain.mp4", *H264).read_bytes())
        assert proxied(path)[0].frame_count == 96


@pytest.mark.parametrize(
    ("size", "height", "expected"),
    [
        ((1920, 1080), 540, (960, 540)),
        ((1080, 1920), 540, (540, 960)),
        ((320, 180), 540, (320, 180)),
        ((333, 187), 540, (332, 188)),
        ((1998, 1080), 540, (1000, 540)),
        ((1, 1), 540, (2, 2)),
        ((4096, 1716), 720, (1718, 720)),
    ],
)
def test_sizes(clips: Callable[..., Path], size: tuple[int, int], height: int, expected: tuple[int, int]) -> None:
    info = probe_video(clips("plain.mp4", *H264))
    video = info.video.model_copy(update={"width": size[0], "height": size[1]})
    assert proxy_size(info.model_copy(update={"video": video}), height) == expected


def test_cancelling_leaves_nothing(clips: Callable[..., Path], media_of: Callable[..., Any], studio: Any) -> None:
    studio.cancelled = True
    context = studio.context(media_of(clips("plain.mp4", *H264)))
    with pytest.raises(JobCancelled):
        make_proxy(MakeProxy(video="clip"), context)
    assert studio.artifacts == {}
    assert list(context.work_dir.iterdir()) == []


def test_what_ffmpeg_cannot_do_is_said(clips: Callable[..., Path], media_of: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    path = tmp_path / "was.mp4"
    path.write_bytes(clips("plain.mp4", *H264).read_bytes())
    media = media_of(path)
    path.write_bytes(b"overwritten")
    with pytest.raises(StudioError):
        make_proxy(MakeProxy(video="clip"), studio.context(media))
    assert studio.artifacts == {}


def test_the_picture_is_chosen_not_the_cover(clips: Callable[..., Path], run_ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    source, cover, out = clips("plain.mp4", *H264), tmp_path / "cover.png", tmp_path / "covered.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=640x640", "-frames:v", "1", str(cover))
    both = ("-map", "1", "-map", "0:v", "-c", "copy", "-c:v:0", "mjpeg", "-disposition:v:0", "attached_pic")
    run_ffmpeg("-i", str(source), "-i", str(cover), *both, str(out))
    info = probe_video(out)
    assert (info.video.width, info.video.height) == (160, 90)
    assert "0:1" in proxy_arguments(out, info, 540) or "0:0" in proxy_arguments(out, info, 540)


def test_times_of_a_file(clips: Callable[..., Path]) -> None:
    times = frame_times(clips("plain.mp4", *H264, "-bf", "3"))
    assert times == pytest.approx([n / 24 for n in range(96)], abs=1e-5)
    assert isinstance(probe_video(clips("plain.mp4", *H264)), MediaInfo)
