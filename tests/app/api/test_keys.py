"""API keys over HTTP: made by the owner, good for the gateway from anywhere, for nothing else, and until they are revoked."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.api.throttle import FREE_TRIES
from tests.app.conftest import PASSPHRASE, ClientMaker

AWAY, PEER = "http://studio.example:7930", "203.0.113.9"


def make_key(owner: TestClient, name: str = "blender") -> dict[str, str]:
    made: dict[str, str] = owner.post("/api/keys", json={"name": name}).json()
    return made


def test_a_key_is_shown_once_and_listed_without_its_text(owner: TestClient) -> None:
    answer = owner.post("/api/keys", json={"name": "blender"})
    assert answer.status_code == 201
    assert answer.json()["key"].startswith("sk-studio-")
    listed = owner.get("/api/keys").json()
    assert [set(key) for key in listed] == [{"id", "name", "created_at"}]
    assert owner.post("/api/keys", json={"name": "blender"}).status_code == 409
    assert owner.post("/api/keys", json={"name": ""}).status_code == 422


def test_a_key_opens_the_gateway_from_elsewhere_and_nothing_else(owner: TestClient, make_client: ClientMaker) -> None:
    key = make_key(owner)
    away = make_client(AWAY, PEER, authorization=f"Bearer {key['key']}")
    assert away.get("/v1/models").json() == {"object": "list", "data": []}
    for path in ("/api/status", "/api/jobs", "/api/keys", "/", "/v1x", "/metrics"):
        assert away.get(path).status_code == 401, path
    owner.delete(f"/api/keys/{key['id']}")
    answer = away.get("/v1/models")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert "revoked" in answer.json()["error"]["message"]


def test_without_a_key_a_stranger_is_told_in_the_shape_of_openai(make_client: ClientMaker) -> None:
    answer = make_client(AWAY, PEER).get("/v1/models", headers={"accept": "text/html"})
    assert answer.status_code == 401
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_page_of_another_site_is_refused_in_the_same_shape(owner: TestClient) -> None:
    answer = owner.post("/v1/embeddings", json={}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "permission_error"


def test_keys_neither_trip_the_throttle_nor_are_stopped_by_it(owner: TestClient, make_client: ClientMaker) -> None:
    key = make_key(owner)
    away = make_client(AWAY, PEER, authorization=f"Bearer {key['key']}")
    revoked = make_client(AWAY, PEER, authorization="Bearer sk-studio-was-revoked")
    for _ in range(FREE_TRIES * 4):
        assert away.get("/v1/models").status_code == 200
        assert revoked.get("/v1/models").status_code == 401
    assert make_client(AWAY, PEER, authorization=f"Bearer {PASSPHRASE}").get("/api/status").status_code == 200
    guessing = make_client(AWAY, PEER, authorization="Bearer wrong")
    codes = [guessing.get("/v1/models").status_code for _ in range(FREE_TRIES * 2)]
    assert codes[-1] == 429
    assert away.get("/v1/models").status_code == 200


def test_only_the_owner_makes_and_sees_keys(guest: TestClient, owner: TestClient) -> None:
    key = make_key(owner)
    assert guest.get("/api/keys").status_code == 403
    assert guest.post("/api/keys", json={"name": "mine"}).status_code == 403
    assert guest.delete(f"/api/keys/{key['id']}").status_code == 403
    assert len(owner.get("/api/keys").json()) == 1


def test_a_key_that_is_not_there_is_named(owner: TestClient) -> None:
    answer = owner.delete("/api/keys/k-none")
    assert answer.status_code == 404
    assert "k-none" in answer.json()["error"]["message"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "PATCH"])
def test_unknown_addresses_of_the_gateway(owner: TestClient, method: str) -> None:
    error = owner.request(method, "/v1/nowhere").json()["error"]
    assert (error["code"], error["type"]) == ("not_found", "invalid_request_error")


def test_wrong_methods_of_the_gateway(owner: TestClient) -> None:
    answer = owner.get("/v1/chat/completions")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert owner.put("/api/status").status_code == 405
