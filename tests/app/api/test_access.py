"""Who may do what: the decision as a table, then the same over real requests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from app.api.access import (
    ALLOW,
    GUEST,
    LOGIN,
    NO_CREDENTIAL,
    NOBODY,
    OWNER,
    PASSPHRASE,
    REFUSE,
    SESSION,
    TOKEN,
    Decision,
    Facts,
    access_of,
    decide,
    is_secure,
    peer_key,
)
from app.api.sessions import COOKIE
from app.studio import Studio

HERE = Facts(host="localhost:7860", peer="127.0.0.1", own_port=7860)
AWAY = Facts(host="studio.example:7860", peer="203.0.113.9", own_port=7860)
SHARED = dataclasses.replace(HERE, shared=True)
TUNNEL = Facts(host="abc.gradio.live", peer="127.0.0.1", own_port=7860, shared=True, forwarded=True)
SECRET = "amber-canoe-violin-tundra"

TABLE: list[tuple[str, Facts, dict[str, object], str, str]] = [
    # what, from where, what differs, answer, who
    ("the owner's browser", HERE, {}, ALLOW, OWNER),
    ("by number", HERE, {"host": "127.0.0.1:7860"}, ALLOW, OWNER),
    ("by number, version 6", HERE, {"host": "[::1]:7860", "peer": "::1"}, ALLOW, OWNER),
    ("on port 80", HERE, {"host": "localhost", "own_port": 80}, ALLOW, OWNER),
    ("another port's name", HERE, {"host": "localhost:9999"}, LOGIN, NOBODY),
    ("a rebound name", HERE, {"host": "evil.example:7860"}, LOGIN, NOBODY),
    ("a peer who only claims to be here", HERE, {"peer": "203.0.113.9"}, LOGIN, NOBODY),
    ("no peer known", HERE, {"peer": None}, LOGIN, NOBODY),
    ("through a proxy", HERE, {"forwarded": True}, LOGIN, NOBODY),
    ("shared: here is nobody special", SHARED, {}, LOGIN, NOBODY),
    ("shared, with the passphrase", SHARED, {"credential": SESSION}, ALLOW, GUEST),
    ("shared, by the command line", SHARED, {"credential": TOKEN}, ALLOW, OWNER),
    ("a stranger", AWAY, {}, LOGIN, NOBODY),
    ("a stranger asks for media", AWAY, {"path": "/api/artifacts/a-1/content"}, LOGIN, NOBODY),
    ("a stranger asks the page's queue", AWAY, {"path": "/gradio_api/queue/join", "method": "POST"}, LOGIN, NOBODY),
    ("a stranger asks for health", AWAY, {"path": "/health"}, ALLOW, NOBODY),
    ("a stranger asks for the login page", AWAY, {"path": "/login"}, ALLOW, NOBODY),
    ("a stranger near the login page", AWAY, {"path": "/login/../api/jobs"}, LOGIN, NOBODY),
    ("a guest by cookie", AWAY, {"credential": SESSION}, ALLOW, GUEST),
    ("a guest by bearer", AWAY, {"credential": PASSPHRASE}, ALLOW, GUEST),
    ("a guest through the tunnel", TUNNEL, {"credential": SESSION}, ALLOW, GUEST),
    ("a stranger through the tunnel", TUNNEL, {}, LOGIN, NOBODY),
    ("the tunnel claiming localhost", TUNNEL, {"host": "localhost:7860", "forwarded": False}, LOGIN, NOBODY),
    ("no host", HERE, {"host": None}, REFUSE, NOBODY),
    ("a strange host", HERE, {"host": "a b"}, REFUSE, NOBODY),
    ("the page writes", HERE, {"method": "POST", "origin": "http://localhost:7860"}, ALLOW, OWNER),
    ("a program writes", HERE, {"method": "POST"}, ALLOW, OWNER),
    ("another site writes", HERE, {"method": "POST", "origin": "https://evil.example"}, REFUSE, NOBODY),
    ("another port writes", HERE, {"method": "DELETE", "origin": "http://localhost:3000"}, REFUSE, NOBODY),
    ("a sandboxed page writes", HERE, {"method": "POST", "origin": "null"}, REFUSE, NOBODY),
    ("another site writes as a guest", AWAY, {"method": "PUT", "origin": "https://evil.example", "credential": SESSION}, REFUSE, NOBODY),
    ("another site writes with a token", HERE, {"method": "POST", "origin": "https://evil.example", "credential": TOKEN}, REFUSE, NOBODY),
    ("another site logs a guest in", AWAY, {"method": "POST", "path": "/login", "origin": "https://evil.example"}, REFUSE, NOBODY),
    ("the tunnel's page writes", TUNNEL, {"method": "POST", "origin": "https://abc.gradio.live", "credential": SESSION}, ALLOW, GUEST),
    ("another site writes without saying who", HERE, {"method": "POST", "fetch_site": "cross-site"}, REFUSE, NOBODY),
    ("another port writes without saying who", HERE, {"method": "POST", "fetch_site": "same-site"}, REFUSE, NOBODY),
    ("another site embeds", HERE, {"fetch_site": "cross-site", "fetch_mode": "no-cors"}, REFUSE, NOBODY),
    ("another site links", HERE, {"fetch_site": "cross-site", "fetch_mode": "navigate"}, ALLOW, OWNER),
    ("typed into the bar", HERE, {"fetch_site": "none", "fetch_mode": "navigate"}, ALLOW, OWNER),
    ("the page reads", HERE, {"fetch_site": "same-origin", "fetch_mode": "cors"}, ALLOW, OWNER),
    ("a foreign page reads with the passphrase", AWAY, {"fetch_site": "cross-site", "credential": PASSPHRASE}, ALLOW, GUEST),
    ("a foreign page reads with the cookie", AWAY, {"fetch_site": "cross-site", "credential": SESSION}, REFUSE, NOBODY),
    ("the page's socket", HERE, {"kind": "websocket", "origin": "http://localhost:7860"}, ALLOW, OWNER),
    ("another site's socket", HERE, {"kind": "websocket", "origin": "https://evil.example"}, REFUSE, NOBODY),
    ("a stranger's socket", AWAY, {"kind": "websocket"}, LOGIN, NOBODY),
    ("a stranger's socket to an open path", AWAY, {"kind": "websocket", "path": "/health"}, LOGIN, NOBODY),
]


@pytest.mark.parametrize(("facts", "changes", "answer", "who"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_table(facts: Facts, changes: dict[str, object], answer: str, who: str) -> None:
    decision = decide(dataclasses.replace(facts, **changes))
    assert (decision.answer, decision.who) == (answer, who)
    assert bool(decision.reason) is (answer != ALLOW)


some_facts = st.builds(
    Facts,
    kind=st.sampled_from(["http", "websocket"]),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    path=st.sampled_from(["/", "/health", "/login", "/api/jobs", "/gradio_api/queue/join"]),
    host=st.none()
    | st.sampled_from(["localhost:7860", "evil.example", "127.0.0.1:7860", "[::1]:7860", "localhost"])
    | st.text(max_size=12),
    origin=st.none() | st.sampled_from(["http://localhost:7860", "https://evil.example", "null"]) | st.text(max_size=12),
    fetch_site=st.sampled_from([None, "same-origin", "same-site", "cross-site", "none"]),
    fetch_mode=st.sampled_from([None, "navigate", "cors", "no-cors"]),
    peer=st.sampled_from([None, "127.0.0.1", "::1", "203.0.113.9"]),
    own_port=st.sampled_from([None, 80, 7860]),
    forwarded=st.booleans(),
    shared=st.booleans(),
    credential=st.sampled_from([NO_CREDENTIAL, SESSION, PASSPHRASE]),
)


@given(some_facts)
def test_only_this_machine_is_the_owner_without_the_token(facts: Facts) -> None:
    decision = decide(facts)
    if decision.owner:
        assert facts.peer in ("127.0.0.1", "::1")
        assert not facts.shared
        assert not facts.forwarded
        assert facts.host is not None
        assert facts.host.startswith(("localhost", "127.0.0.1", "[::1]"))


@given(some_facts)
def test_nobody_gets_past_the_open_paths(facts: Facts) -> None:
    decision = decide(facts)
    if decision.answer == ALLOW and decision.who == NOBODY:
        assert facts.path in ("/health", "/login")
        assert facts.kind == "http"


@given(some_facts)
def test_no_foreign_page_writes(facts: Facts) -> None:
    if facts.method in ("POST", "PUT", "PATCH", "DELETE") and facts.origin == "https://evil.example" and facts.host != "evil.example":
        assert decide(facts).answer == REFUSE


# -- over real requests ------------------------------------------------------------------------------------------------

AWAY_BASE = "http://studio.example:7930"
MakeClient = Callable[..., TestClient]


@pytest.fixture
def stranger(make_client: MakeClient) -> TestClient:
    return make_client(AWAY_BASE, "203.0.113.9")


@pytest.mark.parametrize(
    "path", ["/", "/api/jobs", "/api/artifacts", "/api/status", "/metrics", "/api", "/api/openapi.json", "/api/events", "/no/such"]
)
def test_a_stranger_sees_nothing(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "login_needed"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_stranger_cannot_fetch_media(stranger: TestClient, owner: TestClient, studio: Studio) -> None:
    job = studio.wait(owner.post("/api/capabilities/test.echo", json={"text": "secret"}).json()["id"], 10)
    path = f"/api/artifacts/{job.artifacts[0].id}/content"
    assert stranger.get(path).status_code == 401
    assert "secret" not in stranger.get(path).text
    assert owner.get(path).text == "secret"


def test_a_stranger_with_a_browser_is_led_to_the_login_page_and_back(stranger: TestClient) -> None:
    answer = stranger.get("/?tab=analyze&f=12", headers={"accept": "text/html,application/xhtml+xml"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2F%3Ftab%3Danalyze%26f%3D12"


@pytest.mark.parametrize("bearer", ["wrong", "", SECRET + "x", "Basic abc"])
def test_the_wrong_bearer_is_a_stranger(stranger: TestClient, bearer: str) -> None:
    assert stranger.get("/api/jobs", headers={"authorization": f"Bearer {bearer}"}).status_code == 401


@pytest.mark.parametrize("path", ["/api/jobs", "/api", "/metrics", "/api/status"])
def test_the_passphrase_opens_everything(guest: TestClient, path: str) -> None:
    assert guest.get(path).status_code == 200


def test_the_command_lines_token_is_the_owners(stranger: TestClient, studio: Studio, tmp_path: Path) -> None:
    headers = {"authorization": f"Bearer {studio.token}"}
    answer = stranger.post("/api/artifacts/path", json={"path": str(tmp_path / "none.mp4")}, headers=headers)
    assert answer.status_code == 422, "it is allowed to name paths; there is only no such file"
    assert "none.mp4" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/artifacts/path", {"path": "/etc/passwd"}),
        ("/api/artifacts/a-0000000000000000/relink", {"path": "/etc/passwd"}),
        ("/api/capabilities/test.look", {"video": "/etc/passwd"}),
    ],
)
def test_a_guest_names_no_path(guest: TestClient, studio: Studio, path: str, body: dict[str, str]) -> None:
    answer = guest.post(path, json=body)
    assert answer.status_code in (403, 422)
    assert "root:" not in answer.text
    assert studio.counts() == dict.fromkeys(studio.counts(), 0)


def test_guessing_is_slowed_down_for_bearers_too(make_client: MakeClient) -> None:
    client = make_client(AWAY_BASE, "198.51.100.7")
    answers = [client.get("/api/jobs", headers={"authorization": f"Bearer guess-{n}"}).status_code for n in range(6)]
    assert answers[0] == 401
    assert answers[-1] == 429
    late = client.get("/api/jobs", headers={"authorization": f"Bearer {SECRET}"})
    assert late.status_code == 429, "the right one waits as well, or guessing would cost nothing"
    assert int(late.headers["retry-after"]) >= 1
    assert make_client(AWAY_BASE, "198.51.100.8", authorization=f"Bearer {SECRET}").get("/api/jobs").status_code == 200


def test_a_foreign_key_in_the_owners_hands_does_no_harm(owner: TestClient) -> None:
    for _ in range(10):
        assert owner.get("/api/jobs", headers={"authorization": "Bearer sk-something-else"}).status_code == 200


def test_another_site_can_neither_write_nor_rebind(owner: TestClient, make_client: MakeClient, studio: Studio) -> None:
    body = {"text": "hello"}
    assert owner.post("/api/capabilities/test.echo", json=body, headers={"origin": "https://evil.example"}).status_code == 403
    rebound = make_client("http://evil.example:7930", "127.0.0.1")
    assert rebound.post("/api/capabilities/test.echo", json=body, headers={"origin": "http://evil.example:7930"}).status_code == 401
    assert sum(studio.counts().values()) == 0


def test_every_answer_carries_the_safety_headers(owner: TestClient, stranger: TestClient) -> None:
    for answer in (owner.get("/api/jobs"), owner.get("/api/no-such"), stranger.get("/"), stranger.get("/login")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_sockets_are_covered(stranger: TestClient, owner: TestClient) -> None:
    with pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)), stranger.websocket_connect("/gradio_api/anything"):
        pass
    foreign = {"origin": "https://evil.example"}
    with pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)), owner.websocket_connect("/x", headers=foreign):
        pass


def test_two_hosts_are_none(owner: TestClient) -> None:
    answer = owner.request("GET", "/api/jobs", headers=[("host", "127.0.0.1:7930"), ("host", "evil.example")])
    assert answer.status_code == 403


def test_a_shared_studio_asks_here_as_well(studio: Studio, make_client: MakeClient) -> None:
    client = make_client()
    client.app.state.gate.shared = True  # type: ignore[attr-defined]
    assert client.get("/api/jobs").status_code == 401
    assert client.get("/api/jobs", headers={"cookie": f"{COOKIE}={client.app.state.gate.new_cookie()}"}).status_code == 200  # type: ignore[attr-defined]


def _connection(peer: str | None, scheme: str = "http", **headers: str) -> HTTPConnection:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": scheme, "path": "/", "query_string": b"", "headers": raw, "server": ("127.0.0.1", 80)}
    return HTTPConnection({**scope, "client": (peer, 1) if peer else None})


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (None, "", "unknown"),
    ],
)
def test_failures_are_counted_against_whoever_the_nearest_proxy_saw(peer: str | None, forwarded: str, expected: str) -> None:
    headers = {"x_forwarded_for": forwarded} if forwarded else {}
    assert peer_key(_connection(peer, **headers)) == expected


def test_tls_here_or_before_us() -> None:
    assert is_secure(_connection("127.0.0.1", "https"))
    assert is_secure(_connection("127.0.0.1", x_forwarded_proto="https"))
    assert not is_secure(_connection("127.0.0.1"))


def test_without_the_middleware_nobody_is_the_owner() -> None:
    assert access_of(_connection("127.0.0.1")) == Decision(ALLOW, GUEST)
