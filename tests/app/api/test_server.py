"""The application as a whole."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.api.server import create_api
from app.studio import Studio

READ = (
    "/health", "/metrics", "/api", "/api/openapi.json", "/api/capabilities", "/api/tools", "/api/jobs", "/api/jobs/counts",
    "/api/artifacts", "/api/projects", "/api/status",
)  # fmt: skip


@pytest.mark.parametrize("path", READ)
def test_every_reading_route_answers(owner: TestClient, path: str) -> None:
    assert owner.get(path).status_code == 200


def test_every_route_of_ours_is_documented_with_its_errors(studio: Studio) -> None:
    document = create_api(studio).openapi()
    assert document["info"]["version"] == studio.version
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            if path.startswith("/api/") and path not in ("/api/capabilities", "/api/tools"):
                assert {"4XX", "5XX"} <= set(operation["responses"]), path


def test_the_studios_own_parts_are_at_hand(studio: Studio) -> None:
    state = create_api(studio).state
    assert state.studio is studio
    assert state.gate.passphrase == studio.settings.passphrase
    assert state.gate.shared is False
    assert state.streams.count == 0


def test_the_end_of_the_application_ends_its_streams(studio: Studio) -> None:
    app = create_api(studio)
    with TestClient(app, base_url="http://127.0.0.1:7930", client=("127.0.0.1", 1)) as client:
        assert client.get("/health").status_code == 200
    assert app.state.streams._ended
