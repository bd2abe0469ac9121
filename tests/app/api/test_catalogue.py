"""Models over HTTP: the list, one, other programs' files; installing is a job like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.api.server import create_api
from app.capabilities import CAPABILITIES
from app.models.forms import ModelEntry
from app.studio import Studio
from configs.settings import Settings
from tests.app.conftest import BASE, PASSPHRASE
from tests.app.models.fake_hub import FakeHub, serving
from tests.app.models.shelf import NON_COMMERCIAL, Shelf, card, chat_folder
from tests.backends.weights import safetensors


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[FakeHub]:
    weights = safetensors(tmp_path / "w.safetensors").read_bytes()
    with serving(FakeHub({"config.json": b"{}", "model.safetensors": weights})) as running:
        yield running


@pytest.fixture
def studio(tmp_path: Path, hub: FakeHub) -> Iterator[Studio]:
    shelf = Shelf(tmp_path / "data", card(), card("strict", licences=[NON_COMMERCIAL]))
    settings = Settings(data_dir=shelf.settings.data_dir, port=7930, passphrase=PASSPHRASE, cpu_workers=1, hub_endpoint=hub.url)
    models = [row for row in CAPABILITIES if row.name.startswith("model.")]
    with Studio.open(settings, capabilities=models, keep_spare=False) as opened:
        yield opened


@pytest.fixture
def owner(studio: Studio) -> Iterator[TestClient]:
    with TestClient(create_api(studio), base_url=BASE, client=("127.0.0.1", 50000), raise_server_exceptions=False) as client:
        yield client


def run(owner: TestClient, studio: Studio, capability: str, **request: object) -> dict[str, object]:
    """The ended job."""
    answer = owner.post(f"/api/capabilities/{capability}", json=request)
    assert answer.status_code == 202, answer.text
    studio.wait(answer.json()["id"], 60)
    found: dict[str, object] = owner.get(f"/api/jobs/{answer.json()['id']}").json()
    return found


def test_models_are_listed_and_shown(owner: TestClient) -> None:
    listed = [ModelEntry.model_validate(entry) for entry in owner.get("/api/models").json()]
    assert {"tiny", "strict", "qwen3-0.6b"} <= {entry.name for entry in listed}
    assert owner.get("/api/models/tiny").json()["licences"][0]["name"] == "Apache-2.0"
    assert owner.get("/api/models/files").json() == []
    answer = owner.get("/api/models/tinny")
    assert answer.status_code == 404
    assert "Did you mean tiny" in answer.json()["error"]["remedy"]


def test_installing_checking_and_removing_are_jobs(owner: TestClient, studio: Studio) -> None:
    job = run(owner, studio, "model.install", model="tiny", libraries=False)
    assert job["state"] == "succeeded", job["error"]
    assert owner.get("/api/models/tiny").json()["state"] == "installed"
    assert run(owner, studio, "model.check", model="tiny")["result"] == {"model": "tiny", "whole": True, "wrong": []}
    assert run(owner, studio, "model.remove", model="tiny")["state"] == "succeeded"
    assert owner.get("/api/models/tiny").json()["state"] == "absent"


def test_a_licence_must_be_accepted(owner: TestClient, studio: Studio) -> None:
    job = run(owner, studio, "model.install", model="strict", libraries=False)
    assert job["state"] == "failed"
    error = job["error"]
    assert isinstance(error, dict)
    assert (error["code"], "CC-BY-NC-4.0" in error["message"]) == ("licence", True)
    assert run(owner, studio, "model.install", model="strict", libraries=False, accept_licence=True)["state"] == "succeeded"


def test_only_the_owner_names_files_of_the_machine(owner: TestClient, studio: Studio, tmp_path: Path) -> None:
    request = {"path": str(chat_folder(tmp_path / "mine")), "card": "tiny"}
    visitor = {"authorization": f"Bearer {PASSPHRASE}"}
    with TestClient(create_api(studio), base_url="http://studio.example:7930", client=("203.0.113.9", 5), headers=visitor) as guest:
        answer = guest.post("/api/capabilities/model.import", json=request)
    assert answer.status_code == 403
    assert "which a guest may not" in answer.json()["error"]["message"]
    assert run(owner, studio, "model.import", **request)["state"] == "succeeded"
