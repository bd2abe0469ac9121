"""Every failure is one sentence in one shape."""

from __future__ import annotations

import logging

import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from starlette.testclient import TestClient

from app.api import errors
from configs.errors import BadMedia, Conflict, NotFound, Refused, StudioError, TooLarge, Unavailable


class Body(BaseModel):
    """A body."""

    number: int


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    errors.install(app)

    @app.post("/body")
    def body(body: Body) -> None: ...

    @app.get("/raise/{name}")
    def fail(name: str) -> None:
        raise {
            "media": BadMedia("The clip is torn.", "Give another."),
            "none": NotFound("There is no job 'x'."),
            "large": TooLarge("Too large."),
            "refused": Refused("No."),
            "conflict": Conflict("Not now."),
            "full": Unavailable("The disk is full.", "Free some.", "disk_full"),
            "plain": StudioError("It failed."),
            "bug": RuntimeError("/secret/path is None"),
            "http": HTTPException(418, "I am a teapot"),
        }[name]

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("media", 422, "bad_media"),
        ("none", 404, "not_found"),
        ("large", 413, "too_large"),
        ("refused", 403, "refused"),
        ("conflict", 409, "conflict"),
        ("full", 503, "disk_full"),
        ("plain", 500, "failed"),
        ("http", 418, "refused"),
    ],
)
def test_errors_keep_their_status_and_code(client: TestClient, name: str, status: int, code: str) -> None:
    answer = client.get(f"/raise/{name}")
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message", "remedy"}
    assert answer.json()["error"]["code"] == code


def test_a_bug_is_logged_not_shown(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get("/raise/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError" in answer.json()["error"]["message"]
    assert any("secret" in str(record.exc_info) for record in caplog.records)


def test_a_wrong_body_names_the_field(client: TestClient) -> None:
    error = client.post("/body", json={"number": "many"}).json()["error"]
    assert "'number'" in error["message"]
    assert "'many'" in error["message"]


def test_an_unknown_address_and_a_wrong_method(client: TestClient) -> None:
    nowhere, wrong = client.get("/nowhere"), client.get("/body")
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"
