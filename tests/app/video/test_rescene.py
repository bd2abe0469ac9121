"""Thresholds and edits on an analysis that is there: a whole new one, without a second pass over the film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.video import decode
from app.video.rescene import Rescene, rescene_video
from app.video.review import Line, fold
from app.video.review_document import to_state
from configs.errors import BadInput, StudioError

H264 = ("-pix_fmt", "yuv420p")


@pytest.fixture
def given(clips: Callable[..., Path], analyse: Callable[..., Any], media_of: Callable[..., Any]) -> tuple[Any, Any, Any]:
    """(analysis, its studio, the clip); the job's media are the clip and the analysis."""
    path = clips("plain.mp4", *H264, sound=True)
    analysis, studio = analyse(path)
    return analysis, studio, media_of(path)


def rescene(given: tuple[Any, Any, Any], new: Any, review: Any = None, **settings: Any) -> tuple[Any, Any]:
    """Runs it in a studio that knows what the first one kept."""
    _, first, clip = given
    kept = [replace(artifact, id=f"first-{artifact.id}") for artifact in first.artifacts.values()]
    kept = [replace(a, inputs=tuple(i if i == "clip" else f"first-{i}" for i in a.inputs)) for a in kept]
    document = next(a for a in kept if a.name == "analysis.json")
    new.review = None if review is None else to_state(review)
    context = new.context(document, clip, *kept)
    text = document.path.read_text().replace('"artifact-', '"first-artifact-')
    path = new.folder / "given.json"
    path.write_text(text)
    new.media = (replace(document, path=path), *new.media[1:])
    context._media[document.id] = new.media[0]
    return rescene_video(Rescene(analysis=document.id, **settings), context), new


def test_the_same_settings_give_the_same_analysis(given: tuple[Any, Any, Any], new_studio: Callable[[], Any]) -> None:
    again, studio = rescene(given, new_studio())

    def ours(analysis: Any) -> Any:
        plain = analysis.model_dump()
        for scene in plain["scenes"]:
            for keyframe in scene["keyframes"]:
                keyframe.pop("artifact_id")
        return plain

    assert ours(again) == ours(given[0])
    assert set(studio.artifacts) == set(given[1].artifacts)


