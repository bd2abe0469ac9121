"""docs/http.md names every address there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

from app.api.access import OPEN_PATHS
from app.api.server import create_api
from app.studio import Studio

TEXT = (Path(__file__).parents[3] / "docs" / "http.md").read_text(encoding="utf-8")
UNTYPED = {"GET /api", "GET /api/openapi.json", "POST /api/capabilities/{name}"}


def documented() -> set[str]:
    named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`?]*)", TEXT))
    fetched = {f"{method or 'GET'} {path}" for method, path in re.findall(r"curl .*?(?:-X (POST) )?localhost:7860(/\S+)", TEXT)}
    return named | {route for route in fetched if "j-1m7" not in route and "video.analyze" not in route and route != "GET /api/artifacts"}


def test_every_route_is_described_and_back(studio: Studio) -> None:
    paths = create_api(studio).openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    generated = {f"POST /api/capabilities/{name}" for name in studio.capabilities}
    found = {route.replace("/samples/animation", "/samples/{name}") for route in documented()} - UNTYPED
    assert found == routes - generated


def test_what_is_open_to_everybody_is_said() -> None:
    for path in OPEN_PATHS:
        assert f"`{path}`" in TEXT


def test_every_event_is_explained() -> None:
    from app.api.events import JOB_KINDS, STUDIO_KINDS

    for kind in {*JOB_KINDS, *STUDIO_KINDS, "snapshot", "end"}:
        assert f"`{kind}`" in TEXT
