"""The login page: one field, one button, nothing loaded from anywhere else."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.api import sessions
from app.api.access import Gate, is_secure, peer_key, too_many

router = APIRouter(include_in_schema=False)

MAX_BODY_BYTES = 8192
PAGE = Path(__file__).with_name("login.html")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-store"}


@router.get("/login")
def login_page(next: str = "/") -> HTMLResponse:
    """Asks for the passphrase."""
    return _page(next)


@router.post("/login")
async def log_in(request: Request) -> Response:
    """Sets the session cookie and goes on to where the guest was heading, or says that the passphrase is wrong."""
    gate: Gate = request.app.state.gate
    form = await _form(request)
    target, peer = form.get("next", "/"), peer_key(request)
    wait_s = gate.throttle.wait_s(peer)
    if wait_s > 0:
        refusal = too_many(wait_s)
        return _page(target, f"Too many tries. Wait {refusal.headers['retry-after']} s, then try again.", 429, dict(refusal.headers))
    if not gate.check(peer, form.get("passphrase", "")):
        return _page(target, "That is not the passphrase.", 401)
    answer = RedirectResponse(safe_target(target), status_code=303)
    answer.set_cookie(
        sessions.COOKIE, gate.new_cookie(), max_age=sessions.LIFETIME_S, httponly=True, samesite="lax", secure=is_secure(request)
    )
    return answer


@router.post("/logout")
def log_out() -> Response:
    """Takes the cookie back from this browser."""
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(sessions.COOKIE)
    return answer


def safe_target(target: str) -> str:
    """``target`` if it is a place on this server, else the front page."""
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if inside else "/"


async def _form(request: Request) -> dict[str, str]:
    """The posted fields, read up to a small limit."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=8)
    return {name: values[0] for name, values in fields.items()}


def _page(target: str, message: str = "", status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    shown = f'<p class="wrong" role="alert">{escape(message)}</p>' if message else ""
    html = _template().replace("<!--message-->", shown).replace("<!--next-->", escape(safe_target(target)))
    extra = {"retry-after": headers["retry-after"]} if headers else {}
    return HTMLResponse(html, status, {**_HEADERS, **extra})


@cache
def _template() -> str:
    return PAGE.read_text(encoding="utf-8")
