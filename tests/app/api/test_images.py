"""Looks and settings over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.server import create_api
from app.studio import Studio
from configs.settings import Settings
from tests.app.imaging.infotext.files import A1111, png


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), headless=True)
    with Studio.open(settings, capabilities=(), start_workers=False) as studio:
        yield studio


@pytest.fixture(scope="module")
def client(studio: Studio) -> Iterator[TestClient]:
    with TestClient(create_api(studio), base_url="http://localhost", client=("127.0.0.1", 5)) as client:
        yield client


def test_looks_with_a_person_s_own(client: TestClient, studio: Studio) -> None:
    before = client.get("/api/images/styles").json()["items"]
    assert {"clay_render", "anime"} <= {row["name"] for row in before}
    path = studio.settings.data_dir / "styles" / "images.yaml"
    path.parent.mkdir()
    path.write_text("styles: {mine: {title: Mine, prompt: 'mine {prompt}'}}")
    after = client.get("/api/images/styles").json()["items"]
    assert after[-1] == {
        "name": "mine", "title": "Mine", "group": "Your own", "prompt": "mine {prompt}", "negative": "", "steps": None, "guidance": None,
    }  # fmt: skip
    path.write_text("styles: {mine: {title: Mine}}")
    answer = client.get("/api/images/styles")
    assert answer.status_code == 422
    assert "style 'mine'" in answer.json()["error"]["message"]


def test_settings_of_a_picture(client: TestClient, studio: Studio, tmp_path: Path) -> None:
    artifact = studio.add_path(png(tmp_path / "a.png", parameters=A1111), "image")
    for reference in (artifact.id, str(tmp_path / "a.png")):
        answer: Any = client.post("/api/images/settings", json={"image": reference}).json()
        assert answer["source"] == "A1111"
        assert answer["settings"]["seed"] == 1234567890
        assert len(answer["notes"]) >= 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"image": "a-0123456789abcdef"}, 404),
        ({"image": "/no/such/file.png"}, 404),
        ({"image": ""}, 422),
        ({}, 422),
        ({"image": "a", "x": 1}, 422),
    ],
)
def test_what_is_refused(client: TestClient, body: dict[str, Any], status: int) -> None:
    assert client.post("/api/images/settings", json=body).status_code == status


def test_a_guest_names_no_paths(studio: Studio, tmp_path: Path) -> None:
    png(tmp_path / "a.png", parameters=A1111)
    app = create_api(studio)
    app.state.gate.passphrase = "amber-canoe-violin-tundra"
    with TestClient(app, base_url="http://localhost", client=("10.0.0.9", 5)) as guest:
        assert guest.post("/api/images/settings", json={"image": str(tmp_path / "a.png")}).status_code in (401, 403, 422)
