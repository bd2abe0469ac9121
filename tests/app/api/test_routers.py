"""The table of routers."""

from __future__ import annotations

from collections import Counter

from fastapi.routing import APIRoute

from app.api.routers import ROUTERS


def routes() -> list[tuple[str, str]]:
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return [(method, route.path) for route in found for method in route.methods]


def test_no_address_is_served_twice() -> None:
    assert [address for address, count in Counter(routes()).items() if count > 1] == []


def test_every_address_belongs_to_the_studio() -> None:
    for _, path in routes():
        assert path.startswith(("/api", "/v1/")) or path in ("/health", "/metrics", "/login", "/logout"), path


def test_fixed_names_stand_before_the_names_of_models() -> None:
    order = [path for method, path in routes() if method == "GET" and path.startswith("/api/models/")]
    assert order[-1] == "/api/models/{name}"
