"""Characters over HTTP: made, changed, found, carried from one studio to another in one file; other browsers hear."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.studio import Studio
from tests.app.characters.packs import BLUE, RED, lora, picture


@pytest.fixture
def face(owner: TestClient) -> str:
    answer = owner.post("/api/artifacts", files={"file": ("luca.png", picture())}, data={"kind": "image"})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def make(client: TestClient, handle: str = "luca", **pack: Any) -> dict[str, Any]:
    answer = client.post("/api/characters", json={"handle": handle, **pack})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_character_is_made_changed_found_and_deleted(owner: TestClient, face: str) -> None:
    made = make(owner, "@Luca", title="Luca", references=[face], palette=["#AABBCC"])
    assert (made["handle"], made["revision"], made["palette"], made["missing"]) == ("luca", 1, ["#aabbcc"], [])
    assert error(owner.post("/api/characters", json={"handle": "luca"})) == (409, "character_exists")
    changed = owner.put("/api/characters/luca", json={"title": "Luke", "revision": 1, "handle": "luke"}).json()
    assert (changed["handle"], changed["title"], changed["references"], changed["revision"]) == ("luke", "Luke", [], 2)
    assert error(owner.put("/api/characters/luke", json={"revision": 1})) == (409, "character_changed")
    assert [one["handle"] for one in owner.get("/api/characters?q=LUKE").json()["items"]] == ["luke"]
    assert owner.get("/api/characters?q=nobody").json() == {"items": [], "next_before": None}
    assert owner.get("/api/characters/@luke").json() == changed
    assert owner.delete("/api/characters/luke").status_code == 204
    assert error(owner.get("/api/characters/luke")) == (404, "no_character")


def test_pages(owner: TestClient) -> None:
    for handle in ("a1", "a2", "a3"):
        make(owner, handle)
    first = owner.get("/api/characters?limit=2").json()
    assert [one["handle"] for one in first["items"]] == ["a3", "a2"]
    rest = owner.get(f"/api/characters?limit=2&before={first['next_before']}").json()
    assert ([one["handle"] for one in rest["items"]], rest["next_before"]) == (["a1"], None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422), ({"handle": "a b"}, 422), ({"handle": "luca", "threshold": 2}, 422), ({"handle": "luca", "colour": "red"}, 422),
        ({"handle": "luca", "references": ["a-0000000000000000"]}, 404), ({"handle": "luca", "references": ["/etc/passwd"]}, 404),
        ({"handle": "luca", "palette": ["red"]}, 422), ({"handle": "luca", "description": "x" * 2001}, 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_sentence(owner: TestClient, body: dict[str, Any], status: int) -> None:
    answer = owner.post("/api/characters", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert owner.get("/api/characters").json()["items"] == []


def test_a_deleted_picture_is_named_as_missing(owner: TestClient, face: str) -> None:
    make(owner, references=[face])
    assert owner.delete(f"/api/artifacts/{face}").status_code == 200
    found = owner.get("/api/characters/luca").json()
    assert [(gap["what"], gap["name"]) for gap in found["missing"]] == [("reference", face)]


def test_colours_of_a_picture(owner: TestClient, face: str) -> None:
    found = owner.post("/api/characters/palette", json={"image": face, "colours": 2}).json()
    assert found["colours"][0]["hex"] == RED
    assert "built in" in found["engine"]
    assert error(owner.post("/api/characters/palette", json={"image": "a-0000000000000000"})) == (404, "not_found")


def test_every_change_is_an_event(owner: TestClient, studio: Studio) -> None:
    from app.api.events import STUDIO_KINDS

    assert "character" in STUDIO_KINDS
    with studio.events.subscribe() as heard:
        make(owner)
        owner.delete("/api/characters/luca")
        told = [event.data for event in heard.drain() if event.kind == "character"]
    assert told == [{"handle": "luca", "revision": 1}, {"handle": "luca", "revision": 0}]


def exported(client: TestClient, handle: str = "luca", query: str = "") -> bytes:
    answer = client.get(f"/api/characters/{handle}/export{query}")
    assert answer.status_code == 200, answer.text
    assert f'filename="{handle}.character"' in answer.headers["content-disposition"]
    return answer.content


def taken(client: TestClient, data: bytes, **fields: str) -> Any:
    return client.post("/api/characters/import", files={"file": ("luca.character", data)}, data=fields)


def test_a_character_goes_out_and_comes_back_in_one_file(owner: TestClient, studio: Studio, face: str) -> None:
    make(owner, title="Luca", references=[face])
    data = exported(owner)
    assert list((studio.settings.data_dir / "work").iterdir()) == []
    owner.delete("/api/characters/luca")
    owner.delete(f"/api/artifacts/{face}")
    found = taken(owner, data)
    assert found.status_code == 201
    assert (found.json()["title"], found.json()["missing"], found.json()["remarks"]) == ("Luca", [], [])
    assert owner.get(f"/api/artifacts/{found.json()['references'][0]}/content").content == picture()


def test_importing_a_handle_that_is_taken_asks_what_to_do(owner: TestClient) -> None:
    make(owner, title="first")
    data = exported(owner)
    asked = taken(owner, data)
    assert error(asked) == (409, "character_exists")
    assert asked.json()["error"]["free"] == "luca-2"
    assert taken(owner, data, handle="luca-2").json()["handle"] == "luca-2"
    assert taken(owner, data, replace="true").json()["revision"] == 2


@pytest.mark.parametrize(
    ("fields", "data"),
    [({}, b"no zip"), ({"replace": "maybe"}, b""), ({"colour": "red"}, b""), ({"handle": "a b"}, None)],
)
def test_a_wrong_import_is_a_sentence_and_leaves_nothing(
    owner: TestClient, studio: Studio, fields: dict[str, str], data: bytes | None
) -> None:
    if data is None:
        make(owner, "other")
        data = exported(owner, "other")
        owner.delete("/api/characters/other")
    answer = taken(owner, data, **fields)
    assert answer.status_code == 422
    assert answer.json()["error"]["remedy"]
    assert owner.get("/api/characters").json()["items"] == []
    assert [path for path in (studio.settings.blobs / "incoming").rglob("*") if path.is_file()] == []


def test_an_import_that_is_too_large_is_refused_by_its_length(owner: TestClient, studio: Studio) -> None:
    answer = taken(owner, bytes(studio.settings.max_upload_bytes + (1 << 20)))
    assert error(answer) == (413, "too_large")


def test_weights_travel_for_the_owner_and_not_for_a_guest(owner: TestClient, guest: TestClient, studio: Studio) -> None:
    place = studio.adapters.own / "luca-v2.safetensors"
    place.parent.mkdir(parents=True)
    place.write_bytes(lora())
    made = make(owner, loras=[{"name": "luca-v2", "weight": 0.8}])
    assert made["missing"] == []
    light, heavy = exported(owner), exported(owner, query="?loras=true")
    assert [len([n for n in zipfile.ZipFile(BytesIO(data)).namelist() if n.startswith("loras/")]) for data in (light, heavy)] == [0, 1]
    place.unlink()
    far = taken(guest, heavy, handle="far").json()
    assert [gap["what"] for gap in far["missing"]] == ["lora"]
    assert "left out" in far["remarks"][0]
    assert taken(owner, heavy, handle="near").json()["missing"] == []
    assert place.read_bytes() == lora()


def test_a_sheet_may_be_any_picture(owner: TestClient) -> None:
    sheet = owner.post("/api/artifacts", files={"file": ("sheet.png", picture(BLUE))}, data={"kind": "image"}).json()["id"]
    assert make(owner, sheet=sheet)["sheet"] == sheet
