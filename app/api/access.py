"""Who may do what: the owner at this machine, a guest with the passphrase, the command line with its token, nobody else."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import sessions
from app.api.origins import Authority, is_loopback, parse_authority, parse_origin, same_place
from app.api.passphrase import AccessKeys, matches
from app.api.shapes import error_answer, is_gateway, refusal
from app.api.throttle import LoginThrottle
from app.models.keys import PREFIX
from configs.errors import StudioError

OWNER, GUEST, NOBODY = "owner", "guest", "nobody"
ALLOW, LOGIN, REFUSE = "allow", "login", "refuse"
NO_CREDENTIAL, TOKEN, PASSPHRASE, SESSION, API_KEY = "none", "token", "passphrase", "session", "api key"

OPEN_PATHS = ("/health", "/login")
_READS = ("GET", "HEAD", "OPTIONS")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"frame-ancestors 'self'"),
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a decision rests on; header values are as received, None when absent."""

    kind: str = "http"
    method: str = "GET"
    path: str = "/"
    host: str | None
    origin: str | None = None
    fetch_site: str | None = None
    fetch_mode: str | None = None
    peer: str | None
    own_port: int | None
    forwarded: bool = False
    shared: bool = False
    credential: str = NO_CREDENTIAL


@dataclass(frozen=True)
class Decision:
    """``answer`` is one of ALLOW, LOGIN, REFUSE; ``who`` is OWNER, GUEST or NOBODY."""

    answer: str
    who: str
    reason: str = ""

    @property
    def owner(self) -> bool:
        """Whether paths of this machine may be used."""
        return self.answer == ALLOW and self.who == OWNER


def is_local(facts: Facts) -> bool:
    """Whether the request comes from a browser or program on this machine that addressed us as this machine."""
    authority = parse_authority(facts.host or "")
    return (
        authority is not None
        and authority.local
        and (authority.port or 80) == facts.own_port
        and is_loopback(facts.peer)
        and not facts.forwarded
        and not facts.shared
    )


def decide(facts: Facts) -> Decision:
    """Pure: the same facts always give the same decision.

    A foreign page may neither write (its Origin differs from our Host) nor, as the owner, read (DNS rebinding makes
    the Host differ from this machine's names, and then a login is asked for).
    """
    host = parse_authority(facts.host or "")
    if host is None:
        return Decision(REFUSE, NOBODY, f"The Host header {facts.host!r} is not a host name.")
    foreign = _foreign(facts, host)
    if foreign:
        return Decision(REFUSE, NOBODY, foreign)
    if facts.credential == TOKEN or is_local(facts):
        return Decision(ALLOW, OWNER)
    if facts.credential in (PASSPHRASE, SESSION) or (facts.credential == API_KEY and is_gateway(facts.path)):
        return Decision(ALLOW, GUEST)
    if facts.kind == "http" and facts.path in OPEN_PATHS:
        return Decision(ALLOW, NOBODY)
    return Decision(LOGIN, NOBODY, "This studio asks for its passphrase here.")


def _foreign(facts: Facts, host: Authority) -> str:
    """Why a request looks as if another site's page had sent it; empty when it does not."""
    writes = facts.kind == "websocket" or facts.method not in _READS
    if writes and facts.origin is not None:
        origin = parse_origin(facts.origin)
        if origin is None or not same_place(origin, host):
            return f"A page of {facts.origin!r} may not act on this studio."
        return ""
    if facts.fetch_site in (None, "same-origin", "none"):
        return ""
    looks_in = facts.fetch_site == "cross-site" and facts.fetch_mode != "navigate"
    if writes or (looks_in and facts.credential not in (TOKEN, PASSPHRASE, API_KEY)):
        return "A page of another site may not use this studio."
    return ""


