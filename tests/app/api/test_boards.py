"""History, favourites and boards over HTTP, told to other browsers."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.studio import Studio
from storage import projects
from storage.artifacts import NewArtifact
from storage.blobs import content_hash


@pytest.fixture
def picture(studio: Studio, tmp_path: Path) -> str:
    from PIL import Image

    path = tmp_path / "a fox.png"
    Image.new("RGB", (8, 8), "red").save(path)
    return studio.add_path(path, "image").id


def test_a_board_from_its_beginning_to_its_end(owner: TestClient, studio: Studio, picture: str) -> None:
    with studio.events.subscribe() as heard:
        board = owner.post("/api/boards", json={"name": "  Best   ones "}).json()
        assert (board["name"], board["pictures"]) == ("Best ones", 0)
        filled = owner.put(f"/api/boards/{board['id']}/items/{picture}").json()
        assert (filled["pictures"], filled["cover_id"]) == (1, picture)
        assert owner.patch(f"/api/boards/{board['id']}", json={"name": "Best"}).json()["name"] == "Best"
        assert [row["id"] for row in owner.get("/api/boards").json()["items"]] == [board["id"]]
        assert owner.delete(f"/api/boards/{board['id']}/items/{picture}").json()["pictures"] == 0
        assert owner.delete(f"/api/boards/{board['id']}").status_code == 204
        assert owner.get("/api/boards").json() == {"items": []}
        assert owner.get(f"/api/artifacts/{picture}").status_code == 200
        kinds = {event.kind for event in heard.drain()}
    assert kinds == {"board"}


def test_a_favourite(owner: TestClient, picture: str) -> None:
    assert owner.put(f"/api/favourites/{picture}").status_code == 204
    assert owner.delete(f"/api/favourites/{picture}").status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("put", "/api/favourites/a-nothing", None, 404, "no artifact id"),
        ("post", "/api/boards", {"name": "   "}, 422, "no name"),
        ("post", "/api/boards", {"name": ""}, 422, "name"),
        ("patch", "/api/boards/b-none", {"name": "x"}, 404, "no board"),
        ("get", "/api/pictures?board=b-none", None, 404, "no board"),
        ("get", "/api/pictures?limit=0", None, 422, "limit"),
    ],
)
def test_what_is_wrong_is_said(owner: TestClient, method: str, path: str, body: object, status: int, said: str) -> None:
    answer = owner.request(method, path, json=body)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_only_pictures_have_favourites(owner: TestClient, studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "look.cube"
    path.write_text("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", encoding="utf-8")
    answer = owner.put(f"/api/favourites/{studio.add_path(path, 'lut').id}")
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, "look.cube is of kind lut, not a picture.")


def made(studio: Studio, folder: Path, prompt: str) -> str:
    """A picture as a job would have saved it."""
    staged = folder / f"{prompt}.png"
    staged.write_bytes(prompt.encode())
    new = NewArtifact(
        name=staged.name, kind="image", role="result", size_bytes=1, content_hash=content_hash(staged), project_id=projects.DEFAULT,
        meta={"picture": {"request": {"prompt": prompt, "cast": []}}},
    )  # fmt: skip
    return studio._artifacts.add_blob(new, staged).id


def test_the_history_is_found_again_by_words_and_board(owner: TestClient, studio: Studio, tmp_path: Path) -> None:
    fox, owl = made(studio, tmp_path, "a fox"), made(studio, tmp_path, "an owl")
    board = owner.post("/api/boards", json={"name": "Best"}).json()["id"]
    owner.put(f"/api/boards/{board}/items/{fox}")
    owner.put(f"/api/favourites/{owl}")

    def found(query: str) -> list[tuple[str, bool, list[str]]]:
        return [(item["id"], item["favourite"], item["boards"]) for item in owner.get(f"/api/pictures?{query}").json()["items"]]

    assert found("") == [(owl, True, []), (fox, False, [board])]
    assert found("q=fox") == found(f"board={board}") == found("favourite=false") == [(fox, False, [board])]
