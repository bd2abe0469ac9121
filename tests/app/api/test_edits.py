"""Drafts over HTTP: kept, changed, undone, checked; nobody overwrites anybody; other browsers hear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.editing.operations import OPERATIONS
from app.studio import Studio


@pytest.fixture
def clip(studio: Studio, make_clip: Callable[..., Path]) -> str:
    return studio.add_path(make_clip("clip.mp4", cuts=(12, 24), frames=36)).id


def plan_of(clip: str, *cuts: tuple[float, float]) -> dict[str, Any]:
    rows = [{"id": f"s{n}", "source": "clip", "start_s": a, "end_s": b} for n, (a, b) in enumerate(cuts or ((0.0, 1.0),))]
    return {"version": 1, "sources": [{"id": "clip", "media": clip}], "segments": rows}


def begin(client: TestClient, clip: str) -> dict[str, Any]:
    answer = client.post("/api/edits", json={"plan": plan_of(clip), "video": clip})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_draft_is_kept_changed_undone_and_redone(owner: TestClient, clip: str) -> None:
    made = begin(owner, clip)
    assert (made["title"], made["revision"], made["can_undo"], made["video"]) == ("clip.mp4", 1, False, clip)
    body = {"plan": plan_of(clip, (0, 0.5), (0.5, 1)), "revision": 1, "label": "Split  row 1"}
    changed = owner.put(f"/api/edits/{made['id']}", json=body).json()
    assert (len(changed["plan"]["segments"]), changed["undo_label"]) == (2, "Split row 1")
    undone = owner.post(f"/api/edits/{made['id']}/undo").json()
    assert (len(undone["plan"]["segments"]), undone["redo_label"]) == (1, "Split row 1")
    assert len(owner.post(f"/api/edits/{made['id']}/redo").json()["plan"]["segments"]) == 2
    assert [row["id"] for row in owner.get("/api/edits").json()["items"]] == [made["id"]]
    assert owner.get(f"/api/edits/{made['id']}/versions").json() == {"items": []}
    assert owner.delete(f"/api/edits/{made['id']}").status_code == 204
    assert owner.get(f"/api/edits/{made['id']}").status_code == 404


def test_the_slower_of_two_is_told(owner: TestClient, clip: str) -> None:
    made = begin(owner, clip)
    body = {"plan": plan_of(clip), "revision": 1, "label": "Trim"}
    assert owner.put(f"/api/edits/{made['id']}", json=body).status_code == 200
    late = owner.put(f"/api/edits/{made['id']}", json=body)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "edit_changed")


def test_a_plan_that_cannot_be_read_is_refused_with_its_place(owner: TestClient, clip: str) -> None:
    plan = plan_of(clip)
    plan["segments"][0]["operations"] = [{"op": "speed", "factor": 0}]
    answer = owner.post("/api/edits", json={"plan": plan})
    assert answer.status_code == 422
    assert answer.json()["error"]["problems"][0]["path"] == "$.segments[0].operations[0].factor"
    assert owner.get("/api/edits").json()["items"] == []


def test_other_browsers_hear_of_a_change(owner: TestClient, clip: str, studio: Studio) -> None:
    with studio.events.subscribe() as heard:
        made = begin(owner, clip)
        owner.put(f"/api/edits/{made['id']}", json={"plan": plan_of(clip), "revision": 1})
        told = [event.data for event in heard.drain() if event.kind == "edit"]
    assert told == [{"id": made["id"], "revision": 1}, {"id": made["id"], "revision": 2}]


def test_checking_a_sound_plan_gives_the_film_in_whole_frames(owner: TestClient, clip: str) -> None:
    found = owner.post("/api/edits/check", json={"plan": plan_of(clip, (0, 0.5), (1.0, 1.5))}).json()
    assert found["problems"] == []
    film = found["timeline"]
    assert film["frames"] == sum(row["frames"] for row in film["clips"])
    assert [row["first_frame"] for row in film["clips"]] == [0, round(film["fps"])]
    assert found["prediction"]["size_bytes"] > 0


def test_checking_a_bad_plan_names_every_problem(owner: TestClient, clip: str) -> None:
    plan = plan_of(clip, (0.5, 0.1), (500, 501))
    found = owner.post("/api/edits/check", json={"plan": plan}).json()
    assert found["timeline"] is None
    assert {problem["path"].split(".")[1] for problem in found["problems"]} == {"segments[0]", "segments[1]"}
    path = owner.post("/api/edits/check", json={"plan": plan_of("/films/clip.webm")}).json()["problems"][0]
    assert path["message"] == "'/films/clip.webm' is no artifact id."
    gone = owner.post("/api/edits/check", json={"plan": plan_of("a-0000000000000000")}).json()
    assert [(p["code"], p["path"]) for p in gone["problems"]] == [("missing_source", "$.sources[0].media")]


def test_the_table_of_operations_tells_where_each_may_stand(owner: TestClient) -> None:
    rows = {row["op"]: row for row in owner.get("/api/operations").json()}
    assert rows.keys() == OPERATIONS.keys()
    assert rows["music"]["scopes"] == ["film"]
    assert rows["speed"]["fields"]["properties"]["factor"]["maximum"] == OPERATIONS["speed"].model_fields["factor"].metadata[1].le
