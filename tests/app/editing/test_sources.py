"""Facts from what probing has kept."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.editing.sources import facts_of
from app.video.probe import probe_video
from configs.errors import BadMedia
from storage.records import Artifact


def artifact(kind: str, probe: Any, path: Path = Path("/blobs/ab/cd"), external: bool = False) -> Artifact:
    return Artifact(
        id="art", name="Holiday.mp4", kind=kind, role="source", media_type="", size_bytes=1, content_hash="abc", path=path,
        external=external, missing=False, project_id="default", job_id=None, created_at=0.0, meta={} if probe is None else {"probe": probe},
    )  # fmt: skip


def video(**changes: Any) -> dict[str, Any]:
    stream = {
        "codec": "h264", "pix_fmt": "yuv420p", "width": 1920, "height": 1080, "coded_width": 1920, "coded_height": 1080,
        "sample_aspect_ratio": {"num": 1, "den": 1}, "rotation_deg": 0, "fps": 29.97, "fps_rational": {"num": 30000, "den": 1001},
        "avg_fps": 29.97, "vfr": False, "frame_count": 300, "frame_count_estimated": False, "keyframe_interval_s": 1.0,
        "start_time_s": 0.05, "start_timecode": "01:00:00;00", "drop_frame": True, "reel": "A001", "bit_depth": 8, "has_alpha": False,
        "colour": {"primaries": "bt709", "transfer": "bt709", "matrix": "bt709", "range": "limited"}, **changes,
    }  # fmt: skip
    return {"container": "mp4", "duration_s": 10.01, "size_bytes": 5, "video": stream, "audio": []}


TRACK = {"codec": "aac", "channels": 6, "layout": "5.1", "sample_rate_hz": 44_100}


def test_a_video() -> None:
    found = facts_of("a", artifact("video", {**video(), "audio": [TRACK, {**TRACK, "channels": 2}]}))
    assert (found.id, found.artifact_id, found.kind, found.name, found.content_hash) == ("a", "art", "video", "Holiday.mp4", "abc")
    assert (found.rate, found.frame_count, found.width, found.height) == (Fraction(30000, 1001), 300, 1920, 1080)
    assert (found.audio_tracks, found.audio_channels, found.sample_rate_hz) == (2, 6, 44_100)
    assert (found.start_timecode, found.drop_frame, found.reel, found.starts_s) == ("01:00:00;00", True, "A001", 0.05)
    assert found.colour == ("bt709", "bt709", "bt709", "limited")


def test_only_media_given_by_path_has_a_folder() -> None:
    assert facts_of("a", artifact("video", video())).folder is None
    assert facts_of("a", artifact("video", video(), Path("/films/x.mp4"), external=True)).folder == "/films"


@pytest.mark.parametrize(
    ("nominal", "average", "grid"),
    [((30, 1), 21.7, 30), ((1000, 1), 27.3, 30), ((90_000, 1), 58.9, 60), ((240, 1), 200.0, 120), ((1, 2), 0.4, 24)],
)
def test_an_uneven_rate_gets_a_sane_grid(nominal: tuple[int, int], average: float, grid: int) -> None:
    rate = {"num": nominal[0], "den": nominal[1]}
    found = facts_of("a", artifact("video", video(vfr=True, fps_rational=rate, fps=nominal[0] / nominal[1], avg_fps=average)))
    assert found.vfr
    assert found.rate == grid
    assert found.frame_count == round(10.01 * grid)


def test_an_even_rate_is_kept_whatever_it_is() -> None:
    found = facts_of("a", artifact("video", video(fps_rational={"num": 240, "den": 1}, fps=240, avg_fps=240)))
    assert (found.rate, found.frame_count) == (240, 300)


def test_a_still_and_a_sound() -> None:
    still = facts_of("p", artifact("image", {"kind": "image", "width": 640, "height": 480, "has_alpha": True}))
    assert (still.kind, still.frame_count, still.width, still.has_alpha, still.has_sound) == ("image", 1, 640, True, False)
    sound = facts_of("m", artifact("audio", {"kind": "audio", "duration_s": 61.5, "audio": [TRACK]}))
    assert (sound.kind, sound.duration_s, sound.width, sound.has_sound, sound.has_picture) == ("audio", 61.5, 0, True, False)


def test_a_track_that_nobody_can_decode_is_no_sound() -> None:
    assert not facts_of("a", artifact("video", {**video(), "audio": [{**TRACK, "channels": 0}]})).has_sound


@pytest.mark.parametrize(
    ("kind", "probe"),
    [
        ("video", None),
        ("video", {}),
        ("video", {"width": 1}),
        ("image", {"width": 0, "height": 1}),
        ("image", {"width": 9}),
        ("audio", {"audio": 3}),
        ("document", {"x": 1}),
    ],
)
def test_what_is_not_known_is_said(kind: str, probe: Any) -> None:
    with pytest.raises(BadMedia, match=r"Holiday\.mp4") as caught:
        facts_of("a", artifact(kind, probe))
    assert caught.value.remedy


def test_a_real_clip(make_clip: Callable[..., Path]) -> None:
    path = make_clip("real.mp4", frames=30, cuts=(), fps="30000/1001", audio=2)
    found = facts_of("a", artifact("video", probe_video(path).model_dump(mode="json"), path, external=True))
    assert (found.rate, found.frame_count, found.audio_tracks, found.vfr) == (Fraction(30000, 1001), 30, 2, False)
