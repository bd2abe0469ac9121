"""Projects and the machine's state over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.api.models import ProjectAnswer


def test_a_new_project_is_listed(owner: TestClient) -> None:
    made = owner.post("/api/projects", json={"name": "  Trailer   2 "})
    assert made.status_code == 201
    assert ProjectAnswer.model_validate(made.json()).name == "Trailer 2"
    listed = [ProjectAnswer.model_validate(project).id for project in owner.get("/api/projects").json()]
    assert listed[0] == "default"
    assert made.json()["id"] in listed


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "   "}, {"name": "x" * 121}, {"name": "a", "colour": "red"}, {"name": 5}])
def test_a_bad_name_is_one_sentence(owner: TestClient, body: dict[str, object]) -> None:
    answer = owner.post("/api/projects", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
    assert len(owner.get("/api/projects").json()) == 1


def test_a_name_is_used_once(owner: TestClient) -> None:
    owner.post("/api/projects", json={"name": "Trailer"})
    assert owner.post("/api/projects", json={"name": "trailer"}).status_code == 422


def test_status(owner: TestClient) -> None:
    found = owner.get("/api/status").json()
    assert {"version", "uptime_s", "cpu_percent", "memory", "disk", "gpu", "workers", "counts"} <= set(found)
    assert found["memory"]["total_bytes"] > found["memory"]["used_bytes"] > 0
    assert set(found["counts"]) == {"queued", "running", "succeeded", "failed", "cancelled", "quarantined"}


def test_health_is_open_and_says_little(owner: TestClient) -> None:
    assert set(owner.get("/health").json()) == {"status", "version"}
    assert owner.get("/health").json()["status"] == "ok"
    assert owner.head("/health").status_code == 200
