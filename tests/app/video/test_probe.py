"""What a file is said to hold, and one sentence for each way of not being a video."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from app.video import probe
from app.video.models import AudioStream
from app.video.probe import container_name, display_size, probe_video, reel_name, start_timecode
from configs.errors import BadMedia

H264 = ("-pix_fmt", "yuv420p")


def test_a_plain_clip(clips: Callable[..., Path]) -> None:
    path = clips("plain.mp4", *H264, "-g", "24", sound=True)
    info = probe_video(path)
    video = info.video
    assert (info.container, info.size_bytes) == ("mp4", path.stat().st_size)
    assert info.duration_s == pytest.approx(4.0)
    assert (video.codec, video.pix_fmt, video.bit_depth) == ("h264", "yuv420p", 8)
    assert (video.width, video.height, video.coded_width, video.coded_height) == (160, 90, 160, 90)
    assert (video.fps, video.avg_fps, video.vfr) == (24.0, pytest.approx(24.0), False)
    assert (video.frame_count, video.frame_count_estimated) == (96, False)
    assert video.keyframe_interval_s == pytest.approx(1.0)
    assert (video.rotation_deg, video.has_alpha, video.start_timecode) == (0, False, None)
    assert info.audio == [AudioStream(codec="aac", channels=1, layout="mono", sample_rate_hz=48_000, language="und", title=None)]


def test_rates_are_exact(clips: Callable[..., Path]) -> None:
    video = probe_video(clips("ntsc.mov", *H264, rate="30000/1001")).video
    assert (video.fps_rational.num, video.fps_rational.den) == (30_000, 1001)
    assert not video.vfr


def test_uneven_frames_are_noticed(clips: Callable[..., Path]) -> None:
    video = probe_video(clips("vfr.mkv", "-vf", "select='not(mod(n,3))+gt(n,48)'", "-fps_mode", "vfr", *H264)).video
    assert video.vfr
    assert video.frame_count == 48 // 3 + 48
    assert video.avg_fps < 24


@pytest.mark.parametrize(("angle", "clockwise"), [(90, 270), (-90, 90), (180, 180)])
def test_rotation_is_told_clockwise(clips: Callable[..., Path], run_ffmpeg: Callable[..., None], angle: int, clockwise: int) -> None:
    flat = clips("plain.mp4", *H264)
    turned = flat.with_name(f"turned{angle}.mp4")
    run_ffmpeg("-display_rotation", str(angle), "-i", str(flat), "-c", "copy", str(turned))
    video = probe_video(turned).video
    assert video.rotation_deg == clockwise
    assert (video.width, video.height) == ((90, 160) if clockwise % 180 else (160, 90))
    assert (video.coded_width, video.coded_height) == (160, 90)


def test_wide_pixels_are_shown_wide(clips: Callable[..., Path]) -> None:
    video = probe_video(clips("sar.mp4", "-vf", "setsar=4/3", *H264)).video
    assert (video.sample_aspect_ratio.num, video.sample_aspect_ratio.den) == (4, 3)
    assert (video.width, video.height) == (213, 90)


def test_timecode_and_reel(clips: Callable[..., Path]) -> None:
    args = ("-timecode", "01:00:00:00", "-metadata:s:v", "reel_name=A001", "-movflags", "use_metadata_tags")
    video = probe_video(clips("tc.mov", *H264, *args)).video
    assert (video.start_timecode, video.drop_frame) == ("01:00:00:00", False)
    drop = probe_video(clips("df.mov", *H264, "-timecode", "01:00:00;02", rate="30000/1001")).video
    assert (drop.start_timecode, drop.drop_frame) == ("01:00:00;02", True)


def test_colours_in_words(clips: Callable[..., Path]) -> None:
    tags = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    colour = probe_video(clips("colour.mp4", *H264, "-vf", tags)).video.colour
    assert (colour.primaries, colour.transfer, colour.matrix, colour.range) == ("bt709", "bt709", "bt709", "limited")


def test_several_tracks(clips: Callable[..., Path], run_ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    source, out, words = clips("plain.mp4", *H264, sound=True), tmp_path / "tracks.mkv", tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    run_ffmpeg(
        "-i", str(source), "-i", str(words), "-f", "lavfi", "-t", "4", "-i", "anoisesrc=c=pink:r=44100",
        "-map", "0:v", "-map", "0:a", "-map", "2:a", "-map", "1:s", "-c:v", "copy", "-c:a:0", "copy", "-c:a:1", "ac3", "-ac:a:1", "6",
        "-metadata:s:a:1", "language=deu", "-metadata:s:a:1", "title=Kommentar", str(out),
    )  # fmt: skip
    info = probe_video(out)
    assert [a.codec for a in info.audio] == ["aac", "ac3"]
    assert (info.audio[1].channels, info.audio[1].language, info.audio[1].title) == (6, "deu", "Kommentar")
    assert info.audio[1].layout.startswith("5.1")
    assert [s.codec for s in info.subtitles] == ["ass"]


def test_long_files_are_estimated_within_the_budget(clips: Callable[..., Path]) -> None:
    path = clips("long.ts", *H264, graph="testsrc2=s=32x32:r=24:d=30", rate="24")
    video = probe_video(path, count_budget_s=-1.0).video
    assert video.frame_count_estimated
    assert video.frame_count == pytest.approx(720, rel=0.05)
    assert not probe_video(path).video.frame_count_estimated


def test_the_picture_may_start_late(clips: Callable[..., Path], run_ffmpeg: Callable[..., None]) -> None:
    source = clips("plain.mp4", *H264, sound=True)
    late = source.with_name("late.mkv")
    run_ffmpeg("-i", str(source), "-itsoffset", "0.5", "-i", str(source), "-map", "1:v", "-map", "0:a", "-c", "copy", str(late))
    assert probe_video(late).video.start_time_s == pytest.approx(0.5, abs=0.03)


def test_a_file_without_an_ending_is_recognised(clips: Callable[..., Path], tmp_path: Path) -> None:
    for name, args, container in (
        ("plain.mp4", H264, "mp4"),
        ("plain.mov", H264, "mov"),
        ("plain.mkv", H264, "mkv"),
        ("plain.webm", ("-c:v", "libvpx", "-b:v", "200k", "-deadline", "realtime"), "webm"),
        ("plain.ts", H264, "ts"),
        ("plain.avi", ("-c:v", "mpeg4"), "avi"),
    ):
        bare = tmp_path / f"upload-{container}"
        bare.write_bytes(clips(name, *args).read_bytes())
        assert probe_video(bare).container == container


def bad(path: Path) -> str:
    with pytest.raises(BadMedia) as caught:
        probe_video(path)
    assert caught.value.code == "bad_media"
    assert caught.value.remedy.endswith(".")
    assert "\n" not in caught.value.message
    return caught.value.message


def test_missing_empty_and_folders(tmp_path: Path) -> None:
    assert bad(tmp_path / "gone.mp4").startswith("There is no file")
    assert bad(tmp_path) == f"{str(tmp_path)!r} is a folder."
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert bad(empty) == "'empty.mp4' is empty."
    assert bad(empty / "below.mp4").startswith("There is no file")


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    assert "cannot be read" in bad(tmp_path / ("x" * 300))
    assert "cannot be read" in bad(tmp_path / "nul\0.mp4")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "is not a file" in bad(tmp_path / "pipe.mp4")


def test_unreadable(clips: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = clips("plain.mp4", *H264)
    monkeypatch.setattr(probe.os, "access", lambda path, mode: False)
    assert "permission denied" in bad(path)


def test_text_and_noise(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("Dear diary, this is not a film.\n" * 50)
    assert "is not a video that can be opened" in bad(text)
    noise = tmp_path / "noise.mkv"
    noise.write_bytes(bytes(range(256)) * 64)
    assert "is not a video that can be opened" in bad(noise)


def test_cut_short(clips: Callable[..., Path], tmp_path: Path) -> None:
    whole = clips("plain.mp4", *H264).read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in bad(half)


def test_sound_only(clips: Callable[..., Path], run_ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    for name in ("song.mp4", "song.wav", "song.mp3"):
        run_ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(tmp_path / name))
        assert bad(tmp_path / name) == f"'{name}' holds sound but no picture."


def test_a_song_with_a_cover_is_still_sound_only(run_ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    cover, song = tmp_path / "cover.png", tmp_path / "song.mp3"
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", str(cover))
    both = ("-map", "0", "-map", "1", "-disposition:v", "attached_pic")
    run_ffmpeg("-f", "lavfi", "-t", "1", "-i", "sine", "-i", str(cover), *both, str(song))
    assert "holds sound but no picture" in bad(song)


@pytest.mark.parametrize("name", ["still.png", "still.jpg", "still.webp", "still.bmp"])
def test_stills_are_not_videos(run_ffmpeg: Callable[..., None], tmp_path: Path, name: str) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48", "-frames:v", "1", str(tmp_path / name))
    assert bad(tmp_path / name) == f"'{name}' is a still image, not a video."


def test_no_frame_can_be_decoded(clips: Callable[..., Path], tmp_path: Path) -> None:
    data = bytearray(clips("plain.mp4", *H264, "-movflags", "+faststart").read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    path = tmp_path / "hollow.mp4"
    path.write_bytes(data)
    assert "no frame of it can be decoded" in bad(path)


def test_too_many_pixels(clips: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = clips("plain.mp4", *H264)
    monkeypatch.setattr(probe, "MAX_SIDE_PX", 128)
    assert bad(path) == "'plain.mp4' is 160 x 90 pixels, too large to work on."


def test_names_in_messages_are_quoted(tmp_path: Path) -> None:
    odd = tmp_path / "<b>über 'x'\n.mp4"
    odd.write_bytes(b"nothing")
    assert "\\n" in bad(odd)


def test_which_timecodes_are_believed() -> None:
    ntsc = Fraction(30_000, 1001)
    assert start_timecode({"timecode": "01:00:00;00"}, ntsc) == "01:00:00;00"
    assert start_timecode({"timecode": "01:00:00;00"}, Fraction(24)) == "01:00:00:00"
    assert start_timecode({"timecode": "00:01:00;00"}, ntsc) is None
    assert start_timecode({"timecode": "99:00:00:00"}, Fraction(24)) is None
    assert start_timecode({"timecode": "soon"}, Fraction(24)) is None
    assert start_timecode({}, Fraction(24)) is None


def test_where_reels_are_named() -> None:
    assert reel_name({"reel_name": " A001 "}) == "A001"
    assert reel_name({"com.apple.quicktime.reel": "7"}) == "7"
    assert reel_name({"title": "A001"}) is None


@pytest.mark.parametrize(
    ("format_name", "head", "brand", "expected"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", b"", "isom", "mp4"),
        ("mov,mp4,m4a,3gp,3g2,mj2", b"", "qt  ", "mov"),
        ("matroska,webm", b"....webm", "", "webm"),
        ("matroska,webm", b"....matroska", "", "mkv"),
        ("mpegts", b"", "", "ts"),
        ("avi", b"", "", "avi"),
    ],
)
def test_container_names(format_name: str, head: bytes, brand: str, expected: str) -> None:
    assert container_name(format_name, head, brand) == expected


def test_display_sizes() -> None:
    assert display_size(720, 576, Fraction(16, 15), 0) == (768, 576)
    assert display_size(720, 480, Fraction(8, 9), 0) == (720, 540)
    assert display_size(160, 90, Fraction(1), 90) == (90, 160)
    assert display_size(1, 1, Fraction(1, 90), 0) == (1, 90)


def test_a_file_that_has_gone_since_is_said_to_be_gone(tmp_path: Path) -> None:
    path = tmp_path / "away" / "clip.mp4"
    with pytest.raises(BadMedia) as refused:
        probe.open_container(path)
    assert refused.value.code == "media_missing"
    assert refused.value.message == f"clip.mp4 is no longer at {path}."
    probe.require_there(tmp_path)