class Gate:
    """Holds the secrets, turns a connection into facts, and remembers failed logins."""

    def __init__(
        self, keys: AccessKeys, token: str, *, shared: bool = False, throttle: LoginThrottle | None = None,
        is_api_key: Callable[[str], bool] = lambda _: False,
    ) -> None:  # fmt: skip
        self.passphrase, self._token, self.shared, self._is_api_key = keys.passphrase, token, shared, is_api_key
        self.throttle = throttle or LoginThrottle()
        self._key = sessions.session_key(keys.secret, keys.passphrase)

    def facts(self, connection: HTTPConnection) -> Facts:
        """Reads what `decide` needs; a wrong bearer token counts as a failed login."""
        scope, headers = connection.scope, connection.headers
        hosts = headers.getlist("host")
        bare = Facts(
            kind=scope["type"],
            method=scope.get("method", "GET"),
            path=scope["path"],
            host=hosts[0] if len(hosts) == 1 else None,
            origin=headers.get("origin"),
            fetch_site=headers.get("sec-fetch-site"),
            fetch_mode=headers.get("sec-fetch-mode"),
            peer=connection.client.host if connection.client else None,
            own_port=(scope.get("server") or (None, None))[1],
            forwarded=any(name in headers for name in _FORWARDED),
            shared=self.shared,
        )
        return Facts(**{**bare.__dict__, "credential": self._credential(connection, local=is_local(bare))})

    def check(self, peer: str, typed: str) -> bool:
        """Whether ``typed`` is the passphrase; counts the failure if not. The caller asks the throttle first."""
        if matches(typed, self.passphrase):
            self.throttle.succeeded(peer)
            return True
        self.throttle.failed(peer)
        return False

    def new_cookie(self) -> str:
        """A fresh session for a guest who gave the passphrase."""
        return sessions.issue(self._key, time.time())

    def _credential(self, connection: HTTPConnection, *, local: bool) -> str:
        scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and bearer:
            if secrets.compare_digest(bearer.strip().encode(), self._token.encode()):
                return TOKEN
            if bearer.strip().startswith(PREFIX):  # too long to be guessed: a revoked one must not cost its network the login
                return API_KEY if self._is_api_key(bearer.strip()) else NO_CREDENTIAL
            peer = peer_key(connection)
            if not local and self.throttle.wait_s(peer) == 0 and self.check(peer, bearer):
                return PASSPHRASE
        cookie = sessions.cookie_of(connection.headers.get("cookie", ""))
        if cookie and sessions.is_valid(self._key, cookie, time.time()):
            return SESSION
        return NO_CREDENTIAL


class AccessMiddleware:
    """Wraps the whole application: pages, API, media, and whatever is mounted below it."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decides, then passes on with ``scope["state"]["access"]`` set, or answers itself."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        decision = decide(self.gate.facts(connection))
        scope.setdefault("state", {})["access"] = decision
        if decision.answer == ALLOW:
            await self.app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": decision.reason[:120]})
        else:
            await self._denied(connection, decision)(scope, receive, _with_headers(send))

    def _denied(self, connection: HTTPConnection, decision: Decision) -> Response:
        path = connection.scope["path"]
        if decision.answer == REFUSE:
            remedy = "Open the studio by the address it printed when it started."
            return error_answer(path, refusal(403, "refused", decision.reason, remedy))
        wait_s = self.gate.throttle.wait_s(peer_key(connection))
        if wait_s > 0 and "authorization" in connection.headers:
            return too_many(wait_s, path)
        programs = path.startswith("/api/") or is_gateway(path)
        if connection.scope["method"] == "GET" and "text/html" in connection.headers.get("accept", "") and not programs:
            query = connection.scope.get("query_string", b"").decode("latin-1")
            target = quote(path, safe="/") + (f"?{query}" if query else "")
            return RedirectResponse(f"/login?next={quote(target, safe='')}", status_code=303)
        return error_answer(path, _login_needed(path, decision.reason), {"www-authenticate": "Bearer"})


def access_of(connection: HTTPConnection) -> Decision:
    """The decision made for this request; a guest's when the middleware did not run."""
    decision = connection.scope.get("state", {}).get("access")
    return decision if isinstance(decision, Decision) else Decision(ALLOW, GUEST)


def peer_key(connection: HTTPConnection) -> str:
    """Whom failed logins are counted against: behind a proxy on this machine, the address that the proxy saw."""
    peer = connection.client.host if connection.client else "unknown"
    forwarded = connection.headers.get("x-forwarded-for", "")
    return forwarded.rpartition(",")[2].strip() or peer if is_loopback(peer) else peer


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser speaks TLS, to us or to the proxy before us."""
    return connection.url.scheme in ("https", "wss") or connection.headers.get("x-forwarded-proto", "").startswith("https")


def too_many(wait_s: float, path: str = "/login") -> JSONResponse:
    """The answer to a try that came too early."""
    seconds = max(1, round(wait_s))
    message = f"Too many wrong passphrases; the next try counts in {seconds} s."
    return error_answer(path, refusal(429, "too_many_tries", message, "Wait, then try again."), {"retry-after": str(seconds)})


def _login_needed(path: str, reason: str) -> StudioError:
    if is_gateway(path):
        remedy = "Give an API key made with `keys create NAME`, or the passphrase."
        return refusal(401, "login_needed", "The API key is missing, wrong or revoked.", remedy)
    return refusal(401, "login_needed", reason, "Log in at /login, or send the passphrase as 'Authorization: Bearer ...'.")


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = Headers(raw=message["headers"])
            extra = [pair for pair in _HEADERS if pair[0] == b"content-security-policy" or pair[0].decode() not in present]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return wrapped
