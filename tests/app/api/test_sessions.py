"""The login cookie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.sessions import COOKIE, cookie_of, is_valid, issue, session_key

KEY = session_key("secret", "amber-canoe")


def test_lasts_until_its_time() -> None:
    cookie = issue(KEY, 1000.0, lifetime_s=60)
    assert is_valid(KEY, cookie, 1000.0)
    assert is_valid(KEY, cookie, 1059.0)
    assert not is_valid(KEY, cookie, 1060.0)


def test_two_logins_get_two_cookies() -> None:
    assert issue(KEY, 0) != issue(KEY, 0)


def test_a_new_passphrase_or_secret_ends_it() -> None:
    cookie = issue(KEY, 0)
    assert not is_valid(session_key("secret", "violin-tundra"), cookie, 1)
    assert not is_valid(session_key("other", "amber-canoe"), cookie, 1)


def test_a_longer_life_cannot_be_written_in() -> None:
    expiry, _, rest = issue(KEY, 0, lifetime_s=10).partition(".")
    assert not is_valid(KEY, f"{int(expiry) + 10**6}.{rest}", 5)


@given(st.text(max_size=80))
def test_nothing_else_is_valid(text: str) -> None:
    assert not is_valid(KEY, text, 0)


@given(st.data())
def test_no_changed_character_is_valid(data: st.DataObject) -> None:
    cookie = issue(KEY, 1000.0)
    at = data.draw(st.integers(0, len(cookie) - 1))
    changed = data.draw(st.characters(codec="ascii").filter(lambda c: c != cookie[at]))
    assert not is_valid(KEY, cookie[:at] + changed + cookie[at + 1 :], 1000.0)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("", None),
        ("other=1", None),
        (f"{COOKIE}=abc", "abc"),
        (f"other=1; {COOKIE}=abc; more=2", "abc"),
        (f'{COOKIE}="abc"', "abc"),
        (f"x{COOKIE}=abc", None),
        (COOKIE, None),
    ],
)
def test_finds_the_cookie(header: str, value: str | None) -> None:
    assert cookie_of(header) == value
