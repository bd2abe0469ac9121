"""Reviews kept by a studio: one change at a time, told to everybody, there again after a restart, gone with the clip."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app import reviews as module
from app.reviews import OperationBody
from app.studio import Studio
from app.views import review_to_json
from configs.errors import BadInput, Conflict, NotFound
from configs.settings import Settings
from storage import reviews as log


@pytest.fixture
def clip(studio: Studio, make_clip: Callable[..., Path]) -> str:
    return studio.add_path(make_clip("clip.mp4", cuts=(12,), frames=36)).id


def test_a_restart_changes_nothing(settings: Settings, make_clip: Callable[..., Path]) -> None:
    path = make_clip("clip.mp4", cuts=(12,), frames=36)
    with Studio.open(settings, start_workers=False) as studio:
        clip = studio.add_path(path).id
        for frame in (5, 10, 15):
            studio.reviews.change(clip, {"op": "split", "frame": frame, "author": "Ada"})
        studio.reviews.undo(clip)
        before = studio.reviews.get(clip)
    with Studio.open(settings, start_workers=False) as studio:
        assert studio.reviews.get(clip) == before
        assert studio.reviews.redo(clip).added == {5, 10, 15}


def test_many_browsers_at_once_lose_nothing(studio: Studio, clip: str) -> None:
    def split(frame: int) -> None:
        studio.reviews.change(clip, {"op": "split", "frame": frame})

    with studio.events.subscribe() as heard:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(split, range(1, 36)))
        revisions = [event.data["revision"] for event in heard.drain() if event.kind == "review"]
    assert studio.reviews.get(clip).added == set(range(1, 36))
    assert revisions == list(range(1, 36))


def test_what_two_ask_for_at_once_is_done_once(studio: Studio, clip: str) -> None:
    def split(_: int) -> bool:
        try:
            studio.reviews.change(clip, {"op": "split", "frame": 20})
        except BadInput:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(split, range(16))) == 1


def test_a_deleted_clip_has_no_review(studio: Studio, clip: str) -> None:
    studio.reviews.change(clip, {"op": "split", "frame": 20})
    studio.delete_artifact(clip)
    with pytest.raises(NotFound):
        studio.reviews.get(clip)
    assert studio.reviews.for_job(clip) is None


def test_a_job_reads_what_there_is(studio: Studio, clip: str) -> None:
    assert studio.reviews.for_job(clip) is None
    studio.reviews.change(clip, {"op": "add_marker", "frame": 3, "note": "here"})
    state = studio.reviews.for_job(clip)
    assert json.loads(json.dumps(state)) == state
    assert state is not None
    assert state["markers"][0]["note"] == "here"


def test_memory_holds_a_bounded_number(studio: Studio, make_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    clips = [studio.add_path(make_clip(f"{n}.mp4", cuts=(12,), frames=36)).id for n in range(4)]
    for n, clip in enumerate(clips):
        studio.reviews.change(clip, {"op": "split", "frame": n + 1})
    assert len(studio.reviews._folded) == 2
    assert [studio.reviews.get(clip).added for clip in clips] == [{1}, {2}, {3}, {4}]


def test_undo_and_redo_with_nothing_to_do_are_conflicts(studio: Studio, clip: str) -> None:
    for turn, code in ((studio.reviews.undo, "nothing_to_undo"), (studio.reviews.redo, "nothing_to_redo")):
        with pytest.raises(Conflict) as refused:
            turn(clip)
        assert refused.value.code == code


@pytest.mark.parametrize("given", [{}, {"op": None}, {"op": "paint"}, {"op": ["split"]}, {"op": "split", "frame": None}, []])
def test_what_is_no_operation_is_one_sentence(given: Any) -> None:
    with pytest.raises(BadInput) as refused:
        OperationBody.model_validate(given)
    assert refused.value.message


def test_thousands_of_markers_stay_quick_to_add_to(studio: Studio, clip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    usual = log.entries

    def counted(database: Any, artifact_id: str, after: int = 0) -> Any:
        found = usual(database, artifact_id, after)
        read.append(len(found))
        return found

    monkeypatch.setattr(log, "entries", counted)
    for n in range(200):
        studio.reviews.change(clip, {"op": "add_marker", "frame": n % 36, "note": f"note {n}"})
    assert sum(read) == 0  # each change was folded into what is in memory; the log was not read again
    assert len(review_to_json(clip, studio.reviews.get(clip))["markers"]) == 200


def test_a_stored_analysis_serves_as_long_as_the_review_says_the_same(settings: Settings, make_clip: Callable[..., Path]) -> None:
    path = make_clip("clip.mp4", cuts=(12,), frames=36)
    with Studio.open(settings, start_workers=False) as studio:
        _ask_again(studio, studio.add_path(path).id)


def _ask_again(studio: Studio, clip: str) -> None:
    first = studio.submit("video.analyze", {"video": clip})
    assert studio.submit("video.analyze", {"video": clip}).job.id == first.job.id
    studio.reviews.change(clip, {"op": "add_marker", "frame": 5, "note": "here"})
    with_marker = studio.submit("video.analyze", {"video": clip})
    assert (with_marker.reused, studio.submit("video.analyze", {"video": clip}).job.id) == (False, with_marker.job.id)
    proxy = studio.submit("video.proxy", {"video": clip})
    studio.reviews.undo(clip)
    assert studio.submit("video.analyze", {"video": clip}).job.id == first.job.id
    assert studio.submit("video.proxy", {"video": clip}).job.id == proxy.job.id
    studio.reviews.redo(clip)
    assert studio.submit("video.analyze", {"video": clip}).job.id == with_marker.job.id
