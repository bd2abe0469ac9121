"""The capability as a whole: what it keeps, what it says, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.analyze import analyze_video, media_info, warnings_about
from app.video.document import VideoAnalysis
from app.video.models import AnalyzeVideo
from app.video.probe import probe_video
from configs.errors import BadMedia, NotFound
from storage.records import RESULT

ROOT = Path(__file__).resolve().parents[3]
H264 = ("-pix_fmt", "yuv420p")
RESULTS = {
    "analysis.json": ("data", "application/json"),
    "report.html": ("document", "text/html"),
    "scenes.csv": ("data", "text/csv"),
    "scenes.edl": ("timeline", "text/plain"),
    "scenes.otio": ("timeline", "application/vnd.pixar.opentimelineio+json"),
    "scenes.fcpxml": ("timeline", "application/xml"),
    "frames.csv": ("data", "text/csv"),
    "camera.csv": ("data", "text/csv"),
    "markers.edl": ("timeline", "text/plain"),
    "chapters.ffmeta": ("timeline", "text/plain"),
    "chapters.txt": ("document", "text/plain"),
}
NAMELESS = ("scenes.csv", "frames.csv", "camera.csv", "chapters.txt")


@pytest.fixture
def clip(clips: Callable[..., Path]) -> Path:
    return clips("plain.mp4", *H264, sound=True)


def test_the_results_are_kept(clip: Path, analyse: Callable[..., Any]) -> None:
    _, studio = analyse(clip)
    assert studio.results() == sorted(RESULTS)
    for name, (kind, media_type) in RESULTS.items():
        kept = studio.artifacts[name]
        assert (kept.kind, kept.role, kept.media_type, kept.inputs[0]) == (kind, RESULT, media_type, "clip")


def test_the_way_from_an_analysis_to_what_it_was_decided_from(clip: Path, analyse: Callable[..., Any]) -> None:
    _, studio = analyse(clip)
    stored = [studio.artifacts[name].id for name in ("curves.npz", "samples.npz")]
    assert studio.artifacts["analysis.json"].inputs == ("clip", *stored)
    assert studio.artifacts["analysis.json"].meta == {"clip": "plain.mp4"}
    assert studio.artifacts["report.html"].inputs == ("clip",)


def test_a_clip_that_goes_before_it_is_opened_is_said_to_be_gone(
    clip: Path, media_of: Callable[..., Any], new_studio: Callable[[], Any], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    studio = new_studio()
    job = studio.context(media_of(copy))
    copy.unlink()
    with pytest.raises(BadMedia, match=r"copy\.mp4 is no longer at") as refused:
        analyze_video(AnalyzeVideo(video="clip"), job)
    assert refused.value.code == "media_missing"


def test_the_json_is_the_result(clip: Path, analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(clip)
    assert VideoAnalysis.model_validate_json(studio.read("analysis.json")) == analysis
    assert json.loads(studio.read("analysis.json"))["schema_version"] == 2


def test_the_original_name_and_path_are_kept(clip: Path, media_of: Callable[..., Any], new_studio: Callable[[], Any]) -> None:
    given = analyze_video(AnalyzeVideo(video="clip"), new_studio().context(media_of(clip)))
    assert (given.media.name, given.media.path) == ("plain.mp4", str(clip))
    studio = new_studio()
    uploaded = analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(clip, name="Mein Film.mp4", external=False)))
    assert (uploaded.media.name, uploaded.media.path) == ("Mein Film.mp4", None)
    for name in RESULTS:
        assert str(clip.parent) not in studio.read(name)
        assert name in NAMELESS or "Mein Film.mp4" in studio.read(name)


def test_the_settings_in_force_are_told(clip: Path, analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clip, detector="adaptive", frames_per_scene=2)
    assert analysis.settings.model_dump() == {
        "detector": "adaptive", "scene_threshold": 3.0, "min_scene_frames": 15, "frames_per_scene": 2,
    }  # fmt: skip
    assert "PySceneDetect" in analysis.engine


@pytest.mark.parametrize("wanted", [1, 2, 5, 12])
def test_as_many_keyframes_as_asked_for(clips: Callable[..., Path], analyse: Callable[..., Any], wanted: int) -> None:
    analysis, studio = analyse(clips("long.mp4", *H264, graph="testsrc2=s=64x48:r=24:d=6"), frames_per_scene=wanted)
    assert [len(s.keyframes) for s in analysis.scenes] == [wanted]
    assert sum(name.startswith("keyframes/") for name in studio.artifacts) == wanted


def test_the_same_again_gives_the_same(clip: Path, analyse: Callable[..., Any]) -> None:
    first, kept = analyse(clip)
    second, again = analyse(clip)
    assert first == second
    assert {n: a.content_hash for n, a in kept.artifacts.items()} == {n: a.content_hash for n, a in again.artifacts.items()}


def test_media_without_a_probe_is_probed(clip: Path, media_of: Callable[..., Any], studio: Any) -> None:
    bare = media_of(clip, probe=False)
    assert media_info(bare) == probe_video(clip)
    assert len(analyze_video(AnalyzeVideo(video="clip"), studio.context(bare)).scenes) == 4


def test_media_that_has_gone_is_bad_media(clip: Path, media_of: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    path = tmp_path / "gone.mp4"
    path.write_bytes(clip.read_bytes())
    media = media_of(path)
    path.unlink()
    with pytest.raises(BadMedia):
        analyze_video(AnalyzeVideo(video="clip"), studio.context(media))


def test_media_of_another_job_is_not_found(clip: Path, media_of: Callable[..., Any], studio: Any) -> None:
    with pytest.raises(NotFound):
        analyze_video(AnalyzeVideo(video="other"), studio.context(media_of(clip)))


def test_nothing_is_left_in_the_working_folder(clip: Path, media_of: Callable[..., Any], studio: Any) -> None:
    context = studio.context(media_of(clip))
    analyze_video(AnalyzeVideo(video="clip"), context)
    assert list(context.work_dir.iterdir()) == []


def test_warnings(clip: Path, clips: Callable[..., Path]) -> None:
    info = probe_video(clip)
    assert warnings_about(info, 96, 0) == []
    assert warnings_about(info, 90, 0) == ["The file announces 96 frames, but only 90 could be decoded."]
    assert warnings_about(info, 96, 1)[0].startswith("1 part of the file could not be decoded")
    assert warnings_about(info, 96, 3)[0].startswith("3 parts of the file")
    uneven = probe_video(clips("vfr.mkv", "-vf", "select='not(mod(n,3))+gt(n,48)'", "-fps_mode", "vfr", *H264))
    assert "unevenly spaced" in warnings_about(uneven, 64, 0)[0]


def test_a_damaged_film_is_analysed_as_far_as_it_goes(clips: Callable[..., Path], analyse: Callable[..., Any], tmp_path: Path) -> None:
    whole = clips("plain.mp4", *H264, "-movflags", "+faststart").read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: int(len(whole) * 0.8)])
    analysis, _ = analyse(path)
    assert 72 <= analysis.frame_count <= 96
    assert len(analysis.scenes) >= 3


def test_it_is_in_the_table_and_describes_itself() -> None:
    assert (analyze_video.name, analyze_video.lane, analyze_video.reusable, analyze_video.version) == ("video.analyze", "cpu", True, 4)
    assert analyze_video.media_fields().keys() == {"video"}
    assert "edit lists" in analyze_video.summary


def test_importing_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, app.video.analyze, app.video.proxy; print([m for m in ('cv2','numpy','av','scenedetect','PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
