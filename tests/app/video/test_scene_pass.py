"""The pass as a job: scenes shown one by one, killed anywhere and taken up again with the same outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from app.video import scene_pass
from app.video.analysers.transitions import AHEAD
from app.video.analyze import analyze_video
from app.video.curve_finder import EVERY
from app.video.decode import Decoder
from app.video.document import VideoAnalysis
from app.video.keyframes import LATE_FRAMES
from app.video.looking import Look, Looker
from app.video.models import AnalyzeVideo, Scene
from app.video.quality import FrameQuality
from configs.errors import BadMedia
from jobs.context import JobCancelled
from storage.records import SUPPORT

CHAPTERS = ";".join(
    [f"testsrc2=s=160x90:r=24:d=1.5,hue=h={n * 71}:s={1 + n % 3},eq=brightness={(n % 2) * 0.4 - 0.2}[c{n}]" for n in range(8)]
    + ["".join(f"[c{n}]" for n in range(8)) + "concat=n=8:v=1[out0]"]
)


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def film(clips: Callable[..., Path]) -> Path:
    return clips("film.mp4", "-pix_fmt", "yuv420p", "-g", "30", graph=CHAPTERS)


def outcome(analysis: VideoAnalysis) -> dict[str, Any]:
    """Everything but the ids that a store hands out."""
    data = analysis.model_dump(mode="json")
    for scene in data["scenes"]:
        for keyframe in scene["keyframes"]:
            keyframe.pop("artifact_id")
    return data


def test_scenes_are_published_in_order_with_their_pictures(film: Path, analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(film, frames_per_scene=2)
    assert list(studio.published) == [f"scene/{n:04d}" for n in range(1, 9)]
    for number, (key, value) in enumerate(studio.published.items()):
        scene = Scene.model_validate(value)
        assert scene == analysis.scenes[number]
        assert [k.name for k in scene.keyframes] == [f"keyframes/{key.replace('/', '-')}-{n}.jpg" for n in (1, 2)]
        for keyframe in scene.keyframes:
            kept = studio.artifacts[keyframe.name]
            assert (kept.id, kept.role, kept.kind, kept.inputs) == (keyframe.artifact_id, SUPPORT, "image", ("clip",))
            assert kept.meta["frame"] == keyframe.frame
            assert scene.start_frame < keyframe.frame < scene.end_frame - 1


def test_a_scene_is_shown_before_the_film_is_read_to_its_end(film: Path, media_of: Callable[..., Any], studio: Any) -> None:
    decoded: list[int] = []
    shown_at: list[int] = []
    pictures = Decoder.pictures

    def counted(self: Decoder, since: Any = None) -> Any:
        for picture in pictures(self, since):
            decoded.append(picture.index)
            yield picture

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Decoder, "pictures", counted)
        studio.after_call = lambda verb, fields: shown_at.append(decoded[-1]) if verb == "publish" else None
        analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(film)))
    assert shown_at[0] < 36 + AHEAD + EVERY + 8  # the cut, what makes it certain, and what is decoded ahead
    assert shown_at == sorted(shown_at)


def test_exactly_one_picture_stands_for_the_job(film: Path, analyse: Callable[..., Any]) -> None:
    _, studio = analyse(film)
    thumbnails = [fields["name"] for verb, fields in studio.calls if verb == "save" and fields["thumbnail"]]
    assert len(thumbnails) == 1
    assert thumbnails[0].startswith("keyframes/scene-0001-")


def test_progress_rises_and_says_what_was_found(film: Path, analyse: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_pass, "_PROGRESS_EVERY_S", 0.0)
    _, studio = analyse(film)
    fractions = [fraction for fraction, _ in studio.progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    messages = [message for _, message in studio.progress]
    assert "Finding scenes: 1 scene so far" in messages
    assert "Finding scenes: 5 scenes so far" in messages
    assert messages[-1] == "Done"


def test_cancelling_stops_between_two_frames(film: Path, media_of: Callable[..., Any], studio: Any) -> None:
    def cancel(verb: str, fields: Mapping[str, Any]) -> None:
        studio.cancelled = studio.cancelled or verb == "publish"

    studio.after_call = cancel
    with pytest.raises(JobCancelled):
        analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(film)))
    assert list(studio.published) == ["scene/0001"]
    assert studio.results() == []


@pytest.mark.parametrize("detector", ["studio", "content", "adaptive", "threshold"])
def test_killed_after_every_call_and_taken_up_again_it_ends_the_same(
    film: Path, media_of: Callable[..., Any], analyse: Callable[..., Any], new_studio: Callable[[], Any], monkeypatch: Any, detector: str
) -> None:
    monkeypatch.setattr(scene_pass, "_CHECKPOINT_EVERY_S", 0.0)
    request = {
        "detector": detector,
        "scene_threshold": {"studio": 1.0, "content": 27.0, "adaptive": 3.0, "threshold": 110.0}[detector],
        "frames_per_scene": 2,
    }
    whole, calm = analyse(film, **request)
    studio, media = new_studio(), media_of(film)

    def die_once(verb: str, fields: Mapping[str, Any]) -> None:
        key = f"{verb} {fields.get('name', fields.get('key', len(studio.calls)))}"
        if key not in deaths and verb in ("step", "checkpoint", "publish", "save"):
            deaths.add(key)
            raise KilledError

    deaths: set[str] = set()
    studio.after_call = die_once
    analysis = None
    for _ in range(400):
        try:
            analysis = analyze_video(AnalyzeVideo(video="clip", **request), studio.context(media))
            break
        except KilledError:
            continue
    assert analysis is not None
    assert len(deaths) > 20
    assert outcome(analysis) == outcome(whole)
    assert sorted(studio.artifacts) == sorted(calm.artifacts)
    assert studio.published.keys() == calm.published.keys()


def test_taking_up_again_does_not_decode_what_was_done(
    film: Path, media_of: Callable[..., Any], studio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_pass, "_CHECKPOINT_EVERY_S", 0.0)

    def die_late(verb: str, fields: Mapping[str, Any]) -> None:
        if verb == "checkpoint" and fields["state"]["scenes"] == 6:
            raise KilledError

    studio.after_call = die_late
    with pytest.raises(KilledError):
        analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(film)))
    studio.after_call = lambda verb, fields: None
    seen: list[int] = []
    prepare = Looker.prepare
    monkeypatch.setattr(Looker, "prepare", lambda self, picture, first: (seen.append(picture.index), prepare(self, picture, first))[1])
    analysis = analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(film)))
    assert seen[0] >= analysis.scenes[6].start_frame - 32  # what the measures must remember, and no more
    assert len(analysis.scenes) == 8


def test_what_is_kept_at_checkpoints_is_not_held_as_well(
    film: Path, media_of: Callable[..., Any], studio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_pass, "_CHECKPOINT_EVERY_S", 0.0)
    job = studio.context(media_of(film))
    analyze_video(AnalyzeVideo(video="clip"), job)
    assert len([name for name in studio.steps if name.startswith("curves/")]) > 3
    assert set(job._steps.values()) == {None}


def test_a_checkpoint_of_another_form_is_ignored(
    film: Path, media_of: Callable[..., Any], studio: Any, analyse: Callable[..., Any]
) -> None:
    whole, _ = analyse(film)
    studio.saved = {"version": 0, "scenes": 3}
    assert outcome(analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(film)))) == outcome(whole)


def test_a_checkpoint_whose_scenes_were_lost_is_ignored(
    film: Path, media_of: Callable[..., Any], new_studio: Callable[[], Any], analyse: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_pass, "_CHECKPOINT_EVERY_S", 0.0)
    whole, first = analyse(film)
    studio = new_studio()
    studio.saved = first.saved
    assert outcome(analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(film)))) == outcome(whole)


def test_a_last_scene_of_one_frame_has_quality_and_a_keyframe(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    graph = "color=0x204060:s=160x90:r=24:d=2[a];color=0xE0C040:s=160x90:r=24:d=0.0416[b];[a][b]concat=n=2:v=1[out0]"
    analysis, _ = analyse(clips("last.mp4", "-pix_fmt", "yuv420p", graph=graph), min_scene_frames=1)
    assert [(s.start_frame, s.end_frame) for s in analysis.scenes] == [(0, 48), (48, 49)]
    assert [k.frame for k in analysis.scenes[1].keyframes] == [48]
    assert analysis.scenes[1].quality.sampled_frames == 1


def test_scenes_too_short_to_be_sampled_are_looked_at_again(film: Path, analyse: Callable[..., Any], monkeypatch: Any) -> None:
    """Nothing is sampled at all here, so that every scene takes the way back."""
    monkeypatch.setattr(scene_pass.OpenScene, "look", lambda self, look: None)
    analysis, _ = analyse(film)
    assert [[k.frame for k in s.keyframes] for s in analysis.scenes] == [[s.start_frame] for s in analysis.scenes]


def test_memory_does_not_grow_with_the_scene() -> None:
    opening = scene_pass.OpenScene(scene_pass.Cut(0, 0.0, 0), 12)
    quality = FrameQuality(300, 118, 45, 1, 0, 0)
    for index in range(0, 80_000, 4):
        opening.look(Look(index, index, index / 24, [], None, quality))
    assert len(opening.shortlist) <= 36 + LATE_FRAMES / 4 + 1
    assert len(opening.samples()) == 20_000


def test_a_short_scene_known_late_has_a_choice_of_frames() -> None:
    """The scene of ten frames comes at the end of a long one, and its cuts become known long after."""
    opening = scene_pass.OpenScene(scene_pass.Cut(0, 0.0, 0), 3)
    for index in range(0, 1064, 4):
        opening.look(Look(index, index, index / 24, [], None, FrameQuality(300 + index % 7, 118, 45, 1, 0, 0)))
    opening.split(scene_pass.Cut(1000, 1000 / 24, 1000))
    samples, candidates = opening.split(scene_pass.Cut(1010, 1010 / 24, 1010))
    assert list(samples) == [1000, 1004, 1008] == [c.frame for c in candidates]


def test_an_open_scene_is_restored_as_it_was() -> None:
    first = scene_pass.OpenScene(scene_pass.Cut(0, 0.0, 0), 2)
    for index in range(0, 900, 4):
        first.look(Look(index, index, index / 24, [], None, FrameQuality((index * 7919) % 97, 118, 45, 1, 0, 0)))
    again = scene_pass.OpenScene(scene_pass.Cut(0, 0.0, 0), 2)
    rows = [[float(frame), *astuple(quality)] for frame, quality in first.samples().items()]
    again.restore(rows, first.shortlist.grid(), first.shortlist.candidates())
    for index in range(900, 1300, 4):
        for opening in (first, again):
            opening.look(Look(index, index, index / 24, [], None, FrameQuality((index * 7919) % 89, 118, 45, 1, 0, 0)))
    assert again.samples() == first.samples()
    assert again.shortlist.candidates() == first.shortlist.candidates()


def test_a_file_that_has_become_unreadable_is_bad_media(film: Path, media_of: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    path = tmp_path / "was.mp4"
    path.write_bytes(film.read_bytes())
    media = media_of(path)
    path.write_bytes(b"overwritten")
    with pytest.raises(BadMedia):
        analyze_video(AnalyzeVideo(video="clip"), studio.context(media))
    assert studio.results() == []