def test_nothing_is_decoded_when_every_shot_has_a_picture(
    given: tuple[Any, Any, Any], new_studio: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("the clip was opened")

    monkeypatch.setattr(decode, "open_container", refuse)
    again, studio = rescene(given, new_studio(), min_shot_s=1.5)
    assert [scene.start_frame for scene in again.scenes] == [0, 48]
    assert again.settings.min_scene_frames == 36
    assert studio.read("scenes.edl").count("* FROM CLIP NAME") == 2


def test_edits_are_applied_and_can_be_left_out(given: tuple[Any, Any, Any], new_studio: Callable[[], Any]) -> None:
    review = fold([
        Line(1, {"op": "merge", "frame": 24}), Line(2, {"op": "split", "frame": 94}),
        Line(3, {"op": "add_marker", "frame": 7, "end_frame": None, "colour": "red", "note": "here"}),
    ])  # fmt: skip
    edited, studio = rescene(given, new_studio(), review)
    assert [scene.start_frame for scene in edited.scenes] == [0, 48, 72, 94]
    assert all(94 <= k.frame < 96 for k in edited.scenes[-1].keyframes)
    assert edited.scenes[-1].keyframes
    assert "|C:ResolveColorRed |M:here" in studio.read("markers.edl")
    plain, _ = rescene(given, new_studio(), review, use_review=False)
    assert [scene.start_frame for scene in plain.scenes] == [0, 24, 48, 72]
    assert plain.review is None


def test_an_edited_analysis_can_be_taken_back_to_what_was_detected(given: tuple[Any, Any, Any], new_studio: Callable[[], Any]) -> None:
    review = fold([Line(1, {"op": "merge", "frame": 24})])
    edited, studio = rescene(given, new_studio(), review)
    assert edited.review.detected == [24, 48, 72]
    back, _ = rescene((edited, studio, given[2]), new_studio())
    assert [scene.start_frame for scene in back.scenes] == [0, 24, 48, 72]


def test_a_clip_that_has_gone_costs_only_new_pictures(given: tuple[Any, Any, Any], new_studio: Callable[[], Any], tmp_path: Path) -> None:
    gone = (given[0], given[1], replace(given[2], id="elsewhere", path=tmp_path / "gone.mp4"))
    studio = new_studio()
    studio._artifact = _strictly(studio)
    edited, _ = rescene(gone, studio, fold([Line(1, {"op": "split", "frame": 95})]))
    assert edited.scenes[-1].keyframes == []
    assert "could not be read" in edited.warnings[-1]
    assert studio.artifacts["report.html"]


def test_a_clip_that_was_moved_is_told_by_its_code_alone(
    given: tuple[Any, Any, Any], new_studio: Callable[[], Any], tmp_path: Path
) -> None:
    gone = (given[0], given[1], replace(given[2], path=tmp_path / "gone.mp4"))
    for code, stops in (("media_missing", False), ("disk_full", True)):
        studio = new_studio()
        studio._artifact = _across_processes(studio, given[2].id, code)
        if stops:
            with pytest.raises(StudioError, match="told"):
                rescene(gone, studio)
        else:
            edited, _ = rescene(gone, studio, fold([Line(1, {"op": "split", "frame": 95})]))
            assert "could not be read" in edited.warnings[-1]


def _across_processes(studio: Any, clip: str, code: str) -> Callable[[dict[str, Any]], Any]:
    """What a worker hears of the clip: an error without the type that it had."""
    usual = studio._artifact

    def artifact(fields: dict[str, Any]) -> Any:
        if fields["id"] == clip:
            raise StudioError("This is told.", "", code)
        return usual(fields)

    return artifact


def _strictly(studio: Any) -> Callable[[dict[str, Any]], Any]:
    """What the studio answers for an artifact that has been deleted."""
    from configs.errors import NotFound

    usual = studio._artifact

    def artifact(fields: dict[str, Any]) -> Any:
        try:
            return usual(fields)
        except StopIteration:
            raise NotFound(f"There is no artifact {fields['id']!r}.") from None

    return artifact


def test_other_detectors_take_edits_but_no_thresholds(
    clips: Callable[..., Path], analyse: Callable[..., Any], media_of: Callable[..., Any], new_studio: Callable[[], Any]
) -> None:
    path = clips("plain.mp4", *H264)
    given = (*analyse(path, detector="content", min_scene_frames=5), media_of(path))
    edited, _ = rescene(given, new_studio(), fold([Line(1, {"op": "split", "frame": 10})]))
    assert [scene.start_frame for scene in edited.scenes][:3] == [0, 10, 24]
    assert edited.settings == given[0].settings
    with pytest.raises(BadInput, match="content"):
        rescene(given, new_studio(), sensitivity=2.0)


def test_an_analysis_of_an_earlier_version_says_what_to_do(given: tuple[Any, Any, Any], new_studio: Callable[[], Any]) -> None:
    document = given[1].artifacts["analysis.json"]
    given[1].artifacts["analysis.json"] = replace(document, inputs=("clip",))
    with pytest.raises(BadInput, match="Analyse the clip again"):
        rescene(given, new_studio())


def test_a_clip_that_was_moved_is_referred_to_where_it_is(
    given: tuple[Any, Any, Any], new_studio: Callable[[], Any], tmp_path: Path
) -> None:
    moved = tmp_path / "moved.mp4"
    moved.write_bytes(given[2].path.read_bytes())
    again, studio = rescene((given[0], given[1], replace(given[2], path=moved)), new_studio())
    assert again.media.path == str(moved)
    assert f"* SOURCE FILE: {moved}" in studio.read("scenes.edl")
