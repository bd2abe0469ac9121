"""The login page and its cookie."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.api.login import safe_target
from app.api.sessions import COOKIE

SECRET = "amber-canoe-violin-tundra"
AWAY = "http://studio.example:7930"


@pytest.fixture
def visitor(make_client: Callable[..., TestClient]) -> TestClient:
    return make_client(AWAY, "203.0.113.9")


def test_the_page_loads_nothing_from_elsewhere(visitor: TestClient) -> None:
    answer = visitor.get("/login?next=/?tab=jobs")
    assert answer.status_code == 200
    assert 'name="passphrase"' in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert "https://" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_right_passphrase_opens_the_studio_for_this_browser(visitor: TestClient) -> None:
    answer = visitor.post("/login", data={"passphrase": SECRET.upper().replace("-", " "), "next": "/api/jobs?limit=3"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/api/jobs?limit=3"
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in (COOKIE, "HttpOnly", "SameSite=lax", "Path=/", "Max-Age="))
    assert "Secure" not in cookie
    assert visitor.get("/api/jobs").status_code == 200
    assert visitor.get("/api/jobs", headers={"cookie": f"{COOKIE}=forged"}).status_code == 401


def test_over_tls_the_cookie_stays_on_tls(visitor: TestClient) -> None:
    answer = visitor.post("/login", data={"passphrase": SECRET}, headers={"x-forwarded-proto": "https"})
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("typed", ["", "wrong", SECRET + "-x", "a" * 10_000])
def test_the_wrong_one_does_not(visitor: TestClient, typed: str) -> None:
    answer = visitor.post("/login", data={"passphrase": typed})
    assert answer.status_code == 401
    assert "That is not the passphrase." in answer.text
    assert "set-cookie" not in answer.headers
    assert visitor.get("/api/jobs").status_code == 401


def test_guessing_takes_longer_and_longer(visitor: TestClient) -> None:
    statuses = [visitor.post("/login", data={"passphrase": f"guess {n}"}).status_code for n in range(5)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    answer = visitor.post("/login", data={"passphrase": SECRET})
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    assert int(answer.headers["retry-after"]) >= 1


def test_another_site_cannot_log_a_browser_in(visitor: TestClient) -> None:
    assert visitor.post("/login", data={"passphrase": SECRET}, headers={"origin": "https://evil.example"}).status_code == 403


def test_logging_out_takes_the_cookie_back(visitor: TestClient) -> None:
    visitor.post("/login", data={"passphrase": SECRET})
    answer = visitor.post("/logout")
    assert answer.headers["location"] == "/login"
    assert visitor.get("/api/jobs").status_code == 401


def test_what_is_echoed_is_escaped(visitor: TestClient) -> None:
    answer = visitor.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>" not in answer.text


@pytest.mark.parametrize("target", ["/", "/?tab=jobs&f=3", "/api/artifacts/a-1/content"])
def test_goes_on_to_a_place_of_our_own(target: str) -> None:
    assert safe_target(target) == target


@pytest.mark.parametrize(
    "target", ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\r\nset-cookie: a=b"]
)
def test_never_to_another_site(target: str) -> None:
    assert safe_target(target) == "/"
