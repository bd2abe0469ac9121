"""Numbers, JSON and shapes as files have them: never trusted."""

from __future__ import annotations

import math

import pytest

from app.imaging.infotext.found import Found, items, mapping, number, parsed, text_of


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("7", 7), ("7.5", 7.5), (7, 7), (" 12 ", 12), ("-3", -3), ("", None), ("seven", None), (None, None), (True, None), ("nan", None),
        ("inf", None), (math.nan, None), ("9" * 400, None), (10**30, None), ([1], None), ({}, None), ("1e3", 1000.0),
    ],
)  # fmt: skip
def test_numbers(value: object, found: object) -> None:
    assert number(value) == found


def test_json_that_would_do_harm_is_none() -> None:
    assert parsed('{"a": 1}') == {"a": 1}
    assert parsed("{") is None
    assert parsed("") is parsed(None) is None
    assert parsed("[" * 100_000) is None


def test_json_with_raw_line_breaks_is_read() -> None:
    assert parsed('{"a": "x\ny"}') == {"a": "x\ny"}


def test_shapes() -> None:
    assert (mapping([1]), mapping({"a": 1})) == ({}, {"a": 1})
    assert (items({}), items([1])) == ([], [1])
    assert (text_of(3), text_of("x")) == ("", "x")


def test_only_what_is_there_is_said() -> None:
    found = Found("X")
    for name, value in (("prompt", ""), ("seed", None), ("steps", "20"), ("guidance", "much"), ("width", 512.4), ("strength", "0.5")):
        found.say(name, value)
    assert found.settings == {"steps": 20, "width": 512, "strength": 0.5}
