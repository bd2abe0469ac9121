"""The whole application: every route has a home, errors have one shape, nothing leaks."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_smoke(owner: TestClient) -> None:
    for path in (
        "/health",
        "/metrics",
        "/api/capabilities",
        "/api/tools",
        "/api/jobs",
        "/api/jobs/counts",
        "/api/artifacts",
        "/api/projects",
        "/api/status",
        "/api",
        "/api/openapi.json",
    ):
        answer = owner.get(path)
        assert answer.status_code == 200, (path, answer.text)
