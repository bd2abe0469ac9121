"""Names for jobs and artifacts: short, unique, in order of time, safe in a URL and in a file name."""

from __future__ import annotations

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def new_id(prefix: str, now: float | None = None) -> str:
    """``prefix`` + 9 characters of milliseconds since 1970 + 7 of chance (35 bits)."""
    milliseconds = int((time.time() if now is None else now) * 1000)
    return f"{prefix}{_encode(milliseconds, 9)}{_encode(secrets.randbits(35), 7)}"


def is_id(prefix: str, text: str) -> bool:
    """Whether ``text`` has the form of an id with this prefix."""
    return len(text) == len(prefix) + 16 and text.startswith(prefix) and set(text[len(prefix) :]) <= set(ALPHABET)


def _encode(value: int, width: int) -> str:
    digits = []
    for _ in range(width):
        value, digit = divmod(value, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
