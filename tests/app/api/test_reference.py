"""The reference page."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.api.reference import page


def test_shows_every_address_and_loads_nothing(owner: TestClient) -> None:
    answer = owner.get("/api")
    assert answer.headers["content-type"].startswith("text/html")
    document = owner.get("/api/openapi.json").json()
    for path in document["paths"]:
        assert path.replace("{", "{") in answer.text
    assert "src=" not in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_what_people_wrote_is_escaped() -> None:
    operation = {
        "summary": "<b>x</b>",
        "description": "<script>",
        "tags": ["<t>"],
        "parameters": [{"name": "<p>", "in": "query", "schema": {"type": "<s>"}}],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
        "responses": {"200": {"description": "<d>", "content": {"a/b": {"schema": {"title": "<x>"}}}}, "404": {}},
    }
    document = {
        "info": {"title": "<T>", "version": "1"},
        "paths": {"/a": {"get": operation, "head": {}}},
        "components": {"schemas": {"Thing": {"type": "object", "description": "a thing"}}},
    }
    html = page(document)
    for harmful in ("<script>", "<b>x", "<T>", "<p>)", "<s>", "<d>", "<x>", "<t>"):
        assert harmful not in html
    assert "a thing" in html


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_nothing_under_api_falls_through_to_the_page(owner: TestClient, method: str) -> None:
    answer = owner.request(method, "/api/no/such/thing")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == f"Nothing answers {method} /api/no/such/thing."


def test_frameworks_own_pages_are_off(owner: TestClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert owner.get(path).status_code == 404
