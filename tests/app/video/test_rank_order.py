"""The order of takes: damage of known size, ties, differences between takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.video.document import VideoAnalysis
from app.video.probe import probe_video
from app.video.rank_models import RefusedTake
from app.video.rank_order import Take, rank
from tests.app.video import takes
from tests.app.video.conftest import FakeStudio


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], VideoAnalysis]:
    """``analysed("drop")``: the analysis of a damaged take, made once."""
    from app.video.analyze import analyze_video
    from app.video.models import AnalyzeVideo
    from storage.records import Artifact

    folder = tmp_path_factory.mktemp("takes")
    known: dict[str, VideoAnalysis] = {}

    def make(kind: str) -> VideoAnalysis:
        if kind not in known:
            path = takes.take(kind, folder)
            studio = FakeStudio(tmp_path_factory.mktemp("studio"))
            clip = Artifact(
                id="clip", name=path.name, kind="video", role="source", media_type="video/mp4", size_bytes=1, content_hash="0" * 64,
                path=path, external=True, missing=False, project_id="default", job_id=None, created_at=0.0,
                meta={"probe": probe_video(path).model_dump(mode="json")}, inputs=(),
            )  # fmt: skip
            known[kind] = analyze_video(AnalyzeVideo(video="clip"), studio.context(clip))
        return known[kind]

    return make


def given(analysed: Callable[[str], VideoAnalysis], *kinds: str) -> list[Take]:
    return [Take(n, kind, f"a-{n}", analysed(kind)) for n, kind in enumerate(kinds)]


def changed(analysis: VideoAnalysis, **video: Any) -> VideoAnalysis:
    """The same analysis of a file that announces something else."""
    document = analysis.model_dump(mode="json")
    document["media"]["info"]["video"].update(video)
    return VideoAnalysis.model_validate(document)


def spearman(found: list[str]) -> float:
    places = [takes.IN_ORDER.index(kind) for kind in found]
    count = len(places)
    return 1 - 6 * sum((n - place) ** 2 for n, place in enumerate(places)) / (count * (count**2 - 1))


def test_damage_of_known_size_is_ranked_in_its_order(analysed: Callable[[str], VideoAnalysis]) -> None:
    shuffled = [takes.IN_ORDER[n] for n in (5, 2, 7, 0, 4, 6, 1, 3)]
    ranking = rank(given(analysed, *shuffled))
    order = [take.name for take in ranking.takes]
    assert spearman(order) >= 0.95, order
    assert order[:2] == ["clean", "repeat"]
    assert order[-3:] == ["flicker-2", "flicker-4", "flicker-8"]
    scores = [take.score or 0.0 for take in ranking.takes]
    assert scores[0] - scores[1] > 0.02, "one repeated frame is worth telling"
    again = rank(given(analysed, *reversed(shuffled)))
    assert {take.name: take.score for take in again.takes} == {take.name: take.score for take in ranking.takes}


def test_the_worst_frame_is_where_the_damage_was_done(analysed: Callable[[str], VideoAnalysis]) -> None:
    ranking = rank(given(analysed, "repeat", "drop", "jump", "flicker-4"))
    worst = {take.name: take.worst for take in ranking.takes}
    for kind in ("repeat", "drop", "jump"):
        assert worst[kind] is not None
        assert worst[kind].frame == takes.AT
        assert worst[kind].timecode == "00:00:01:16"
    assert worst["repeat"].why == "1 frame is repeated"  # type: ignore[union-attr]
    assert worst["drop"].why == "the motion jumps"  # type: ignore[union-attr]
    assert "flickers, ±" in worst["flicker-4"].why  # type: ignore[union-attr]
    assert "at 12 Hz" in worst["flicker-4"].why  # type: ignore[union-attr]


def test_a_cut_that_the_others_lack_is_a_fault(analysed: Callable[[str], VideoAnalysis]) -> None:
    ranking = rank(given(analysed, "cut", "clean", "repeat"))
    last = ranking.takes[-1]
    assert (last.name, last.place) == ("cut", 3)
    assert last.parts is not None
    assert last.parts.extra_cuts == 1
    assert last.worst is not None
    assert (last.worst.frame, last.worst.coherence) == (takes.AT, 0.0)
    assert "cut here" in last.worst.why


def test_a_cut_that_all_have_is_none(analysed: Callable[[str], VideoAnalysis]) -> None:
    ranking = rank(given(analysed, "cut", "cut"))
    assert all(take.parts is not None and take.parts.extra_cuts == 0 for take in ranking.takes)


def test_level_takes_keep_the_order_given_and_say_so(analysed: Callable[[str], VideoAnalysis]) -> None:
    first, second = rank([Take(0, "b", "a-0", analysed("clean")), Take(1, "a", "a-1", analysed("clean"))]).takes
    assert (first.name, first.tie) == ("b", None)
    assert second.tie == f"Level with b ({second.score:.3f} and {first.score:.3f}) in everything that is measured; kept in the order given."


def test_what_cannot_be_analysed_is_last_with_its_reason(analysed: Callable[[str], VideoAnalysis]) -> None:
    lost = Take(0, "torn", "a-9", failed="It has no frame.")
    ranking = rank(
        [lost, *[Take(n + 1, k, f"a-{n}", analysed(k)) for n, k in enumerate(("flicker-8", "clean"))]],
        [RefusedTake(name="x", reason="No video.")],
    )
    assert [(t.place, t.name, t.failed) for t in ranking.takes[2:]] == [(3, "torn", "It has no frame."), (4, "x", "No video.")]
    assert [t.name for t in ranking.takes[:2]] == ["clean", "flicker-8"]
    assert ranking.takes[3].take is None


def test_differences_of_the_files_are_remarks_and_change_no_score(analysed: Callable[[str], VideoAnalysis]) -> None:
    clean = analysed("clean")
    odd = changed(clean, width=640, height=360, fps=30.0)
    loud = clean.model_dump(mode="json")
    loud["media"]["info"]["audio"] = [{"codec": "aac", "channels": 2, "layout": "stereo", "sample_rate_hz": 48000}]
    loud["frame_count"] = 60
    ranking = rank(
        [
            Take(0, "a", "1", clean),
            Take(1, "b", "2", clean),
            Take(2, "odd", "3", odd),
            Take(3, "loud", "4", VideoAnalysis.model_validate(loud)),
        ]
    )
    by_name = {take.name: take for take in ranking.takes}
    assert by_name["a"].remarks == []
    assert by_name["odd"].remarks == ["640 x 360, where most takes are 320 x 180.", "30 frames a second, where most takes have 24."]
    assert by_name["loud"].remarks == ["60 frames, 12 shorter than most takes.", "It has sound; most takes have none."]
    assert by_name["odd"].score == by_name["a"].score
    assert len(ranking.remarks) == 2
    assert ranking.remarks[0].startswith("The frame rates differ (24, 30)")
    assert ranking.remarks[1].startswith("The sizes differ (320 x 180, 640 x 360)")


def test_a_take_that_hardly_moves_is_pointed_out(analysed: Callable[[str], VideoAnalysis]) -> None:
    still = analysed("clean").model_dump(mode="json")
    for shot in still["coherence"]["shots"]:
        shot["temporal_flickering"] = 0.9999
    ranking = rank([*given(analysed, "clean", "drop"), Take(2, "still", "3", VideoAnalysis.model_validate(still))])
    said = {take.name: take.remarks for take in ranking.takes}
    assert said["still"] == ["It moves much less than the other takes; a still picture holds together by itself."]
    assert said["clean"] == []


def test_one_take_alone_is_said_to_be_alone(analysed: Callable[[str], VideoAnalysis]) -> None:
    ranking = rank([*given(analysed, "clean"), Take(1, "torn", "a-9", failed="No.")])
    assert ranking.remarks == ["Only one take could be analysed, so there is nothing to compare it with."]
