"""What models occupy, over HTTP."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_the_machine_is_told_and_who_may_name_folders(owner: TestClient, guest: TestClient) -> None:
    found = owner.get("/api/models/machine").json()
    assert found["budget_bytes"] > 0
    assert found["owner"] is True
    assert guest.get("/api/models/machine").json()["owner"] is False


def test_before_the_first_model_nothing_is_in_memory_and_nothing_to_be_freed(owner: TestClient) -> None:
    assert owner.get("/api/models/memory").json()["models"] == []
    assert owner.post("/api/models/free").json() == {"freed_bytes": 0, "busy": []}
