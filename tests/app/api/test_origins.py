"""Host and Origin headers: what a browser sends is understood, everything else is refused."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.origins import Authority, Origin, is_loopback, parse_authority, parse_origin, same_place

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{2,8}){0,2}", fullmatch=True)
ports = st.integers(1, 65535)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost", Authority("localhost", None)),
        ("LocalHost:7860", Authority("localhost", 7860)),
        ("127.0.0.1:80", Authority("127.0.0.1", 80)),
        ("[::1]", Authority("::1", None)),
        ("[::1]:7860", Authority("::1", 7860)),
        ("abc.gradio.live", Authority("abc.gradio.live", None)),
    ],
)
def test_reads_what_browsers_send(text: str, expected: Authority) -> None:
    assert parse_authority(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "localhost:", "localhost:0", "localhost:65536", "localhost:7860:1", "localhost:abc", "localhost:７８６０", "a@localhost",
        "localhost/", "localhost?x", "localhost#", "local host", "localhost,evil.example", "::1", "[::1", "[::1]x", "[evil.example]",
        "localhost\n", "localhost\x00", "-evil", "evil.", ".localhost", "lоcalhost", "http://localhost",
    ],
)  # fmt: skip
def test_refuses_everything_else(text: str) -> None:
    assert parse_authority(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "",
        "http://",
        "localhost:7860",
        "file://localhost",
        "http://localhost/",
        "http://a@localhost",
        "javascript:alert(1)",
        "http:localhost",
    ],
)
def test_an_origin_that_is_not_a_web_page_is_none(text: str) -> None:
    assert parse_origin(text) is None


@given(names, st.none() | ports)
def test_what_is_written_is_read_back(name: str, port: int | None) -> None:
    text = name if port is None else f"{name}:{port}"
    assert parse_authority(text) == Authority(name, port)
    assert parse_authority(text.upper()) == Authority(name, port)
    assert parse_origin(f"https://{text}") == Origin("https", Authority(name, port))


@given(st.text(alphabet=string.printable, max_size=40))
def test_no_text_breaks_the_parsers(text: str) -> None:
    authority = parse_authority(text)
    assert authority is None or (authority.host and not set(authority.host) & set("/@?# \\\n\r\t,"))
    parse_origin(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_only_the_plain_names_are_local(before: str, after: str) -> None:
    authority = parse_authority(f"{before}localhost{after}")
    if authority is not None and authority.local:
        assert authority.host == "localhost"
        assert before == ""


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://localhost:7860", "localhost:7860", True),
        ("https://abc.gradio.live", "abc.gradio.live", True),
        ("https://abc.gradio.live", "abc.gradio.live:443", True),
        ("http://host.example", "host.example:80", True),
        ("http://localhost:7861", "localhost:7860", False),
        ("http://localhost", "localhost:7860", False),
        ("http://127.0.0.1:7860", "localhost:7860", False),
        ("http://evil.example:7860", "localhost:7860", False),
        ("http://localhost.evil.example:7860", "localhost:7860", False),
        ("http://[::1]:7860", "[::1]:7860", True),
    ],
)
def test_same_place(origin: str, host: str, same: bool) -> None:
    parsed, authority = parse_origin(origin), parse_authority(host)
    assert parsed is not None
    assert authority is not None
    assert same_place(parsed, authority) is same


@given(names, ports, names, ports)
def test_same_place_means_the_same_name_and_port(one: str, port: int, other: str, second: int) -> None:
    result = same_place(Origin("http", Authority(one, port)), Authority(other, second))
    assert result is ((one, port) == (other, second))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
def test_loopback(peer: str) -> None:
    assert is_loopback(peer)


@pytest.mark.parametrize(
    "peer", [None, "", "testclient", "10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1.evil.example", "fe80::1%eth0", "0.0.0.0"]
)
def test_not_loopback(peer: str | None) -> None:
    assert not is_loopback(peer)
