"""Bodies that are read into memory stay small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.api.errors import install
from app.api.limits import MAX_BODY_BYTES, BodyLimit


async def length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/small", length, methods=["POST", "GET"]), Route("/api/artifacts", length, methods=["POST", "PUT"])])
    install(app)  # type: ignore[arg-type]
    app.add_middleware(BodyLimit, limit_bytes=1000)
    return TestClient(app)


def pieces(count: int) -> Iterator[bytes]:
    yield from [b"x" * 100] * count


def test_small_ones_pass(client: TestClient) -> None:
    assert client.post("/small", content=b"x" * 1000).text == "1000"
    assert client.post("/small", content=pieces(10)).text == "1000"
    assert client.get("/small").text == "0"


@pytest.mark.parametrize("announced", [True, False])
def test_large_ones_are_refused(client: TestClient, announced: bool) -> None:
    answer = client.post("/small", content=b"x" * 1001 if announced else pieces(11))
    assert answer.status_code == 413
    assert "1,000 bytes" in answer.json()["error"]["message"]


def test_uploads_have_their_own_limit(client: TestClient) -> None:
    assert client.post("/api/artifacts", content=b"x" * 5000).text == "5000"
    assert client.put("/api/artifacts", content=b"x" * 5000).status_code == 413


def test_a_request_of_the_studio_cannot_fill_the_memory(owner: TestClient) -> None:
    answer = owner.post("/api/capabilities/test.echo", json={"text": "x" * MAX_BODY_BYTES})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    unannounced = (b" " * 65536 for _ in range(MAX_BODY_BYTES // 65536 + 1))
    answer = owner.post("/api/capabilities/test.echo", content=unannounced, headers={"content-type": "application/json"})
    assert answer.status_code == 413
