"""The login cookie: an expiry time and a random number under a signature; the server keeps no list of sessions."""

from __future__ import annotations

import hashlib
import hmac
import secrets

COOKIE = "studio_session"
LIFETIME_S = 30 * 24 * 3600


def issue(key: bytes, now_s: float, lifetime_s: int = LIFETIME_S) -> str:
    """A cookie value that `is_valid` accepts until ``now_s + lifetime_s``."""
    body = f"{int(now_s) + lifetime_s}.{secrets.token_urlsafe(12)}"
    return f"{body}.{_signature(key, body)}"


def is_valid(key: bytes, cookie: str, now_s: float) -> bool:
    """Whether ``cookie`` was issued under this key and has not run out."""
    body, _, signature = cookie.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(key, body).encode()):
        return False
    expiry = body.partition(".")[0]
    return expiry.isascii() and expiry.isdigit() and now_s < int(expiry)


def session_key(secret: str, passphrase: str) -> bytes:
    """The signing key; it changes with the passphrase, so a new passphrase ends every session."""
    return hmac.new(secret.encode(), passphrase.encode(), hashlib.sha256).digest()


def cookie_of(header: str) -> str | None:
    """The session's value in a Cookie header, or None."""
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name == COOKIE:
            return value.strip('"')
    return None


def _signature(key: bytes, body: str) -> str:
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()
