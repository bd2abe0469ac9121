"""Where a film may be cut, told from its packets."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from app.video.decode import Decoder, Place
from app.video.probe import probe_video
from app.video.segments import Segment, plan, process_count

GRAPH = "testsrc2=s=160x90:r=24:d=8[out0]"
KINDS = {
    "open gops with b-frames": ("-c:v", "libx264", "-g", "24", "-bf", "3", "-x264-params", "open-gop=1:scenecut=0"),
    "closed gops of 31": ("-c:v", "libx264", "-g", "31"),
    "all key frames": ("-c:v", "mjpeg"),
    "vp9": ("-c:v", "libvpx-vp9", "-g", "24", "-cpu-used", "8", "-deadline", "realtime"),
    "mpeg2": ("-c:v", "mpeg2video", "-g", "15", "-bf", "2"),
}
SUFFIX = {"vp9": "webm", "mpeg2": "ts"}


@pytest.mark.parametrize("kind", KINDS)
def test_segments_begin_at_decodable_frames_with_their_right_numbers(clips: Callable[..., Path], kind: str) -> None:
    path = clips(f"film.{SUFFIX.get(kind, 'mkv')}", *KINDS[kind], "-pix_fmt", "yuvj420p" if "key" in kind else "yuv420p", graph=GRAPH)
    stamps = [picture.stamp for picture in Decoder(path, 1 / 24).pictures()]
    segments = list(plan(path, 10, None, 0, least=40))
    assert len(segments) >= 3
    assert [segment.number for segment in segments] == list(range(len(segments)))
    assert (segments[0].place, segments[0].first, segments[-1].end) == (None, 0, None)
    for one, other in pairwise(segments):
        assert other.place is not None
        assert (one.end, one.overlap) == (other.first, other.place.index)
        assert other.first == other.place.index + 10
        assert other.first - one.first >= 40
        assert other.place == Place(other.place.index, stamps[other.place.index], stamps[0])
        assert next(Decoder(path, 1 / 24, exact=True).pictures(other.place)).index == other.place.index


def test_a_film_taken_up_again_is_cut_behind_what_is_done(clips: Callable[..., Path]) -> None:
    path = clips("film.mkv", "-c:v", "libx264", "-g", "24", "-x264-params", "scenecut=0", graph=GRAPH)
    stamps = [picture.stamp for picture in Decoder(path, 1 / 24).pictures()]
    since = Place(65, stamps[65], stamps[0])
    segments = list(plan(path, 10, since, 75, least=40))
    assert segments[0] == Segment(0, since, False, 75, 130, 120)
    assert [segment.first for segment in segments] == [75, 130]


def test_a_film_of_one_group_of_pictures_is_one_segment(clips: Callable[..., Path]) -> None:
    path = clips("long.mp4", "-c:v", "libx264", "-g", "999", "-x264-params", "scenecut=0", "-pix_fmt", "yuv420p", graph=GRAPH)
    assert list(plan(path, 10, None, 0, least=40)) == [Segment(0, None, False, 0)]


def test_the_number_of_processes_goes_by_setting_cores_and_length(clips: Callable[..., Path]) -> None:
    info = probe_video(clips("film.mkv", "-c:v", "libx264", "-g", "24", graph=GRAPH))
    long = info.model_copy(update={"video": info.video.model_copy(update={"frame_count": 5000})})
    assert [process_count(0, cores, long) for cores in (1, 2, 3, 4, 8, 64)] == [1, 1, 1, 2, 4, 8]
    assert [process_count(0, cores, info) for cores in (2, 64)] == [1, 1]
    assert [process_count(setting, 2, info) for setting in (1, 2, 5)] == [1, 2, 5]
