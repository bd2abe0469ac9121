"""The review over HTTP: its shape, its operations, its refusals, and what other browsers hear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.review import ReviewAnswer
from app.studio import Studio


@pytest.fixture
def clip(studio: Studio, make_clip: Callable[..., Path]) -> str:
    return studio.add_path(make_clip("clip.mp4", cuts=(12, 24), frames=36)).id


def post(client: TestClient, clip: str, expect: int = 200, **operation: Any) -> dict[str, Any]:
    answer = client.post(f"/api/artifacts/{clip}/review", json=operation)
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_untouched_clip_has_an_empty_review(owner: TestClient, clip: str) -> None:
    assert owner.get(f"/api/artifacts/{clip}/review").json() == {
        "artifact_id": clip, "revision": 0, "can_undo": False, "can_redo": False, "undo_label": None, "redo_label": None,
        "boundaries": {"added": [], "removed": []}, "markers": [],
    }  # fmt: skip


def test_boundaries_are_split_moved_merged_undone_and_redone(owner: TestClient, clip: str) -> None:
    assert post(owner, clip, op="split", frame=12)["boundaries"] == {"added": [12], "removed": []}
    moved = post(owner, clip, op="move", frame=12, to=14)
    assert moved["boundaries"] == {"added": [14], "removed": [12]}
    assert (moved["revision"], moved["undo_label"], moved["can_redo"]) == (2, "Move boundary 12 to 14", False)
    assert post(owner, clip, op="merge", frame=14)["boundaries"] == {"added": [], "removed": [12, 14]}
    undone = owner.post(f"/api/artifacts/{clip}/review/undo").json()
    assert (undone["boundaries"], undone["redo_label"]) == ({"added": [14], "removed": [12]}, "Merge at frame 14")
    assert owner.post(f"/api/artifacts/{clip}/review/redo").json()["boundaries"]["added"] == []
    assert owner.post(f"/api/artifacts/{clip}/review/redo").status_code == 409
    assert ReviewAnswer.model_validate(owner.get(f"/api/artifacts/{clip}/review").json()).revision == 5


def test_markers_are_kept_as_they_were_written(owner: TestClient, clip: str) -> None:
    note = 'two\nlines, "quotes", <b>, 👩‍🎨 and ' + "long " * 300
    post(owner, clip, op="add_marker", frame=20, note="later")
    added = post(owner, clip, op="add_marker", frame=3, end_frame=9, colour="red", note=note, author="Ada")
    first = added["markers"][0]
    assert (first["frame"], first["end_frame"], first["colour"], first["note"], first["author"]) == (3, 9, "red", note.strip(), "Ada")
    changed = post(owner, clip, op="change_marker", marker=first["id"], frame=25, end_frame=None)
    assert [m["frame"] for m in changed["markers"]] == [20, 25]
    assert post(owner, clip, op="remove_marker", marker=first["id"])["markers"][0]["note"] == "later"


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({"op": "split", "frame": 36}, "Its frames are 0 to 35."),
        ({"op": "split"}, "'frame' is missing"),
        ({"op": "split", "frame": "soon"}, "'frame' is 'soon'"),
        ({"op": "split", "frame": 10**30}, "'frame' is"),
        ({"op": "split", "frame": 3, "colour": "red"}, "'colour' is not known"),
        ({"op": "merge", "frame": 12}, "No shot begins at frame 12"),
        ({"op": "paint", "frame": 12}, "There is no operation 'paint'."),
        ({"frame": 12}, "There is no operation"),
        ({"op": "add_marker", "frame": 1, "colour": "mauve"}, "'colour' is 'mauve'"),
        ({"op": "add_marker", "frame": 1, "note": "x" * 2345}, "The note has 2,345 characters; at most 2,000 are kept."),
    ],
)
def test_nonsense_is_one_sentence_and_changes_nothing(owner: TestClient, clip: str, operation: dict[str, Any], words: str) -> None:
    error = post(owner, clip, 422, **operation)["error"]
    assert words in f"{error['message']} {error['remedy']}"
    assert owner.get(f"/api/artifacts/{clip}/review").json()["revision"] == 0


def test_half_a_character_is_no_text(owner: TestClient, clip: str) -> None:
    body = b'{"op": "add_marker", "frame": 1, "note": "\\ud83d"}'
    answer = owner.post(f"/api/artifacts/{clip}/review", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert owner.get(f"/api/artifacts/{clip}/review").json()["revision"] == 0


def test_only_videos_are_reviewed(owner: TestClient, studio: Studio) -> None:
    job = studio.wait(studio.submit("test.echo", {"text": "hello"}).job.id, 20)
    answer = owner.get(f"/api/artifacts/{job.artifacts[0].id}/review")
    assert answer.status_code == 422
    assert "only videos are reviewed" in answer.json()["error"]["message"]
    assert owner.get("/api/artifacts/a-0000000000000000/review").status_code == 404


def test_a_visitor_with_the_passphrase_may_and_another_site_may_not(guest: TestClient, make_client: Any, clip: str) -> None:
    assert post(guest, clip, op="split", frame=5)["revision"] == 1
    assert make_client(origin="https://elsewhere.example").post(
        f"/api/artifacts/{clip}/review", json={"op": "split", "frame": 6}
    ).status_code == 403  # fmt: skip
    stranger = make_client("http://studio.example:7930", "203.0.113.9")
    assert stranger.get(f"/api/artifacts/{clip}/review").status_code == 401


def test_a_change_is_told_to_everybody(owner: TestClient, studio: Studio, clip: str) -> None:
    with studio.events.subscribe() as heard:
        post(owner, clip, op="split", frame=5)
        event = heard.get(5)
    assert event is not None
    assert (event.kind, event.data) == ("review", {"artifact_id": clip, "revision": 1})
