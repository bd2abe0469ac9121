"""Adapters over HTTP: the list, the picture, an import that stands on the shelf at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.api.server import create_api
from app.capabilities import CAPABILITIES
from app.models.adapters import AdapterList
from app.studio import Studio
from configs.settings import Settings
from tests.app.conftest import BASE
from tests.backends.test_adapters import LORA
from tests.backends.weights import safetensors


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path / "data", port=7931, cpu_workers=1)
    rows = [row for row in CAPABILITIES if row.name == "model.import"]
    with Studio.open(settings, capabilities=rows, keep_spare=False) as opened:
        yield opened


@pytest.fixture
def owner(studio: Studio) -> Iterator[TestClient]:
    with TestClient(create_api(studio), base_url=BASE, client=("127.0.0.1", 50000), raise_server_exceptions=False) as client:
        yield client


def test_an_imported_lora_is_listed_with_its_picture(owner: TestClient, studio: Studio, tmp_path: Path) -> None:
    empty = AdapterList.model_validate(owner.get("/api/adapters").json())
    assert (empty.items, empty.folder) == ([], str(studio.settings.models / "adapters"))
    given = safetensors(tmp_path / "luca.safetensors", LORA)
    given.with_suffix(".png").write_bytes(b"\x89PNG\r\n\x1a\n")
    job = owner.post("/api/capabilities/model.import", json={"path": str(given)}).json()
    studio.wait(job["id"], 60)
    listed = AdapterList.model_validate(owner.get("/api/adapters?kind=lora&q=luc").json())
    [entry] = listed.items
    assert (entry.name, entry.family, entry.trouble) == ("luca", "sdxl", "")
    assert entry.preview
    answer = owner.get(entry.preview)
    assert (answer.status_code, answer.headers["content-type"], answer.content[:4]) == (200, "image/png", b"\x89PNG")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_not_there(owner: TestClient) -> None:
    assert owner.get("/api/adapters?q=nothing").json()["items"] == []
    assert owner.get("/api/adapters?kind=hat").status_code == 422
    answer = owner.get("/api/adapters/lora/no/body/preview")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
